"""`coding-agent solve` on a repository behind a git server, which asks for a token, refuses, fails and hangs."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tests.e2e.test_solve import NAMED, shell
from tests.support.command_line import CommandLine
from tests.support.git_http import Fault, git_http_server
from tests.support.git_repositories import bare_copy, sample_repository

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.git_http import GitHttpServer
    from tests.support.git_repositories import GitFolder

TOKEN = "ghp_planted-token-of-the-test"


@pytest.fixture
def served(tmp_path: Path) -> GitFolder:
    """The repository that the server has as `/project.git`."""
    return bare_copy(sample_repository(tmp_path / "project"), tmp_path / "served" / "project.git")


@pytest.fixture
def server(served: GitFolder) -> Iterator[GitHttpServer]:
    """Lets in who has the token."""
    with git_http_server(served.path.parent, "x-access-token", TOKEN) as running:
        yield running


def user(tmp_path: Path, token: str = TOKEN, **settings: str) -> CommandLine:
    """With a token in the environment."""
    own = shell(tmp_path / "shell")
    return CommandLine(own.folder, {**own.settings, "GIT_TOKEN": token, **settings})


def solve(server: GitHttpServer, name: str = "project.git") -> tuple[str, ...]:
    return ("solve", "--repo", f"{server.url}/{name}", "--text", NAMED)


async def test_pushes_a_branch_with_the_token_and_says_it_nowhere(
    tmp_path: Path, served: GitFolder, server: GitHttpServer
) -> None:
    person = user(tmp_path)
    done = await person.run(*solve(server))
    assert done.code == 0, done.err
    (branch,) = served.git("branch", "--list", "coding-agent/*", "--format=%(refname:short)").split()
    assert done.out == f"{served.git('diff', 'main', branch)}\n"
    assert TOKEN not in done.out + done.err
    assert person.left_behind() == []


@pytest.mark.parametrize(
    ("token", "words"), [("", "GIT_TOKEN"), ("wrong-token", "does not accept the token")], ids=["none", "wrong"]
)
async def test_a_token_that_is_missing_or_wrong_ends_with_4(
    tmp_path: Path, server: GitHttpServer, token: str, words: str
) -> None:
    done = await user(tmp_path, token).run(*solve(server))
    assert (done.code, done.out) == (4, "")
    assert words in done.err
    assert "Traceback" not in done.err
    assert not token or token not in done.err


async def test_a_push_refused_by_a_hook_ends_with_4_and_the_servers_words(
    tmp_path: Path, served: GitFolder, server: GitHttpServer
) -> None:
    served.hook("pre-receive", "printf 'no robots here\\033[2J' >&2; exit 1")
    done = await user(tmp_path).run(*solve(server))
    assert done.code == 4
    assert "no robots here" in done.err
    assert "\x1b" not in done.err
    assert served.git("branch", "--list", "coding-agent/*") == ""


async def test_an_unknown_repository_ends_with_2(tmp_path: Path, server: GitHttpServer) -> None:
    said = (await user(tmp_path).run(*solve(server, "nowhere.git"), "--json")).json()
    assert (said["exit_code"], said["error"]) == (2, "NotFound")


async def test_a_server_that_fails_or_hangs_is_tried_again_and_ends_with_3(
    tmp_path: Path, server: GitHttpServer
) -> None:
    server.inject(Fault("/project.git", status=503), Fault("/silent.git", delay=300.0))
    impatient = user(tmp_path, GIT_TIMEOUT_SECONDS="0.5")
    failing, silent = await asyncio.gather(
        impatient.run(*solve(server), "--json"), impatient.run(*solve(server, "silent.git"), "--json")
    )
    assert [ended.json()["error"] for ended in (failing, silent)] == ["RemoteUnavailable"] * 2
    assert (failing.code, silent.code) == (3, 3)
    assert len([request for request in server.requests if "/project.git" in request.target]) >= 3
    assert impatient.left_behind() == []
