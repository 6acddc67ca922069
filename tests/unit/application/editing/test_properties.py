"""What holds for any answer and any file."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from application.editing.answer import Answer, FileEdit, SearchReplace
from application.editing.apply import apply_edits
from application.editing.parse import parse_answer
from domain.change_set import ChangeKind
from tests.support.answers import rendered, text_of

if TYPE_CHECKING:
    from collections.abc import Callable

UNHURRIED = settings(deadline=None)  # a busy machine is not a failure

LINES = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\n\r\0"), max_size=12) | st.sampled_from(
    [
        "",
        "    return x",
        "\tif a:",
        "=======",
        ">>>>>>> REPLACE",
        "<<<<<<< SEARCH",
        "</file>",
        '<file path="a" action="edit">',
        "<title>",
        "```",
        "# A",
        "x  ",
    ]
)
TEXTS = st.lists(LINES, max_size=8).map(text_of)
PIECES = st.sampled_from(
    [
        '<file path="a.py" action="edit">',
        '<file-x path="b.py" action="create">',
        '<file path="a.py" action="delete"/>',
        '<file path="a.py" action="rename" to="',
        "</file>",
        "</file-x>",
        "<title>",
        "</title>",
        "<nothing>",
        "<questions>x</questions>",
        "<think>",
        "<<<<<<< SEARCH",
        "=======",
        ">>>>>>> REPLACE",
        "```python",
        "```",
        "\n",
        "\r\n",
        " ",
        "\x00",
        "\ud800",
    ]
)
ANSWERS = st.lists(PIECES | st.text(alphabet=st.characters(), max_size=5), max_size=40).map("".join)


class Case(NamedTuple):
    """A file, blocks for it in any order, and what it becomes."""

    before: bytes
    blocks: tuple[SearchReplace, ...]
    after: bytes


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Files of distinct lines, with either line end, with or without byte order mark and final line end."""
    lines = [f"{number} {draw(LINES).rstrip()}" for number in range(draw(st.integers(1, 12)))]
    parts = [lines[start : start + 3] for start in range(0, len(lines), 3)]
    becomes = [draw(st.just(part) | st.lists(LINES, max_size=3)) for part in parts]
    pairs = zip(parts, becomes, strict=True)
    blocks = [SearchReplace(text_of(part), text_of(new)) for part, new in pairs if part is not new]
    after = [line for new in becomes for line in new]
    bom, end = draw(st.sampled_from(["", "\ufeff"])), draw(st.sampled_from(["\n", "\r\n"]))
    last = draw(st.sampled_from(["", end]))
    if len(lines) == 1 and not last:
        end = "\n"  # a file without any line end does not show which is its own
    last_after = last if becomes[-1] else end  # where the last lines go, the line before them keeps its end
    return Case(
        (bom + end.join(lines) + last).encode(),
        tuple(draw(st.permutations(blocks))),
        (bom + end.join(after) + (last_after if after else "")).encode(),
    )


@UNHURRIED
@given(cases())
def test_what_is_written_and_read_and_applied_is_the_change(case: Case) -> None:
    edit = FileEdit(ChangeKind.EDIT, "a.py", case.blocks)
    answer = parse_answer(rendered(Answer(title="t", summary="s", edits=(edit,))))
    applied = apply_edits(answer.edits, {"a.py": case.before, "b.py": b"other\n"})
    if case.before == case.after:
        assert answer.problems or applied.problems
    else:
        assert answer.edits == (edit,)
        assert applied.changes.writes() == {"a.py": case.after}


@UNHURRIED
@given(
    st.lists(st.tuples(st.sampled_from(["b.py", "c.txt", "d.md"]), TEXTS), unique_by=lambda pair: pair[0], min_size=1)
)
def test_whole_files_come_through_as_they_are(contents: list[tuple[str, str]]) -> None:
    edits = tuple(FileEdit(ChangeKind.CREATE, path, content=text) for path, text in contents)
    answer = parse_answer(rendered(Answer(title="t", summary="s", edits=edits)))
    assert answer.problems == ()
    assert apply_edits(answer.edits, {}).changes.writes() == {path: text.encode() for path, text in contents}


@UNHURRIED
@given(ANSWERS)
def test_reading_and_applying_never_raise_and_touch_only_what_the_answer_names(text: str) -> None:
    answer = parse_answer(text)
    applied = apply_edits(answer.edits, {"a.py": b"old\n", "c.py": b"x\n"})
    named = {path for edit in answer.edits for path in (edit.path, edit.renamed_to)}
    assert {path for change in applied.changes for path in change.touched_paths} <= named


@UNHURRIED
@given(
    st.lists(st.builds(SearchReplace, TEXTS, TEXTS), max_size=4).map(tuple),
    st.binary(max_size=40) | TEXTS.map(str.encode),
)
def test_any_blocks_on_any_bytes_change_the_file_or_say_why_not(
    blocks: tuple[SearchReplace, ...], before: bytes
) -> None:
    applied = apply_edits([FileEdit(ChangeKind.EDIT, "a.py", blocks)], {"a.py": before})
    assert bool(applied.problems) != bool(applied.changes)
    assert all(change.content != before for change in applied.changes)


@pytest.mark.parametrize(
    "adversary",
    [
        lambda size: "<file " * size,
        lambda size: "<file path=" + '"a" path=' * size,
        lambda size: '<file path="a" action="edit">\n' * size,
        lambda size: '<file-1 path="a" action="edit">\n' * size,
        lambda size: "<title></title>" * size,
        lambda size: "<title>\n" * size,
        lambda size: '<file path="a" action="edit">\n' + "<<<<<<< SEARCH\n=======\n" * size + "</file>",
        lambda size: (
            '<file path="a" action="edit">\n<<<<<<< SEARCH\n' + "=======\n" * size + ">>>>>>> REPLACE\n</file>"
        ),
        lambda size: '<file path="a" action="create">\n' + "```\n```js\n" * size + "</file>",
        lambda size: "<" * 10 * size + " SEARCH",
        lambda size: " " * 10 * size + "\n" + "=" * 10 * size,
        lambda size: "<file" + " " * 10 * size + "path",
    ],
)
def test_reading_takes_time_in_proportion(adversary: Callable[[int], str]) -> None:
    small, large = adversary(4_000), adversary(32_000)
    assert fastest(lambda: parse_answer(large)) < 30 * fastest(lambda: parse_answer(small)) + 0.05


@settings(max_examples=5, deadline=None)
@given(st.sampled_from(["x\n", "x\n\n", "x\n y\n"]))
def test_searching_a_monotonous_file_takes_time_in_proportion(pattern: str) -> None:
    block = (SearchReplace(pattern * 500 + "z\n", "y\n"),)
    edit = FileEdit(ChangeKind.EDIT, "a.py", block)
    small, large = (pattern * 1_000 + "z\n").encode(), (pattern * 8_000 + "end\nz\n").encode()
    assert (
        fastest(lambda: apply_edits([edit], {"a.py": large}))
        < 30 * fastest(lambda: apply_edits([edit], {"a.py": small})) + 0.1
    )


def fastest(action: Callable[[], object]) -> float:
    """The least of three measurements, in processor time of this thread: others on the machine do not count."""
    taken = []
    for _ in range(3):
        start = time.thread_time()
        action()
        taken.append(time.thread_time() - start)
    return min(taken)
