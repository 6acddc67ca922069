"""How large a change is."""

from __future__ import annotations

from difflib import SequenceMatcher

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from application.editing.size import changed_lines

FILES = st.lists(st.sampled_from([b"a\n", b"b\n", b"c\n", b"d\n"])).map(b"".join)


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        (None, b"a\nb\n", 2),
        (b"a\nb\n", None, 2),
        (None, None, 0),
        (b"a\nb\nc\n", b"a\nB\nc\n", 2),
        (b"a\nc\n", b"a\nb\nc\n", 1),
        (b"a\n", b"a", 2),
        (b"a\r\n", b"a\n", 2),
        (b"", b"\n", 1),
        (b"a\rb\x0cc\n", b"", 1),
    ],
)
def test_counts_lines_added_and_removed(before: bytes | None, after: bytes | None, lines: int) -> None:
    assert changed_lines(before, after) == lines


def test_counts_only_what_differs_in_a_large_file() -> None:
    lines = [b"line %d\n" % number for number in range(20_000)]
    changed = [b"new first\n", *lines[1:7_000], *lines[7_010:], b"new last\n"]
    assert changed_lines(b"".join(lines), b"".join(changed)) == 2 + 10 + 1


def test_counts_everything_where_large_texts_have_nothing_to_line_up() -> None:
    assert changed_lines(b"x\ny\n" * 1_000, b"y\ny\nx\n" * 1_000) >= 1_000


@settings(deadline=None)
@given(FILES, FILES)
def test_counts_no_less_than_the_lengths_demand_and_as_much_either_way_round(before: bytes, after: bytes) -> None:
    counted = changed_lines(before, after)
    assert counted >= abs(before.count(b"\n") - after.count(b"\n"))
    assert (counted == 0) == (before == after)
    assert counted <= before.count(b"\n") + after.count(b"\n")


@settings(deadline=None)
@given(st.integers(0, 200), st.integers(0, 200), st.integers(1, 30))
def test_agrees_with_a_full_comparison_on_distinct_lines(start: int, at: int, length: int) -> None:
    lines = [b"%d\n" % number for number in range(300)]
    changed = lines[:start] + lines[start + length :]
    changed[at:at] = [b"new\n"] * length
    same = sum(block.size for block in SequenceMatcher(None, lines, changed, autojunk=False).get_matching_blocks())
    assert changed_lines(b"".join(lines), b"".join(changed)) == len(lines) + len(changed) - 2 * same
