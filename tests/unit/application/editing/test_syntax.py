"""Whether a change breaks a file's syntax."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.editing.syntax import new_syntax_problems
from application.ports.syntax_checker import SyntaxChecker, SyntaxProblem
from domain.change_set import ChangeKind, ChangeSet, FileChange

if TYPE_CHECKING:
    from collections.abc import Sequence


class Oops(SyntaxChecker):
    """Of files named `.oops`, a line with an exclamation mark does not parse."""

    async def problems(self, path: str, content: bytes) -> Sequence[SyntaxProblem]:
        lines = enumerate(content.decode().split("\n"), start=1)
        found = [SyntaxProblem(number, line, "unexpected `!`") for number, line in lines if "!" in line]
        return found if path.endswith(".oops") else []


async def problems_of(change: FileChange, before: bytes | None = None) -> tuple[str, ...]:
    originals = {} if before is None else {change.path: before}
    return await new_syntax_problems(ChangeSet((change,)), originals, Oops())


def edit(content: bytes) -> FileChange:
    return FileChange(ChangeKind.EDIT, "a.oops", content)


async def test_tells_the_path_the_line_its_text_and_what_to_do() -> None:
    (problem,) = await problems_of(edit(b"a\n b!\n"), b"a\n b\n")
    assert problem == (
        "`a.oops` would not parse any more: line 2 `b!`: unexpected `!`. "
        "Look at the edits around it and give them so that the file parses"
    )


async def test_an_error_that_was_there_before_does_not_count_wherever_it_is_now() -> None:
    assert await problems_of(edit(b"new\nmore\n  old!\n"), b"old!\n") == ()


async def test_the_same_error_once_more_counts() -> None:
    (problem,) = await problems_of(edit(b"old!\nold!\n"), b"old!\n")
    assert "line 2" in problem


async def test_a_new_file_must_parse() -> None:
    assert len(await problems_of(FileChange(ChangeKind.CREATE, "new.oops", b"!"))) == 1


async def test_a_file_renamed_into_a_language_must_parse() -> None:
    renamed = FileChange(ChangeKind.RENAME, "a.txt", b"hello!\n", renamed_to="a.oops")
    assert len(await problems_of(renamed, b"hello!\n")) == 1
    away = FileChange(ChangeKind.RENAME, "a.oops", b"hello!\n", renamed_to="a.txt")
    assert await problems_of(away, b"hello\n") == ()


async def test_a_deleted_file_is_not_checked() -> None:
    assert await problems_of(FileChange(ChangeKind.DELETE, "a.oops"), b"!") == ()


async def test_names_only_the_first_few_of_a_file() -> None:
    assert len(await problems_of(edit(b"".join(b"%d!\n" % number for number in range(50))), b"")) == 5
