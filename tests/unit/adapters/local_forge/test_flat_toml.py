"""TOML that a program and a person both edit."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.local_forge.flat_toml import Malformed, parse_flat_toml
from adapters.local_forge.toml_values import literal

if TYPE_CHECKING:
    from collections.abc import Callable

    from adapters.local_forge.toml_values import Value

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
NAMES = st.lists(TEXTS, max_size=4).map(tuple)
KEYS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
TIMES = st.datetimes(timezones=st.just(UTC))
patient = settings(deadline=None, max_examples=50)
VALUES = st.one_of(
    TEXTS, st.booleans(), st.integers(-(2**63), 2**63 - 1), TIMES, NAMES, st.dictionaries(KEYS, NAMES, max_size=3)
)
DOCUMENTS = st.dictionaries(KEYS, VALUES, max_size=5)

BY_HAND = """\
# Seen by Maria on Friday.
title = "Wrong total"   # as the customer put it
labels = [
  "bug",   # surely
  "urgent",
]
priority.customer = 3
notes = '''
two
lines'''

[history]
labels = ["old"]
"""


class Word(StrEnum):
    YES = "yes"


@patient
@given(DOCUMENTS)
def test_any_values_come_back_as_they_were_written(values: dict[str, Value]) -> None:
    written = parse_flat_toml("").updated(values)

    assert tomllib.loads(written.text) == tomllib.loads(parse_flat_toml(written.text).text)
    assert {name: _plain(value) for name, value in written.values.items()} == {
        name: _plain(value) for name, value in values.items()
    }


@patient
@given(DOCUMENTS, DOCUMENTS)
def test_an_update_changes_what_it_names_and_nothing_else(before: dict[str, Value], changes: dict[str, Value]) -> None:
    updated = parse_flat_toml("").updated(before).updated(changes)

    expected = {name: _plain(value) for name, value in {**before, **changes}.items()}
    assert {name: _plain(value) for name, value in updated.values.items()} == expected


@patient
@given(st.text(st.sampled_from("ab=[]{}\"'#\n\r\t .,1+-\\")))
def test_any_text_is_read_as_toml_reads_it_or_refused(text: str) -> None:
    try:
        expected = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        with pytest.raises(Malformed):
            parse_flat_toml(text)
    else:
        parsed = parse_flat_toml(text)
        assert (parsed.values, parsed.text) == (expected, text)


def test_an_enumerations_value_is_written_as_text() -> None:
    assert literal(Word.YES) == '"yes"'


def test_times_are_written_in_utc() -> None:
    noon = datetime(2025, 6, 1, 12, 0, tzinfo=timezone(timedelta(hours=2)))

    assert literal(noon) == "2025-06-01T10:00:00Z"


def test_keeps_what_a_person_wrote_around_a_change() -> None:
    updated = parse_flat_toml(BY_HAND).updated({"title": "Wrong sum", "state": "open"})

    retitled = BY_HAND.replace('"Wrong total"   # as the customer put it', '"Wrong sum"')
    assert updated.text == retitled.replace("[history]", 'state = "open"\n[history]')


def test_replaces_a_value_over_several_lines_whole() -> None:
    updated = parse_flat_toml(BY_HAND).updated({"labels": ["bug"]})

    assert 'labels = ["bug"]\npriority.customer = 3\n' in updated.text
    assert "urgent" not in updated.text
    assert updated.values["history"] == {"labels": ["old"]}


def test_an_update_that_changes_nothing_keeps_every_letter() -> None:
    parsed = parse_flat_toml(BY_HAND)

    assert parsed.updated({"title": "Wrong total", "labels": ("bug", "urgent")}) == parsed


def test_replaces_a_key_written_in_several_dotted_lines_once() -> None:
    parsed = parse_flat_toml('reactions.eyes = ["sam"]\nreactions.rocket = ["lee"]\n')

    updated = parsed.updated({"reactions": {"eyes": ["sam", "kim"]}})

    assert updated.text == 'reactions = { eyes = ["sam", "kim"] }\n'


def test_adds_a_line_below_one_without_its_line_feed() -> None:
    assert parse_flat_toml("id = 1").updated({"write": ["sam"]}).text == 'id = 1\nwrite = ["sam"]\n'


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("title = Wrong total\n", 1),
        ('# a\n\ntitle = "a"\nlabels = [bug]\n', 4),
        ('title = "a"\nlabels = ["bug"\nstate = "open"\n', 2),
        ('title = "a"\nstate = "open"\ntitle = "b"\n', 3),
        ('title = "a"\njust words\n', 2),
        ('title = "a"\n[table\n', 2),
        ('title = "a"\n\n[title]\n', 3),
        ("number = " + "9" * 5000 + "\n", 1),
        ("deep = " + "[" * 5000 + "\n", 1),
    ],
)
def test_names_the_line_on_which_an_error_begins(text: str, line: int) -> None:
    with pytest.raises(Malformed) as caught:
        parse_flat_toml(text)

    assert caught.value.line == line
    assert "not TOML" in caught.value.problem


@pytest.mark.parametrize("count", [1, 5])
def test_counts_lines_from_where_the_text_stands_in_its_file(count: int) -> None:
    with pytest.raises(Malformed) as caught:
        parse_flat_toml("# note\nwhat?\n", first_line=count)

    assert caught.value.line == count + 1


def _read_all(text: str, reader: str) -> object:
    parsed = parse_flat_toml(f"# note\n{text}\n")
    readers: dict[str, Callable[[], object]] = {
        "string": lambda: parsed.string("key"),
        "boolean": lambda: parsed.boolean("key", default=False),
        "positive": lambda: parsed.positive("key"),
        "time": lambda: parsed.time("key", datetime(2025, 1, 1, tzinfo=UTC)),
        "strings": lambda: parsed.strings("key"),
        "string_lists": lambda: parsed.string_lists("key"),
    }
    return readers[reader]()


@pytest.mark.parametrize(
    ("text", "reader", "hint"),
    [
        ("key = 1", "string", 'key = "text"'),
        ('key = "yes"', "boolean", "true or false"),
        ("key = 0", "positive", "above 0"),
        ("key = true", "positive", "above 0"),
        ('key = "2025-01-01"', "time", "2026-01-31T09:30:00Z"),
        ("key = 2025-01-01", "time", "2026-01-31T09:30:00Z"),
        ('key = "one"', "strings", 'key = ["one", "two"]'),
        ('key = ["one", 2]', "strings", 'key = ["one", "two"]'),
        ("key = 1", "string_lists", "eyes"),
        ('key = { eyes = "sam" }', "string_lists", "eyes"),
    ],
)
def test_says_what_is_right_about_a_value_of_another_kind(text: str, reader: str, hint: str) -> None:
    with pytest.raises(Malformed) as caught:
        _read_all(text, reader)

    assert caught.value.line == 2
    assert hint in caught.value.problem


@pytest.mark.parametrize(
    ("text", "reader", "value"),
    [
        ('key = "one"', "string", "one"),
        ("", "boolean", False),
        ("key = 7", "positive", 7),
        ("", "time", datetime(2025, 1, 1, tzinfo=UTC)),
        ("key = 2026-01-31T09:30:00+01:00", "time", datetime(2026, 1, 31, 8, 30, tzinfo=UTC)),
        ("key = 2026-01-31 09:30:00", "time", datetime(2026, 1, 31, 9, 30, tzinfo=UTC)),
        ("", "strings", ()),
        ("key = []", "strings", ()),
        ("", "string_lists", {}),
        ('key = { eyes = ["sam"] }', "string_lists", {"eyes": ("sam",)}),
    ],
)
def test_reads_values_of_the_right_kind(text: str, reader: str, value: object) -> None:
    assert _read_all(text, reader) == value


def test_asks_for_a_missing_string() -> None:
    with pytest.raises(Malformed, match='`title = "text"`'):
        parse_flat_toml("").string("title")


def test_refuses_a_table_where_a_line_must_be_written() -> None:
    with pytest.raises(Malformed, match="above any"):
        parse_flat_toml('[reactions]\neyes = ["sam"]\n').string_lists("reactions")


def _plain(value: object) -> object:
    """Lists and tuples alike."""
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    return list(value) if isinstance(value, tuple | list) else value
