"""What every code search keeps to."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from adapters.code_search.blob_cache import BlobCache
from adapters.code_search.search import LocalCodeSearch
from domain.errors import RemoteUnavailable
from tests.fakes.code_structure import FakeStructure
from tests.fakes.workspace import FakeWorkspace, fake_repository, fake_workspace

if TYPE_CHECKING:
    from pathlib import Path

    from application.ports.code_search import CodeSearch

ISSUE = "Discounts are rounded down\n\nA basket's discount loses a cent."
LFS_POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"4d7a" * 16 + b"\nsize 12345\n"


@pytest.fixture(params=["local", "local, with a cache", "local, with a full cache"])
async def search(request: pytest.FixtureRequest, tmp_path: Path) -> CodeSearch:
    if request.param == "local":
        return LocalCodeSearch(FakeStructure())
    return LocalCodeSearch(FakeStructure(), cache=BlobCache(tmp_path, 10_000_000 if "full" not in request.param else 1))


async def ranked(search: CodeSearch, files: dict[str, bytes], issue: str = ISSUE) -> list[str]:
    return [file.path for file in await search.rank(fake_workspace(files), issue)]


async def test_ranks_the_file_with_the_issues_words_first(search: CodeSearch) -> None:
    files = {
        "shop/address.py": b"def street():\n    return 1\n",
        "shop/basket.py": b"def discount(basket):\n    return rounded(basket)\n",
        "shop/tax.py": b"def rate():\n    return 19\n",
    }
    assert (await ranked(search, files))[0] == "shop/basket.py"


async def test_ranks_every_text_file_once(search: CodeSearch) -> None:
    files = {"a.py": b"discount", "b/c.rst": b"nothing of it", "b/empty.py": b"", "Makefile": b"all:\n"}
    assert sorted(await ranked(search, files)) == sorted(files)


async def test_scores_fall_along_the_ranking(search: CodeSearch) -> None:
    workspace = fake_workspace({f"m{n}.py": b"discount " * n + b"other " * 9 for n in range(9)})
    scores = [file.score for file in await search.rank(workspace, ISSUE)]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("logo.png", b"discount"),
        ("dump", b"discount\0discount"),
        ("model.txt", LFS_POINTER),
    ],
)
async def test_leaves_out_what_is_no_text(search: CodeSearch, path: str, content: bytes) -> None:
    assert await ranked(search, {"a.py": b"x = 1", path: content}) == ["a.py"]


async def test_leaves_out_links_and_submodules(search: CodeSearch) -> None:
    workspace = fake_workspace({"a.py": b"x = 1"}, symlinks={"discount.py": "a.py"}, submodules=["basket"])
    assert [file.path for file in await search.rank(workspace, ISSUE)] == ["a.py"]


async def test_ranks_executable_files(search: CodeSearch) -> None:
    workspace = fake_workspace({"run.py": b"discount"}, executables=["run.py"])
    assert [file.path for file in await search.rank(workspace, ISSUE)] == ["run.py"]


async def test_the_same_question_has_the_same_answer(search: CodeSearch) -> None:
    files = {f"pkg{n % 3}/m{n}.py": b"discount basket cent " * (n % 4) for n in range(40)}
    turned = dict(reversed(files.items()))
    assert await ranked(search, files) == await ranked(search, turned)


@pytest.mark.parametrize("issue", ["", "\n\n", "!?", "\ud800", "<!-- only a comment -->"])
async def test_an_issue_that_says_nothing_still_ranks_all(search: CodeSearch, issue: str) -> None:
    assert sorted(await ranked(search, {"a.py": b"x", "b.py": b"y"}, issue)) == ["a.py", "b.py"]


async def test_an_empty_repository_has_an_empty_ranking(search: CodeSearch) -> None:
    assert await ranked(search, {}) == []


async def test_a_path_that_is_no_text_does_no_harm(search: CodeSearch) -> None:
    assert await ranked(search, {"a\udcff\n.py": b"discount"}) == ["a\udcff\n.py"]


async def test_errors_of_the_workspace_pass_through(search: CodeSearch) -> None:
    repository = fake_repository({"a.py": b"x"})
    repository.fail("read", RemoteUnavailable("the server is gone"))
    with pytest.raises(RemoteUnavailable):
        await search.rank(FakeWorkspace(repository, repository.branches["main"], "main"), ISSUE)


async def test_other_work_goes_on_meanwhile(search: CodeSearch) -> None:
    workspace = fake_workspace({f"m{n}.py": b"discount of_a basket\n" * 5_000 for n in range(80)})
    ranking = asyncio.ensure_future(search.rank(workspace, ISSUE))
    turns = 0
    while not ranking.done():
        turns += 1
        await asyncio.sleep(0.001)
    assert len(await ranking) == 80
    assert turns > 3
