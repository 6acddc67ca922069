"""What stands behind the ports, watched: it does what it did."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from application.ports.forge import Forge
from application.ports.secret_scanner import SecretScanner
from application.ports.task_queue import Lease
from application.ports.vcs import Workspace
from domain.errors import NotFound, RemoteUnavailable
from domain.issue import IssueKey
from domain.repository import GitSource
from infra.telemetry.calls import operations_of
from infra.telemetry.catalogue import PORT_CALLS
from tests.fakes.clock import FakeClock
from tests.fakes.forge import FakeForge
from tests.fakes.secret_scanner import FakeScanner
from tests.fakes.workspace import FakeVcs, fake_repository
from tests.support.watcher import Watcher
from tests.unit.application.test_effects import FORGE_EFFECTS, FORGE_READS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from domain.repository import RepositoryRef

SOURCE = GitSource("/acme/shop.git")


@pytest.fixture
def watcher() -> Iterator[Watcher]:
    """Whoever looks on at a task."""
    watcher = Watcher()
    with watcher.tracing.span("task"):
        yield watcher


@pytest.fixture
def forge() -> FakeForge:
    return FakeForge(FakeClock())


@pytest.fixture
def shop(forge: FakeForge) -> RepositoryRef:
    return forge.create_repository("acme/shop")


def test_the_operations_are_those_that_the_port_declares() -> None:
    assert set(operations_of(Forge)) == FORGE_EFFECTS | FORGE_READS
    assert set(operations_of(Workspace)) == {"entries", "read", "diff", "branch_tip", "push"}


def test_to_wait_is_no_operation() -> None:
    assert operations_of(Lease) == ("dead", "done", "hand_back", "retry")


async def test_a_call_gives_what_it_gave_and_is_counted(
    watcher: Watcher, forge: FakeForge, shop: RepositoryRef
) -> None:
    watched = watcher.telemetry.port(forge, Forge)
    assert await watched.repository(shop) == await forge.repository(shop)
    assert watcher.series(PORT_CALLS, "_count") == {("Forge", "repository", ""): 1.0}
    assert watcher.told("Forge.repository")["coding_agent.effect"] is False


async def test_an_effect_is_told_as_one(watcher: Watcher, forge: FakeForge, shop: RepositoryRef) -> None:
    issue = forge.create_issue(shop, author="sam", title="It fails", body="Always.", labels=[])
    await watcher.telemetry.port(forge, Forge).add_labels(issue, frozenset({"bug"}))
    assert watcher.told("Forge.add_labels")["coding_agent.effect"] is True


async def test_of_an_error_the_class_is_told_and_no_message(
    watcher: Watcher, forge: FakeForge, shop: RepositoryRef
) -> None:
    with pytest.raises(NotFound):
        await watcher.telemetry.port(forge, Forge).issue(IssueKey(shop, 99))
    (span,) = watcher.spans.values()
    assert (span.attributes or {})["error.type"] == "NotFound"
    assert (span.status.description, span.events) == (None, ())
    assert watcher.series(PORT_CALLS, "_count") == {("Forge", "issue", "NotFound"): 1.0}


async def test_a_clone_is_watched_and_then_all_that_is_done_with_it(watcher: Watcher) -> None:
    vcs = watcher.telemetry.vcs(FakeVcs({SOURCE.location: fake_repository({"a.py": b"1"})}))
    async with vcs.open(SOURCE) as workspace:
        assert await workspace.read(["a.py"]) == {"a.py": b"1"}
    assert watcher.spans.keys() == {"Vcs.open", "Workspace.read"}


async def test_what_goes_wrong_within_a_clone_is_not_the_clones(watcher: Watcher) -> None:
    vcs = watcher.telemetry.vcs(FakeVcs({SOURCE.location: fake_repository({})}))
    with suppress(RemoteUnavailable):
        async with vcs.open(SOURCE):
            message = "the push failed"
            raise RemoteUnavailable(message)
    assert "error.type" not in watcher.told("Vcs.open")


async def test_a_search_for_secrets_is_counted_only(watcher: Watcher) -> None:
    await watcher.telemetry.port(FakeScanner(), SecretScanner).scan("text")
    assert watcher.spans == {}
    assert watcher.series(PORT_CALLS, "_count") == {("SecretScanner", "scan", ""): 1.0}


async def test_what_belongs_to_no_task_is_counted_only(forge: FakeForge, shop: RepositoryRef) -> None:
    watcher = Watcher()
    await watcher.telemetry.port(forge, Forge).repository(shop)
    assert watcher.spans == {}
    assert watcher.series(PORT_CALLS, "_count") == {("Forge", "repository", ""): 1.0}
