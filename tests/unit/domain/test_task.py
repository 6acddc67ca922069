"""The task and its id."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from domain.repository import RepositoryRef
from domain.task import Task, TaskKind, Thread, branch_prefix, start_trigger, task_id

REPOSITORY = RepositoryRef("github", 7, "acme/shop")
TRIGGER = start_trigger("2026-01-02T03:04:05Z")


def task(**changes: object) -> Task:
    made = Task(
        id=task_id(REPOSITORY, 12, TRIGGER),
        kind=TaskKind.START,
        repository=REPOSITORY,
        issue_number=12,
        asked_by="ada",
        asked_at=datetime(2026, 1, 2, tzinfo=UTC),
        title="It breaks",
        body="",
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # the tests name real fields


def test_the_same_trigger_gives_the_same_id_even_after_a_repository_was_renamed() -> None:
    renamed = RepositoryRef("github", 7, "acme/store")
    assert task_id(renamed, 12, TRIGGER) == task_id(REPOSITORY, 12, TRIGGER)


@pytest.mark.parametrize(
    ("repository", "issue", "trigger"),
    [
        (RepositoryRef("local", 7, "acme/shop"), 12, TRIGGER),
        (RepositoryRef("github", 8, "acme/shop"), 12, TRIGGER),
        (REPOSITORY, 13, TRIGGER),
        (REPOSITORY, 12, start_trigger("2026-01-02T03:04:06Z")),
        (REPOSITORY, 12, "4711"),
        (RepositoryRef("github", 71, "acme/shop"), 2, TRIGGER),
    ],
)
def test_another_forge_repository_issue_or_trigger_gives_another_id(
    repository: RepositoryRef, issue: int, trigger: str
) -> None:
    assert task_id(repository, issue, trigger) != task_id(REPOSITORY, 12, TRIGGER)


@pytest.mark.parametrize(
    "spelled",
    ["2026-01-02T03:04:05+00:00", "2026-01-02T04:04:05+01:00", "2026-01-02T03:04:05.000Z", "2026-01-02T03:04:05"],
)
def test_a_start_has_one_trigger_however_its_moment_is_spelled(spelled: str) -> None:
    assert start_trigger(spelled) == TRIGGER == "start:2026-01-02T03:04:05Z"


@given(st.datetimes(timezones=st.just(UTC)))
def test_another_moment_is_another_trigger(moment: datetime) -> None:
    assume(moment < datetime.max.replace(tzinfo=UTC))
    later = moment + timedelta(microseconds=1)
    assert start_trigger(moment.isoformat()) != start_trigger(later.isoformat())


@given(st.text())
def test_a_moment_that_is_none_is_a_trigger_all_the_same(text: str) -> None:
    assert start_trigger(text) == start_trigger(text)
    assert start_trigger(text).startswith("start:")


def test_an_id_is_64_hexadecimal_digits() -> None:
    assert re.fullmatch("[0-9a-f]{64}", task_id(REPOSITORY, 12, TRIGGER))


def test_a_first_task_names_its_branch() -> None:
    first = task()
    assert first.branch == f"coding-agent/12-{first.id[:8]}"
    assert first.branch.startswith(branch_prefix(12))


def test_a_later_task_carries_the_branch_of_its_conversation() -> None:
    assert task(thread=Thread("coding-agent/12-0a1b2c3d")).branch == "coding-agent/12-0a1b2c3d"


def test_a_task_knows_its_issue() -> None:
    assert str(task().issue) == "acme/shop#12"
