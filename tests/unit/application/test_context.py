from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from application.context import MAX_FILES, build_context
from application.ports.code_search import RankedFile
from application.selection import FILE_OVERHEAD_TOKENS
from application.token_estimate import estimate_tokens
from tests.fakes.workspace import fake_workspace

if TYPE_CHECKING:
    from application.context import Context

ISSUE = "The discount is rounded down\n\nSee compute_discount()."
AMPLE = 50_000
LONG = b"".join(b"line_%d = %d\n" % (n, n) for n in range(1, 2_001))
NEEDLE = LONG.replace(b"line_1200 =", b"compute_discount =")


async def context(files: dict[str, bytes], budget: int = AMPLE, issue: str = ISSUE) -> Context:
    """The context for a ranking in the order of `files`."""
    workspace = fake_workspace(files)
    ranking = [RankedFile(path, float(-place)) for place, path in enumerate(files)]
    return await build_context(await workspace.entries(), ranking, workspace.read, issue, budget)


async def test_shows_all_files_whole_where_there_is_room() -> None:
    found = await context({"b.py": b"x = 1\n", "a.py": b"y = 2"})
    assert [(file.path, file.text, file.extent) for file in found.files] == [
        ("b.py", "x = 1\n", "whole file"),
        ("a.py", "y = 2", "whole file"),
    ]
    assert found.tree == "a.py\nb.py\n"
    assert found.left_out == ()
    assert found.shown == {"a.py", "b.py"}


async def test_shows_an_empty_file_as_whole() -> None:
    (file,) = (await context({"empty.py": b""})).files
    assert (file.whole, file.text, file.lines) == (True, "", 0)


async def test_shows_the_matching_part_of_a_file_that_does_not_fit() -> None:
    (file,) = (await context({"long.py": NEEDLE}, 1_000)).files
    assert not file.whole
    assert "compute_discount = 1200\n" in file.text
    assert estimate_tokens(file.text) <= 1_000


async def test_says_which_lines_are_shown_and_which_are_missing() -> None:
    (file,) = (await context({"long.py": NEEDLE}, 1_000)).files
    assert file.extent == "lines 1-50 and 1176-1200 of 2,000"
    assert "line_50 = 50\n[lines 51-1175 are not shown]\nline_1176 = 1176\n" in file.text
    assert file.text.endswith("compute_discount = 1200\n[lines 1201-2000 are not shown]\n")


async def test_an_excerpt_counts_as_shown() -> None:
    assert (await context({"long.py": NEEDLE}, 1_000)).shown == {"long.py"}


async def test_the_parts_are_the_files_own_lines() -> None:
    (file,) = (await context({"long.py": NEEDLE}, 2_000)).files
    lines = NEEDLE.decode().splitlines(keepends=True)
    assert all(part.text == "".join(lines[part.first - 1 : part.last]) for part in file.parts)


async def test_a_long_file_without_a_match_is_shown_from_its_head_on() -> None:
    (file,) = (await context({"long.py": LONG}, 1_000)).files
    assert [part.first for part in file.parts] == [1]


async def test_a_long_file_leaves_room_for_those_behind_it() -> None:
    found = await context({"long.py": NEEDLE, "short.py": b"y = 2\n" * 50}, 2_000)
    assert [(file.path, file.whole) for file in found.files] == [("long.py", False), ("short.py", True)]


async def test_a_file_over_half_of_the_budget_is_whole_if_it_fits() -> None:
    (file,) = (await context({"a.py": b"x = 1\n" * 250}, 1500)).files
    assert file.whole


async def test_says_which_of_the_best_files_did_not_fit() -> None:
    one_line = b"discount = " + b"9" * 20_000
    found = await context({"a.py": b"x = 1\n", "data.py": one_line}, 2_000)
    assert found.shown == {"a.py"}
    assert "Too long for the room that was left, so not shown: data.py." in found.left_out


@pytest.mark.parametrize("content", [b"caf\xe9 = 1\n", b"x = '\0'\n"])
async def test_what_is_no_utf8_text_is_not_shown(content: bytes) -> None:
    found = await context({"a.py": content, "b.py": b"y = 2\n"})
    assert found.shown == {"b.py"}
    assert "Not UTF-8 text, so not shown: a.py." in found.left_out


async def test_a_path_that_does_not_print_is_not_shown() -> None:
    found = await context({"a\n.py": b"x", "b\udcff.py": b"y", "c.py": b"z"})
    assert found.shown == {"c.py"}


async def test_says_how_many_files_are_left_out() -> None:
    found = await context({f"m{n:02}.py": b"x = 1\n" for n in range(MAX_FILES + 7)})
    assert len(found.files) == MAX_FILES
    assert "7 files that match less are not shown." in found.left_out


async def test_says_that_folders_are_folded() -> None:
    found = await context({"a.py": b"x"} | {f"locale/{n}/messages.po": b"x" for n in range(400)}, 900)
    assert "401 folders of the tree are folded." in found.left_out


async def test_keeps_line_ends_as_they_are() -> None:
    assert (await context({"a.py": b"x = 1\r\ny = 2\r\n"})).files[0].text == "x = 1\r\ny = 2\r\n"


async def test_counts_lines_as_git_does() -> None:
    assert (await context({"a.py": "a\u2028b\x0cc\rd\n".encode()})).files[0].lines == 1


async def test_the_same_arguments_give_the_same_context() -> None:
    files = {"long.py": NEEDLE, "b.py": NEEDLE[::-1], "c/d.py": b"discount\n" * 99}
    assert await context(files, 3_000) == await context(files, 3_000)


async def test_a_budget_of_nothing_shows_nothing() -> None:
    found = await context({"a.py": b"x = 1\n"}, 0)
    assert (found.tree, found.files, found.left_out, found.tokens) == ("", (), (), 0)


LINES = st.sampled_from(["discount = 1", "x", "", "def compute_discount():", "y" * 300, "größe"])
FILES = st.dictionaries(
    st.sampled_from(["a.py", "b/c.py", "b/d.py", "e/f/g.py"]),
    st.lists(LINES, max_size=120).map(lambda lines: "\n".join(lines).encode()) | st.binary(max_size=50),
)


@settings(deadline=None)
@given(FILES, st.integers(0, 3_000))
async def test_never_exceeds_its_budget(files: dict[str, bytes], budget: int) -> None:
    found = await context(files, budget)
    rendered = sum(estimate_tokens(f"{f.path}\n{f.extent}\n{f.text}") + FILE_OVERHEAD_TOKENS for f in found.files)
    total = estimate_tokens(found.tree) + rendered + sum(map(estimate_tokens, found.left_out))
    assert total == found.tokens <= budget


@settings(deadline=None)
@given(FILES, st.integers(0, 3_000))
async def test_shows_nothing_that_is_not_in_the_file(files: dict[str, bytes], budget: int) -> None:
    for file in (await context(files, budget)).files:
        lines = files[file.path].decode().split("\n")
        assert all(part.text.removesuffix("\n").split("\n") == lines[part.first - 1 : part.last] for part in file.parts)
