"""`make smoke-github`, against the stand-in: nobody's account is needed to know that it works and cleans up."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.github_double.server import Fault, github_double

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.github_double.server import GitHubDouble
    from tests.support.github_double.world import Repository

pytestmark = pytest.mark.xdist_group("github-e2e")
PROJECT = Path(__file__).parents[2]


@pytest.fixture
def github(tmp_path: Path) -> Iterator[GitHubDouble]:
    with github_double(tmp_path) as github:
        yield github


@pytest.fixture
def shop(github: GitHubDouble) -> Repository:
    return github.world.create_repository("acme/shop", {"README.md": "A shop.\n"})


def smoke(github: GitHubDouble, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    token = github.access.token_of("maria")
    return subprocess.run(
        [sys.executable, "-m", "tests.smoke.github", *arguments],
        cwd=PROJECT,
        env={"PATH": os.environ["PATH"], "GITHUB_BASE_URL": github.url, "GITHUB_TOKEN": token, **settings},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_opens_a_pull_request_shows_it_and_cleans_up(github: GitHubDouble, shop: Repository) -> None:
    done = smoke(github, "acme/shop")

    assert done.returncode == 0, done.stderr
    issue, pull = shop.threads[1], shop.threads[2]
    assert (issue.state, pull.state, pull.labels) == ("closed", "closed", ["ai-generated", "quickfix"])
    assert pull.title.startswith("Add coding-agent-smoke-")
    assert "https://github.com/acme/shop/pull/2" in done.stdout
    assert list(shop.branches()) == ["main"]
    assert github.problems == []


def test_leaves_all_open_where_that_is_asked_for(github: GitHubDouble, shop: Repository) -> None:
    done = smoke(github, "acme/shop", "--keep")

    assert done.returncode == 0, done.stderr
    assert [thread.state for thread in shop.threads.values()] == ["open", "open"]


def test_cleans_up_where_the_pull_request_cannot_be_opened(github: GitHubDouble, shop: Repository) -> None:
    github.go_wrong(Fault("POST", "/pulls", status=403))
    done = smoke(github, "acme/shop")

    assert done.returncode == 1, done.stderr
    assert shop.threads[1].state == "closed"
    assert list(shop.branches()) == ["main"]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"GITHUB_TOKEN": ""}, "GITHUB_APP_ID"),
        ({"GITHUB_TOKEN": "ghp_no"}, "Renew GITHUB_TOKEN"),
    ],
)
def test_says_in_one_line_what_is_missing(
    github: GitHubDouble, shop: Repository, settings: dict[str, str], words: str
) -> None:
    done = smoke(github, shop.full_name, **settings)

    assert done.returncode == 2
    assert words in done.stderr
    assert len(done.stderr.splitlines()) == 1
