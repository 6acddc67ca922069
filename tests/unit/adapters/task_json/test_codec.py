"""A task as JSON."""

from __future__ import annotations

import json
import string
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.task_json.codec import TaskJson
from domain.errors import InvalidInput
from domain.repository import RepositoryRef
from domain.task import Asking, Attempt, Task, TaskKind, Thread
from tests.fakes.queued_tasks import a_task

CODEC = TaskJson()

names = st.text(string.ascii_letters + string.digits, min_size=1)
numbers = st.integers(min_value=0)
moments = st.datetimes(timezones=st.just(UTC))
tasks = st.builds(
    Task,
    id=st.text(),
    kind=st.sampled_from(TaskKind),
    repository=st.builds(RepositoryRef, st.text(), numbers, st.builds("{}/{}".format, names, names)),
    issue_number=numbers,
    asked_by=st.text(),
    asked_at=moments,
    title=st.text(),
    body=st.text(),
    command=st.text(),
    thread=st.none() | st.builds(Thread, st.text(), st.text()),
    history=st.lists(st.builds(Attempt, moments, st.text()), max_size=4).map(tuple),
    delivery=st.text(),
    by_operator=st.booleans(),
    asked_in=st.none() | st.builds(Asking, numbers, numbers, numbers, st.booleans()),
)


def wire(**changes: Any) -> bytes:
    """A valid task on the wire, with some fields changed; a field changed to None is left out."""
    fields = json.loads(CODEC.encode(a_task())) | changes
    return json.dumps({name: value for name, value in fields.items() if value is not None}).encode()


@given(tasks)
def test_a_task_comes_back_as_it_went(task: Task) -> None:
    assert CODEC.decode(CODEC.encode(task)) == task


@given(st.binary())
def test_any_bytes_are_a_task_or_refused(data: bytes) -> None:
    with pytest.raises(InvalidInput):
        CODEC.decode(data)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@given(st.sampled_from(sorted(json.loads(CODEC.encode(a_task())))), json_values)
def test_any_value_in_any_field_is_a_task_or_refused(field: str, value: object) -> None:
    try:
        task = CODEC.decode(wire(**{field: value}))
    except InvalidInput:
        return
    assert CODEC.decode(CODEC.encode(task)) == task


@given(tasks, st.data())
def test_a_damaged_task_is_a_task_or_refused(task: Task, data: st.DataObject) -> None:
    whole = bytearray(CODEC.encode(task))
    whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        decoded = CODEC.decode(bytes(whole))
    except InvalidInput:
        return
    assert CODEC.decode(CODEC.encode(decoded)) == decoded


def test_writes_the_version_first_and_times_in_utc() -> None:
    east = datetime(2025, 6, 1, 14, 0, tzinfo=timezone(timedelta(hours=2)))
    data = CODEC.encode(replace(a_task(), asked_at=east))
    assert data.startswith(b'{"version":1,')
    assert json.loads(data)["asked_at"] == "2025-06-01T12:00:00Z"


def test_leaves_out_what_is_empty() -> None:
    assert not {"thread", "history", "command", "delivery", "by_operator"} & set(json.loads(CODEC.encode(a_task())))


def test_passes_over_fields_of_a_later_release() -> None:
    assert CODEC.decode(wire(priority={"level": 3})) == a_task()


@pytest.mark.parametrize("version", [0, 2, 10**30])
def test_refuses_a_version_that_it_does_not_know(version: int) -> None:
    with pytest.raises(InvalidInput, match=f"schema version {version}, .* version 1 only"):
        CODEC.decode(wire(version=version, title=7))


def test_a_release_reads_what_the_version_before_its_own_wrote() -> None:
    later = TaskJson(version=2)
    assert later.decode(CODEC.encode(a_task())) == replace(a_task(), version=2)
    assert later.decode(later.encode(replace(a_task(), version=2))) == replace(a_task(), version=2)
    with pytest.raises(InvalidInput, match=r"schema version 1, .* version 3 and reads version 2, too"):
        TaskJson(version=3).decode(CODEC.encode(a_task()))


def test_writes_no_version_that_it_does_not_know() -> None:
    with pytest.raises(InvalidInput, match="schema version 2"):
        CODEC.encode(replace(a_task(), version=2))


@pytest.mark.parametrize(
    "changes",
    [
        {"version": None},
        {"version": "1"},
        {"title": None},
        {"kind": "rewrite-everything"},
        {"asked_at": "2025-06-01T12:00:00"},
        {"asked_at": "yesterday"},
        {"repository": {"forge": "local", "id": 1, "full_name": "../etc"}},
        {"history": [{"at": "2025-06-01T12:00:00Z"}]},
    ],
)
def test_refuses_what_is_no_task(changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        CODEC.decode(wire(**changes))


def test_refuses_what_is_nested_too_deeply() -> None:
    with pytest.raises(InvalidInput):
        CODEC.decode(b'{"version":1,"later":' + b"[" * 100_000 + b"]" * 100_000 + b"}")


def test_refuses_half_a_character() -> None:
    with pytest.raises(InvalidInput, match="half a character"):
        CODEC.encode(replace(a_task(), title="\ud83d"))


def test_refuses_a_time_without_a_zone() -> None:
    with pytest.raises(InvalidInput, match="has no zone"):
        CODEC.encode(replace(a_task(), asked_at=datetime(2025, 6, 1)))  # noqa: DTZ001 - the mistake itself


def test_refuses_a_time_that_is_beyond_the_calendar_in_utc() -> None:
    with pytest.raises(InvalidInput, match="beyond the calendar"):
        CODEC.decode(wire(asked_at="0001-01-01T00:00:00+02:00"))


@pytest.mark.parametrize("character", ["a", "\u0001", "ж", "🐍"])
def test_carries_the_longest_issue_of_a_forge(character: str) -> None:
    task = replace(a_task(), title=character * 256, body=character * 65_536)
    assert CODEC.decode(CODEC.encode(task)) == task


def test_carries_no_more_than_its_limit() -> None:
    data = CODEC.encode(a_task())
    assert TaskJson(max_bytes=len(data)).decode(data) == a_task()
    with pytest.raises(InvalidInput, match=rf"takes {len(data)} bytes, and the queue carries at most {len(data) - 1}"):
        TaskJson(max_bytes=len(data) - 1).encode(a_task())
    with pytest.raises(InvalidInput, match="at most"):
        TaskJson(max_bytes=len(data) - 1).decode(data)
