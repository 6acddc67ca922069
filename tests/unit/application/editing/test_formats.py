"""What holds in every format that is read."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from application.editing.apply import apply_edits
from application.editing.parse import parse_answer
from tests.support.adversaries import ADVERSARIES, BIG, EVEN
from tests.support.renderings import RENDERINGS, Fix, NotExpressible

LINES = st.text(alphabet="abc_(", min_size=1, max_size=6) | st.sampled_from(
    [
        "",
        "    return x",
        "\tif a:",
        "=======",
        "# A",
        "x  ",
        "@@",
        "--- a",
        "+++ b",
        "- item",
        "+x",
        "*** a",
        "<b>",
        "{",
    ]
)
PIECES = st.sampled_from(
    [
        "a.py\n",
        "```python\n",
        "```\n",
        "<<<<<<< SEARCH\n",
        "------- SEARCH\n",
        "=======\n",
        ">>>>>>> REPLACE\n",
        ":start_line:1\n",
        "1 | old\n",
        "old\n",
        "--- a/a.py\n+++ b/a.py\n",
        "@@ -1 +1 @@\n",
        "@@\n",
        "-old\n",
        "+new\n",
        " old\n",
        "rename from a.py\nrename to b.py\n",
        "*** Begin Patch\n",
        "*** Update File: a.py\n",
        "*** Add File: c.py\n",
        "*** Move to: d.py\n",
        "*** End of File\n",
        '{"path": "a.py", "search": "old", "replace": "new"}\n',
        '{"edits": [',
        "<path>a.py</path>\n",
        "<search>\n",
        "</search>\n",
        "<replace>new</replace>\n",
        "<content>",
        "\x00",
        "\ud800",
    ]
)


@st.composite
def fixes(draw: st.DrawFn) -> Fix:
    """A file that changes in some of its lines, which are all different, and a file that comes or goes."""
    old = [f"{number} {draw(LINES)}".rstrip() for number in range(draw(st.integers(1, 30)))]
    new: list[str] = []
    for line in old:
        new += draw(st.sampled_from([[line]] * 6 + [[], [draw(LINES)], [line, draw(LINES)]]))
    made = "".join(f"{line}\n" for line in draw(st.lists(LINES, min_size=1, max_size=5)))
    before: dict[str, str | None] = {"pkg/a.py": "\n".join(old) + "\n", "pkg/b.py": None, "c.py": "gone\n"}
    after: dict[str, str | None] = {"pkg/a.py": "".join(f"{line}\n" for line in new)}
    return Fix(before, before | after | draw(st.sampled_from([{"pkg/b.py": made}, {"c.py": None}, {}])))


@pytest.mark.parametrize("name", RENDERINGS)
@settings(deadline=None, max_examples=25)
@given(fix=fixes())
def test_what_is_written_in_any_format_is_the_change(name: str, fix: Fix) -> None:
    before = {path: text.encode() for path, text in fix.before.items() if text is not None}
    try:
        answer = RENDERINGS[name](fix)
    except NotExpressible:
        return
    applied = apply_edits(parse_answer(answer, before).edits, before)
    tree = {path: text for path, text in before.items() if path not in applied.changes.removals()}
    wanted = {path: text.encode() for path, text in fix.after.items() if text is not None}
    if fix.paths():
        assert not applied.problems
        assert tree | dict(applied.changes.writes()) == wanted


@settings(deadline=None, max_examples=150)
@given(st.lists(PIECES | st.text(max_size=4), max_size=25).map("".join))
def test_no_answer_crashes_or_touches_what_it_does_not_name(text: str) -> None:
    before = {"a.py": b"old\nold 2\n", "z/other.py": b"x\n"}
    applied = apply_edits(parse_answer(text, before).edits, before)
    touched = {path for change in applied.changes for path in change.touched_paths}
    assert touched & before.keys() <= {path for path in before if path in text} | {"a.py"}


@pytest.mark.parametrize("name", ADVERSARIES)
def test_a_megabyte_of_answer_on_a_megabyte_of_file_takes_no_more_than_seconds(name: str) -> None:
    start = time.thread_time()
    answer = parse_answer(ADVERSARIES[name], {"a.py"})
    read = time.thread_time() - start
    for text in (BIG, EVEN):
        before = {"a.py": text.encode()}
        start = time.thread_time()
        apply_edits(answer.edits, before)
        taken = read + time.thread_time() - start
        assert taken < 8.0, (
            f"{taken:.2f} s"
        )  # the aim is a second on an idle machine; what grows by squares takes minutes
