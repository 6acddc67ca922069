"""Reading a model's answer."""

from __future__ import annotations

from importlib.resources import files

import pytest

from application.editing.answer import Answer, FileEdit, SearchReplace
from application.editing.parse import parse_answer
from domain.change_set import ChangeKind

BLOCK = "<<<<<<< SEARCH\nold\n=======\nnew\n>>>>>>> REPLACE\n"
EDIT = FileEdit(ChangeKind.EDIT, "a.py", (SearchReplace("old\n", "new\n"),))


def envelope(content: str, attributes: str = 'path="a.py" action="edit"', tag: str = "file") -> str:
    return f"<{tag} {attributes}>\n{content}</{tag}>\n"


def the_problem(text: str) -> str:
    (problem,) = parse_answer(text).problems
    return problem


def content_of(text: str) -> str | None:
    answer = parse_answer(text)
    assert answer.problems == ()
    (edit,) = answer.edits
    return edit.content


def test_reads_every_kind_of_change() -> None:
    text = """<title>Mend  the sum</title>
<summary>
It added.

Now it multiplies.
</summary>
<file path="pkg/mod.py" action="edit">
<<<<<<< SEARCH
old
=======
new
>>>>>>> REPLACE
</file>
<file path="pkg/new.py" action="create">
first

last
</file>
<file path="a.py" action="rewrite">whole content</file>
<file path="old.py" action="delete"></file>
<file path="from.py" action="rename" to="to.py">
<<<<<<< SEARCH
a
=======
>>>>>>> REPLACE
</file>
"""
    assert parse_answer(text) == Answer(
        title="Mend the sum",
        summary="It added.\n\nNow it multiplies.",
        edits=(
            FileEdit(ChangeKind.EDIT, "pkg/mod.py", (SearchReplace("old\n", "new\n"),)),
            FileEdit(ChangeKind.CREATE, "pkg/new.py", content="first\n\nlast\n"),
            FileEdit(ChangeKind.REWRITE, "a.py", content="whole content\n"),
            FileEdit(ChangeKind.DELETE, "old.py"),
            FileEdit(ChangeKind.RENAME, "from.py", (SearchReplace("a\n", ""),), renamed_to="to.py"),
        ),
    )


def test_reads_a_reason_to_do_nothing() -> None:
    assert parse_answer("<nothing>It is\nright.</nothing>") == Answer(nothing_to_do="It is\nright.")


def test_reads_questions() -> None:
    assert parse_answer("Well.\n<questions>\nWhich one?\n</questions>\n") == Answer(questions="Which one?")


@pytest.mark.parametrize(
    "text",
    [
        f"Here is the fix:\n\n{envelope(BLOCK)}\nI hope it helps.",
        f"```xml\n{envelope(BLOCK)}```\n",
        envelope(BLOCK).replace("\n", "\r\n"),
        f"  \n {envelope(BLOCK)}",
        f"\ufeff{envelope(BLOCK)}",
        envelope(f"```python\n{BLOCK}```\n"),
        envelope(f"`a.py`\n```python\n{BLOCK}```\n"),
        envelope(BLOCK, "action='EDIT' path='a.py'"),
        envelope(BLOCK, "path=a.py action=edit"),
        envelope(BLOCK, 'path = "./a.py"  action="edit" '),
        envelope(BLOCK, 'path="`a.py`" action="edit"'),
        envelope(BLOCK, 'path="a.py"'),
        envelope(BLOCK).removesuffix("</file>\n"),
        f"<think>\nPerhaps {envelope('x')}</think>\n{envelope(BLOCK)}",
        envelope(BLOCK, tag="file-9"),
        envelope("<<<<< SEARCH\nold\n=====\nnew\n>>>>> REPLACE\n"),
        envelope("<<<<<<<<< SEARCH  \nold\n========= \nnew\n>>>>>>>>> REPLACE\t\n"),
        envelope("<<<<<<< SEARCH\nold\n======\nnew\n>>>>>>> REPLACE\n"),
        envelope("<<<<<<< SEARCH\nold\n=======\nnew\n>>>>>>>> REPLACE\n"),
        envelope(BLOCK).replace("<<<<<<< ", "<<<<<<<"),
        f'<file path="a.py" action="edit">{BLOCK}</file>',
    ],
)
def test_forgives_what_leaves_no_doubt(text: str) -> None:
    assert parse_answer(text) == Answer(edits=(EDIT,))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (BLOCK.replace(">>>>>>> REPLACE\n", ""), "block 1 is not closed"),
        (BLOCK.replace(">>>>>>> REPLACE\n", "") + BLOCK, "block 1 is not closed"),
        (BLOCK.replace("=======\n", ""), "block 1 has no single `=======` line"),
        (BLOCK.replace("new\n", "new\n=======\nnewer\n"), "block 1 has no single `=======` line"),
        (BLOCK + "and so on\n" + BLOCK, "block 2: `and so on` stands outside of a block"),
        (BLOCK + ">>>>>>> REPLACE\n", "block 2: `>>>>>>> REPLACE` stands outside of a block"),
        ("<<<< SEARCH\nold\n====\nnew\n>>>> REPLACE\n", "block 1: `<<<< SEARCH` stands outside of a block"),
        ("", "needs at least one SEARCH/REPLACE block"),
        ("whole content\n", "`whole content` stands outside of a block"),
    ],
)
def test_refuses_blocks_that_need_a_guess(content: str, says: str) -> None:
    assert says in the_problem(envelope(content))
    assert "`a.py`: " in the_problem(envelope(content))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "the answer holds no change"),
        ("I would change a.py.", "the answer holds no change"),
        ("<title>Nothing but a title</title>", "the answer holds no change"),
        ("<think>still thinking", "the answer holds no change"),
        (BLOCK.split("\n", maxsplit=1)[0], "the block at line 1 is not closed"),
        ("<nothing></nothing>", "`<nothing>` is empty"),
        (envelope(BLOCK) + "<nothing>It is right.</nothing>", "they exclude each other"),
        ("<nothing>a</nothing><questions>b</questions>", "they exclude each other"),
        (envelope(BLOCK, 'action="edit"'), "has no path"),
        (envelope(BLOCK, 'path="a.py" action="patch"'), "the action must be one of"),
        (envelope("content\n", 'path="a.py"'), "the action must be one of"),
        (envelope(BLOCK, 'path="a.py" action="edit" to="b.py"'), "names the new path of a rename"),
        (envelope("", 'path="a.py" action="rename"'), "names the new path of a rename"),
        (envelope("content\n", 'path="a.py" action="delete"'), "a deletion has no content"),
        (envelope(BLOCK, 'path="a.py" action="delete"'), "a deletion has no content"),
        (envelope(BLOCK, 'path="a.py" action="rewrite"'), 'blocks are for action="edit"'),
        ('<file path="a.py" action="create">\nhalf of', "the answer ends before `</file>`"),
        ('<file path="a.py" action="rename" to="b.py">', "the answer ends before `</file>`"),
        ('<file path="a.py\naction="edit">', "cannot be read"),
        (f"1. {envelope(BLOCK)}".split("\n", maxsplit=1)[0], "must stand at the beginning of its line"),
        ('<file path="a" action="create">x</file> and </file>', "it is not clear where the file ends"),
    ],
)
def test_refuses_an_answer_that_needs_a_guess(text: str, says: str) -> None:
    assert says in the_problem(text)


def test_refuses_two_contents_for_one_file() -> None:
    whole = envelope("x\n", 'path="a.py" action="rewrite"')
    assert the_problem(whole + whole) == "`a.py` is changed twice: give each file one `<file …>`"
    assert "`a.py` is changed twice" in the_problem(envelope(BLOCK) + whole)
    assert "`a.py` is changed twice" in the_problem(whole + envelope("", 'path="b" action="rename" to="a.py"'))


def test_joins_blocks_for_one_file_that_come_apart() -> None:
    (edit,) = parse_answer(envelope(BLOCK) + "Then:\n" + envelope(BLOCK)).edits
    assert edit == FileEdit(ChangeKind.EDIT, "a.py", EDIT.blocks * 2)


def test_longer_markers_let_a_block_hold_lines_like_markers() -> None:
    old = "Title\n=======\n<<<<<<< HEAD\n>>>>>>> REPLACE\n"
    answer = parse_answer(envelope(f"<<<<<<<<< SEARCH\n{old}=========\nTitle\n>>>>>>>>> REPLACE\n"))
    assert answer == Answer(edits=(FileEdit(ChangeKind.EDIT, "a.py", (SearchReplace(old, "Title\n"),)),))


def test_says_how_to_write_a_block_that_holds_a_marker() -> None:
    problem = the_problem(envelope(BLOCK.replace("old\n", "Title\n=======\n")))
    assert problem.endswith("if the text itself holds such a line, write all three with 9 characters")


def test_an_underline_of_another_length_is_text() -> None:
    answer = parse_answer(envelope(BLOCK.replace("old\n", "Title\n=====\n")))
    assert answer.edits[0].blocks == (SearchReplace("Title\n=====\n", "new\n"),)


def test_content_with_closing_tags_is_refused_and_the_way_out_works() -> None:
    content = "<files>\n</file>\n</files>\n"
    refused = the_problem(envelope(content, 'path="a.xml" action="create"'))
    assert "`</file>` closes nothing" in refused
    assert "`<file-x …>` up to `</file-x>`" in refused
    assert content_of(envelope(content, 'path="a.xml" action="create"', tag="file-x")) == content


def test_content_with_opening_tags_is_refused_and_the_way_out_works() -> None:
    content = envelope(BLOCK)
    refused = parse_answer(envelope(content, 'path="format.md" action="create"')).problems
    assert "is not closed before the next `<file …>` begins" in refused[0]
    assert content_of(envelope(content, 'path="format.md" action="create"', tag="file-x")) == content


def test_tags_that_are_not_at_the_beginning_of_a_line_are_content() -> None:
    content = "  <file>icon.png</file>\n  </file>\n<filename>\n"
    assert content_of(envelope(content, 'path="a.qrc" action="create"')) == content


@pytest.mark.parametrize("inner", ["", "\n", "  \n\n"])
def test_blank_content_makes_an_empty_file(inner: str) -> None:
    assert content_of(envelope(inner, 'path="pkg/__init__.py" action="create"')) == ""


@pytest.mark.parametrize(
    ("path", "content", "read"),
    [
        ("a.py", "```python\nx\n```\n", "x\n"),
        ("a.py", "\n~~~\nx\n\n~~~\n\n", "x\n\n"),
        ("a.py", "```python\nx = '''\n```js\ny\n```\n'''\n```\n", "x = '''\n```js\ny\n```\n'''\n"),
        ("a.md", "```markdown\n# A\n```sh\nls\n```\n```\n", "# A\n```sh\nls\n```\n"),
        ("a.md", "```sh\nls\n```\n", "```sh\nls\n```\n"),
        ("a.md", "```sh\nls\n```\nor\n```sh\nll\n```\n", "```sh\nls\n```\nor\n```sh\nll\n```\n"),
        ("a.md", "```sh\nls\n```\nand more\n", "```sh\nls\n```\nand more\n"),
    ],
)
def test_a_fence_around_content_goes_unless_the_file_is_markdown(path: str, content: str, read: str) -> None:
    assert content_of(envelope(content, f'path="{path}" action="create"')) == read


@pytest.mark.parametrize("content", ["```python\nx\n", "```\nx\n```\ny\n```\nz\n```\n"])
def test_refuses_a_fence_that_may_be_content_and_the_way_out_works(content: str) -> None:
    attributes = 'path="prompt.txt" action="create"'
    assert "the content begins with a code fence" in the_problem(envelope(content, attributes))
    assert content_of(envelope(content, attributes, tag="file-x")) == content


def test_a_section_that_is_not_closed_ends_at_the_next_tag() -> None:
    answer = parse_answer(f"<title>Mend it\n<summary>\nBecause.\n\n{envelope(BLOCK)}")
    assert answer == Answer(title="Mend it", summary="Because.", edits=(EDIT,))


def test_tags_on_one_line_are_read() -> None:
    answer = parse_answer(f"<title>A</title> <summary>B</summary>\n{envelope(BLOCK)}")
    assert (answer.title, answer.summary) == ("A", "B")


def test_lines_end_at_line_feeds_alone() -> None:
    content = "a\x0cb\u2028c\x85d\n"
    assert content_of(envelope(content, 'path="a.txt" action="create"')) == content


def test_lists_only_the_first_problems() -> None:
    problems = parse_answer(envelope("", 'path="a.py" action="no"') * 30).problems
    assert len(problems) == 21
    assert problems[-1] == "and 10 more problems like these"


def test_reads_every_example_of_the_description_that_models_are_given() -> None:
    description = files("application.prompts").joinpath("answer_format.md").read_text("utf-8")
    answer = parse_answer(description)
    assert [edit.kind for edit in answer.edits] == [*list(ChangeKind)[1::-1], *list(ChangeKind)[2:]]
    assert (answer.title, answer.questions) == ("Short imperative line", "What you need to know.")
    assert len(answer.problems) == 1  # an answer gives changes, or a reason, or questions: not all three


def test_reads_every_example_of_the_description_for_small_models() -> None:
    answer = parse_answer(files("application.prompts").joinpath("answer_format_whole.md").read_text("utf-8"))
    assert [str(edit.kind) for edit in answer.edits] == ["rewrite", "delete", "edit"]
    assert len(answer.problems) == 1  # changes, a reason, and questions exclude each other
