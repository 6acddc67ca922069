"""Applying edits to files."""

from __future__ import annotations

import pytest

from application.editing.answer import FileEdit, SearchReplace
from application.editing.apply import Applied, apply_edits
from domain.change_set import ChangeKind, ChangeSet, FileChange

PYTHON = """\
class Shop:
    def total(self):
        total = 0
        for item in self.items:
            total += item.price

        return total
"""


def edited(before: str | bytes, *blocks: tuple[str, str]) -> str:
    """The file after the edit, which has to succeed."""
    applied = applied_to(before, *blocks)
    assert applied.problems == ()
    return applied.changes.writes()["a.py"].decode("utf-8", "surrogateescape")


def the_problem(before: str | bytes, *blocks: tuple[str, str]) -> str:
    applied = applied_to(before, *blocks)
    assert applied.changes == ChangeSet()
    (problem,) = applied.problems
    return problem


def applied_to(before: str | bytes, *blocks: tuple[str, str]) -> Applied:
    edit = FileEdit(ChangeKind.EDIT, "a.py", tuple(SearchReplace(old, new) for old, new in blocks))
    return apply_edits([edit], {"a.py": before.encode() if isinstance(before, str) else before, "b.py": b"other\n"})


def test_replaces_the_lines_of_every_block() -> None:
    assert edited("a\nb\nc\nd\n", ("d\n", "D\nE\n"), ("a\nb\n", "A\n")) == "A\nc\nD\nE\n"


def test_an_empty_replacement_deletes() -> None:
    assert edited("a\nb\nc\n", ("b\n", "")) == "a\nc\n"


def test_matches_whole_lines_only() -> None:
    assert edited("total\nsubtotal\n", ("total\n", "sum\n")) == "sum\nsubtotal\n"
    assert "SEARCH is not in the file" in the_problem("subtotal = 1\n", ("total = 1\n", "x\n"))


def test_white_space_at_line_ends_does_not_count_and_stays() -> None:
    assert edited("a  \nb\t\nc\n", ("a\nb\nc\n", "a\nB\nc\n")) == "a  \nB\nc\n"


def test_an_exact_match_goes_before_one_without_line_ends() -> None:
    assert edited("a \na\n", ("a\n", "b\n")) == "a \nb\n"


@pytest.mark.parametrize(
    ("search", "replace"),
    [
        (
            "for item in self.items:\n    total += item.price\n",
            "for item in self.items:\n    if item:\n        total += item.price\n",
        ),
        (
            "                for item in self.items:\n                    total += item.price\n",
            """\
                for item in self.items:
                    if item:
                        total += item.price
""",
        ),
    ],
)
def test_a_block_at_another_indentation_is_moved_to_the_files(search: str, replace: str) -> None:
    after = PYTHON.replace(
        "            total += item.price\n", "            if item:\n                total += item.price\n"
    )
    assert edited(PYTHON, (search, replace)) == after


@pytest.mark.parametrize(
    ("before", "search", "replace", "after"),
    [
        ("\tif a:\n\t\tb()\n", "    if a:\n        b()\n", "    if a:\n        c()\n", "\tif a:\n\t\tc()\n"),
        ("    if a:\n        b()\n", "\tif a:\n\t\tb()\n", "\tif a:\n\t\tc()\n", "    if a:\n        c()\n"),
        ("\tif a:\n\t\tb()\n", "if a:\n    b()\n", "if a:\n    b()\n    c()\n", "\tif a:\n\t\tb()\n\t\tc()\n"),
        ("\tb()\n", "b()\n", "if a:\n  b()\n", "\tif a:\n\t\tb()\n"),
    ],
)
def test_tabs_and_blanks_become_the_files(before: str, search: str, replace: str, after: str) -> None:
    assert edited(before, (search, replace)) == after


def test_refuses_an_indentation_that_differs_from_line_to_line() -> None:
    problem = the_problem(PYTHON, ("for item in self.items:\ntotal += item.price\n", "pass\n"))
    assert "line 4 is indented by 8 blanks, not nothing: `        for item in self.items:`" in problem


def test_refuses_a_replacement_that_cannot_move_as_far_left() -> None:
    problem = the_problem("if a:\n    b()\n", ("    if a:\n        b()\n", "    if a:\npass\n"))
    assert "line 1: a line of REPLACE is indented too little" in problem


def test_blank_lines_around_a_block_do_not_count() -> None:
    assert edited("a\nb\nc\n", ("\na\n\n", "\nA\n\n")) == "A\nb\nc\n"
    assert edited("a\n\nb\n", ("\n\na\n", "A\n")) == "A\n\nb\n"


def test_refuses_a_text_that_fits_in_several_places() -> None:
    problem = the_problem("x\ny\nx\n", ("x\n", "z\n"))
    assert problem == (
        "`a.py`: block 1: SEARCH fits in several places (lines 1, 3); add neighbouring lines until it fits in one"
    )
    assert "lines 1, 2, 3, 4, 5)" in the_problem("x\n" * 9, ("x\nx\n", "y\n"))


def test_says_where_the_nearest_text_is_and_how_it_differs() -> None:
    search = "        for item in self.items:\n            total += item.cost\n\n        return total\n"
    assert the_problem(PYTHON, (search, "pass\n")) == (
        "`a.py`: block 1: SEARCH is not in the file; nearest are lines 4 to 7: "
        "line 5 is `            total += item.price`, not `            total += item.cost`. Copy what is there exactly"
    )


def test_says_which_lines_are_missing_from_the_search_text() -> None:
    problem = the_problem(PYTHON, ("        total = 0\n            total += item.price\n", "pass\n"))
    assert "is missing from SEARCH" in problem


def test_says_when_nothing_is_alike() -> None:
    problem = the_problem(PYTHON, ("import os\nimport sys\n", "pass\n"))
    assert problem.endswith("SEARCH is not in the file, nor anything like it (it begins `import os`)")


def test_says_when_the_change_is_there_already() -> None:
    assert "line 7 already reads as REPLACE says" in the_problem(PYTHON, ("    return x\n", "        return total\n"))


def test_refuses_blocks_that_overlap() -> None:
    problem = the_problem("a\nb\nc\n", ("a\nb\n", "x\n"), ("b\nc\n", "y\n"))
    assert "block 2: SEARCH overlaps with an earlier block at line 2" in problem


def test_a_block_is_searched_outside_of_what_earlier_blocks_replace() -> None:
    assert edited("a\nx\nb\nx\n", ("a\nx\n", "A\n"), ("x\n", "Y\n")) == "A\nb\nY\n"


def test_a_block_that_is_nowhere_in_the_file_is_searched_in_what_others_have_made() -> None:
    assert edited("a\nz\n", ("b\n", "c\n"), ("a\n", "b\n")) == "c\nz\n"
    assert edited("a\nb\n", ("a\n", "b\nx\n"), ("b\n", "c\n")) == "b\nx\nc\n"


def test_refuses_an_empty_search_text_unless_the_file_is_blank() -> None:
    assert "SEARCH is empty" in the_problem("a\n\nb\n", ("", "x\n"))
    assert "SEARCH is empty" in the_problem("a\n\nb\n", ("\n", "x\n"))
    assert edited("", ("", "x\ny\n")) == "x\ny\n"


@pytest.mark.parametrize(
    ("before", "block", "after"),
    [
        (b"a\r\nb\r\nc\r\n", ("b\n", "B\nBB\n"), b"a\r\nB\r\nBB\r\nc\r\n"),
        (b"a\nb\r\nc\n", ("a\nb\nc\n", "a\nb\nC\n"), b"a\nb\r\nC\n"),
        (b"a\nb", ("b\n", "B\nC\n"), b"a\nB\nC"),
        (b"a\nb", ("b\n", "b\nc\n"), b"a\nb\nc"),
        (b"a\nb", ("a\n", "A\n"), b"A\nb"),
        (b"a\r\nb", ("b\n", "b\nc\n"), b"a\r\nb\r\nc"),
        (b"\xef\xbb\xbfa\nb\n", ("a\n", "A\n"), b"\xef\xbb\xbfA\nb\n"),
        (b"a\n\xe9\xff\nb\n", ("b\n", "B\n"), b"a\n\xe9\xff\nB\n"),
        (b"a\x0cb\rc\n\xc2\x85\nd\n", ("d\n", "D\n"), b"a\x0cb\rc\n\xc2\x85\nD\n"),
    ],
)
def test_bytes_that_are_not_edited_survive(before: bytes, block: tuple[str, str], after: bytes) -> None:
    assert edited(before, block).encode("utf-8", "surrogateescape") == after


def test_refuses_to_write_utf_8_into_a_file_in_another_encoding() -> None:
    assert "REPLACE may hold ASCII characters only" in the_problem(b"\xe9\na\n", ("a\n", "\u00e9\n"))


def test_refuses_to_edit_what_is_not_text() -> None:
    assert "it is not a text file" in the_problem(b"\x00\x01\n", ("a\n", "b\n"))


@pytest.mark.parametrize("text", ["\x00\n", "\ud800\n"])
def test_refuses_text_that_cannot_be_written(text: str) -> None:
    assert "it holds" in the_problem("a\n", ("a\n", text))
    create = FileEdit(ChangeKind.CREATE, "new.py", content=text)
    assert "it holds" in apply_edits([create], {}).problems[0]


def test_refuses_an_edit_that_changes_nothing() -> None:
    assert the_problem("a\nb\n", ("a\n", "a\n")) == "`a.py`: the file already reads so; the edit changes nothing"
    rewrite = FileEdit(ChangeKind.REWRITE, "a.py", content="a\n")
    assert "the file already reads so" in apply_edits([rewrite], {"a.py": b"a\r\n"}).problems[0]


def test_creates_deletes_and_renames() -> None:
    edits = [
        FileEdit(ChangeKind.CREATE, "new.py", content="\u00e9\n"),
        FileEdit(ChangeKind.DELETE, "gone.bin"),
        FileEdit(ChangeKind.RENAME, "image.png", renamed_to="logo.png"),
        FileEdit(ChangeKind.RENAME, "a.py", (SearchReplace("a\n", "b\n"),), renamed_to="b.py"),
    ]
    originals = {"gone.bin": b"\x00", "image.png": b"\x00\xff", "a.py": b"a\r\n"}
    assert apply_edits(edits, originals) == Applied(
        ChangeSet(
            (
                FileChange(ChangeKind.CREATE, "new.py", b"\xc3\xa9\n"),
                FileChange(ChangeKind.DELETE, "gone.bin"),
                FileChange(ChangeKind.RENAME, "image.png", b"\x00\xff", "logo.png"),
                FileChange(ChangeKind.RENAME, "a.py", b"b\r\n", "b.py"),
            )
        )
    )


def test_a_rewritten_file_keeps_its_line_ends_and_byte_order_mark() -> None:
    rewrite = FileEdit(ChangeKind.REWRITE, "a.py", content="x\ny\n")
    applied = apply_edits([rewrite], {"a.py": b"\xef\xbb\xbfa\r\nb\r\n"})
    assert applied.changes.writes() == {"a.py": b"\xef\xbb\xbfx\r\ny\r\n"}


@pytest.mark.parametrize("before", [b"\xe9\n", b"\x00"])
def test_refuses_to_rewrite_a_file_that_is_not_utf_8(before: bytes) -> None:
    rewrite = FileEdit(ChangeKind.REWRITE, "a.py", content="x\n")
    assert "cannot be rewritten" in apply_edits([rewrite], {"a.py": before}).problems[0]


@pytest.mark.parametrize(
    "edit",
    [
        FileEdit(ChangeKind.REWRITE, "mod.py", content="a\n"),
        FileEdit(ChangeKind.DELETE, "mod.py"),
        FileEdit(ChangeKind.RENAME, "mod.py", renamed_to="x.py"),
    ],
)
def test_refuses_to_change_a_file_that_was_not_shown_and_names_the_likely_one(edit: FileEdit) -> None:
    applied = apply_edits([edit], {"pkg/mod.py": b"a\n"})
    assert applied.problems == ("`mod.py`: it is not among the files that you were shown; did you mean `pkg/mod.py`?",)


def test_refuses_to_create_a_file_that_exists() -> None:
    create = FileEdit(ChangeKind.CREATE, "a.py", content="x\n")
    assert 'use action="edit" or "rewrite"' in apply_edits([create], {"a.py": b""}).problems[0]


def test_refuses_two_edits_of_one_file() -> None:
    edits = [FileEdit(ChangeKind.DELETE, "a.py"), FileEdit(ChangeKind.RENAME, "b.py", renamed_to="a.py")]
    assert apply_edits(edits, {"a.py": b"", "b.py": b""}).problems == ("`a.py` is changed twice",)


def test_uses_nothing_of_an_answer_with_a_problem_and_names_them_all() -> None:
    edits = [
        FileEdit(ChangeKind.CREATE, "new.py", content="x\n"),
        FileEdit(ChangeKind.EDIT, "a.py", (SearchReplace("x\n", ""), SearchReplace("y\n", ""))),
        FileEdit(ChangeKind.DELETE, "b.py"),
    ]
    applied = apply_edits(edits, {"a.py": b"a\n"})
    assert applied.changes == ChangeSet()
    assert [problem[:15] for problem in applied.problems] == ["`a.py`: block 1", "`a.py`: block 2", "`b.py`: it is n"]


def test_explains_only_the_first_of_many_problems_and_says_so() -> None:
    blocks = tuple(SearchReplace(f"{number}\n", "") for number in range(99))
    applied = apply_edits([FileEdit(ChangeKind.EDIT, "a.py", blocks)], {"a.py": b"a\n"})
    assert len(applied.problems) == 11
    assert "block 11 does not fit either" in applied.problems[-1]
