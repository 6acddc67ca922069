"""A local forge with one repository, one issue and one branch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.contract.forge_scene import BRANCH, DRAFT, LocalScene

if TYPE_CHECKING:
    from pathlib import Path

    from domain.issue import IssueKey, PullRequest
    from domain.repository import RepositoryRef


@pytest.fixture
def scene(tmp_path: Path) -> LocalScene:
    return LocalScene(tmp_path)


@pytest.fixture
def shop(scene: LocalScene) -> RepositoryRef:
    return scene.create_repository("acme/shop")


@pytest.fixture
def issue(scene: LocalScene, shop: RepositoryRef) -> IssueKey:
    return scene.create_issue(shop, author="sam", title="Wrong total", body="Add two.", labels=["bug"])


@pytest.fixture
async def pull(scene: LocalScene, shop: RepositoryRef) -> PullRequest:
    scene.create_branch(shop, BRANCH)
    return await scene.forge.open_pull_request(shop, DRAFT)
