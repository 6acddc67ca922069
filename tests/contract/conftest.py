"""The forges that the contract suite runs over, each with a repository, an issue and a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.contract.forge_scene import BRANCH, DRAFT, FakeScene, LocalScene

if TYPE_CHECKING:
    from pathlib import Path

    from domain.issue import IssueKey, PullRequest
    from domain.repository import RepositoryRef
    from tests.contract.forge_scene import ForgeScene


@pytest.fixture(params=["fake", "local"])
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> ForgeScene:
    return FakeScene() if request.param == "fake" else LocalScene(tmp_path)


@pytest.fixture
def shop(scene: ForgeScene) -> RepositoryRef:
    return scene.create_repository("acme/shop")


@pytest.fixture
def issue(scene: ForgeScene, shop: RepositoryRef) -> IssueKey:
    return scene.create_issue(shop, author="sam", title="Wrong total", body="Add two.\n", labels=["bug", "ai-help"])


@pytest.fixture
async def pull(scene: ForgeScene, shop: RepositoryRef) -> PullRequest:
    scene.create_branch(shop, BRANCH)
    return await scene.forge.open_pull_request(shop, DRAFT)
