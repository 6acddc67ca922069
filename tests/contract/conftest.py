"""What the suites of the contracts share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.contract.forge_scene import BRANCH, DRAFT, FakeScene, GitHubScene, LocalScene
from tests.contract.queue_harness import MemoryHarness, RabbitHarness, SqliteHarness
from tests.support.broker import broker_group
from tests.support.github_double.server import github_double

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from domain.issue import IssueKey, PullRequest
    from domain.repository import RepositoryRef
    from tests.contract.forge_scene import ForgeScene
    from tests.contract.queue_harness import QueueHarness


@pytest.fixture(params=["memory", "sqlite", pytest.param("rabbitmq", marks=broker_group)])
async def harness(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[QueueHarness]:
    """Every queue that there is, empty; both of its suites run over it."""
    harness = await _harness(request, tmp_path)
    yield harness
    await harness.close()


async def _harness(request: pytest.FixtureRequest, folder: Path) -> QueueHarness:
    match request.param:
        case "memory":
            return MemoryHarness()
        case "sqlite":
            return SqliteHarness(folder / "queue.sqlite3")
        case _:
            harness = RabbitHarness(request.getfixturevalue("broker"))
            await harness.set_up()
            return harness


@pytest.fixture(params=["fake", "local", "github"])
async def scene(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[ForgeScene]:
    """Every forge that there is, empty; what is sent to GitHub, and what its stand-in answers, agrees with GitHub."""
    if request.param == "fake":
        yield FakeScene()
    elif request.param == "local":
        yield LocalScene(tmp_path)
    else:
        with github_double(tmp_path) as github:
            scene = GitHubScene(github)
            yield scene
            await scene.forge.close()
            assert github.problems == []


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
