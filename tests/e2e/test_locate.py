"""`coding-agent locate`: an issue, a repository, and the files that it is about."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.command_line import CommandLine
from tests.support.git_repositories import git, new_repository

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.command_line import Ended

ISSUE = "The discount of a basket is rounded down"


@pytest.fixture
def user(tmp_path: Path) -> CommandLine:
    project = new_repository(tmp_path / "project")
    project.write("shop/basket.py", b"class Basket:\n    def discount(self):\n        return rounded(self)\n")
    project.write("shop/tax.py", b"RATE = 19\n")
    project.write("tests/test_basket.py", b"def test_discount_of_basket(): pass\n")
    project.commit("Shop")
    return CommandLine(tmp_path)


def answer(ended: Ended) -> dict[str, Any]:
    assert (ended.code, ended.err) == (0, "")
    found: dict[str, Any] = json.loads(ended.out)
    return found


async def test_prints_the_paths_best_first(user: CommandLine) -> None:
    done = await user.run("locate", "--repo", "project", "--text", ISSUE)
    assert done.code == 0
    assert done.out.splitlines()[0] == "shop/basket.py"
    assert sorted(done.out.splitlines()) == ["shop/basket.py", "shop/tax.py", "tests/test_basket.py"]
    assert user.left_behind() == []


async def test_says_why_where_it_is_asked_to(user: CommandLine) -> None:
    done = await user.run("locate", "--repo", "project", "--text", ISSUE, "--explain", "--top", "1")
    path, *reasons = done.out.splitlines()
    assert path.startswith("shop/basket.py  (")
    assert "    matches: " in "\n".join(reasons)


async def test_answers_a_program_with_one_object(user: CommandLine) -> None:
    (user.folder / "bug.md").write_text(f"# {ISSUE}\n\nSee Basket.discount.\n")
    found = answer(await user.run("locate", "--repo", "project", "--issue", "bug.md", "--json", "--top", "2"))
    assert found.keys() == {"ranking", "seconds"}
    assert found["ranking"][0]["path"] == "shop/basket.py"
    assert [entry.keys() for entry in found["ranking"]] == [{"path", "score", "why"}] * 2
    assert found["seconds"] > 0


async def test_searches_the_commit_that_is_asked_for(user: CommandLine, tmp_path: Path) -> None:
    project = new_repository(tmp_path / "other")
    project.write("old_discount.py", b"x = 1\n")
    first = project.commit("Old")
    project.git("mv", "old_discount.py", "new_discount.py")
    project.commit("New")
    found = answer(await user.run("locate", "--repo", "other", "--rev", str(first), "--text", "discount", "--json"))
    assert [entry["path"] for entry in found["ranking"]] == ["old_discount.py"]


async def test_a_missing_blob_is_a_file_that_cannot_be_read(user: CommandLine) -> None:
    blob = git(user.folder / "project", "rev-parse", "HEAD:shop/tax.py")
    (user.folder / "project" / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    found = answer(await user.run("locate", "--repo", "project", "--text", ISSUE, "--json"))
    assert [entry["path"] for entry in found["ranking"]] == ["shop/basket.py", "tests/test_basket.py"]


async def test_a_cache_changes_nothing_in_the_answer(user: CommandLine, tmp_path: Path) -> None:
    caching = CommandLine(tmp_path, {"SEARCH_CACHE_PATH": str(tmp_path / "cache")})
    command = ("locate", "--repo", "project", "--text", ISSUE, "--json")
    plain, first, second = [answer(await line.run(*command))["ranking"] for line in (user, caching, caching)]
    assert plain == first == second


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--repo", "nowhere", "--text", "x"), "no git repository"),
        (("--repo", "project", "--text", "x", "--rev", "nothing"), "'nothing'"),
        (("--repo", "project"), "--issue FILE"),
        (("--repo", "project", "--text", "x", "--top", "0"), "--top"),
    ],
)
async def test_a_mistake_is_told_in_words(user: CommandLine, arguments: tuple[str, ...], said: str) -> None:
    plain = await user.run("locate", *arguments)
    assert (plain.code, plain.out) == (2, "")
    assert said in plain.err
    assert said in (await user.run("locate", *arguments, "--json")).json()["reason"]


async def test_a_repository_without_files_has_nothing_to_name(user: CommandLine, tmp_path: Path) -> None:
    empty = new_repository(tmp_path / "empty")
    empty.git("commit", "--allow-empty", "-m", "Nothing yet")
    assert (await user.run("locate", "--repo", "empty", "--text", "x")).code == 1
