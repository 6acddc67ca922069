"""Polling GitHub with an App's key alone, and the operators' commands against it, on a stand-in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from entrypoints.cli.child_process import started
from tests.e2e.test_github import assert_one_of_everything
from tests.e2e.test_two_processes import logged
from tests.support.github_double.server import github_double
from tests.support.github_installation import on_github
from tests.support.installation import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.github_installation import GitHubInstallation

pytestmark = pytest.mark.xdist_group("github-e2e")


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[GitHubInstallation]:
    """An installation without a webhook's secret; the stand-in's time is long past, so the first look goes far back."""
    with github_double(tmp_path) as github:
        yield on_github(
            tmp_path / "agent", github, WEBHOOK_SECRET="", ALLOWED_REPOSITORIES=REPOSITORY, RECONCILE_DAYS="36500"
        )
        assert github.problems == []


def command(installation: GitHubInstallation, *arguments: str) -> dict[str, object]:
    """What a command answers to programs."""
    ended = installation.run("entrypoints.cli.main", *arguments, "--json")
    found: dict[str, object] = json.loads(ended.stdout)
    assert found["exit_code"] == ended.returncode
    return found


async def test_a_label_is_found_by_looking_and_worked_on_once(installation: GitHubInstallation) -> None:
    issue = await installation.set_up()
    async with started("serve", installation.environment, installation.folder, "--poll", "1s") as service:
        assert (await logged(service, "trigger_found"))["by"] == issue.repository.owner
        assert (await logged(service, "attempt_ended"))["outcome"] == "Done"
    assert command(installation, "reconcile")["queued"] == []
    await assert_one_of_everything(installation, issue)


async def test_an_operator_sees_that_all_is_good_and_asks_for_work(installation: GitHubInstallation) -> None:
    issue = await installation.set_up()
    found = command(installation, "doctor")
    assert found["outcome"] == "good", found
    queued = command(installation, "enqueue", "--repo", REPOSITORY, "--issue", str(issue.number))
    assert queued["outcome"] == "queued"
    assert command(installation, "queue", "status")["due"] == 1
