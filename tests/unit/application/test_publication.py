from __future__ import annotations

from typing import TYPE_CHECKING

from application.proposal import Proposal
from application.publication import facts_of
from domain.change_set import ChangeSet
from domain.conversation import Spend
from domain.errors import ForgeUnavailable
from domain.outcome import RetryAt
from tests.support.stage import FIX, Stage

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion


def test_a_shown_path_ends_neither_its_code_nor_its_cell() -> None:
    shown = ("src/a.py", "a` @everyone |b")
    proposal = Proposal("title", "", ChangeSet(), shown, "model", 1, Spend())
    facts = dict(facts_of(proposal, "maintainer", 1.0, 1))
    assert facts["Files shown"] == "`src/a.py`, `a? @everyone ?b`"


async def test_the_pull_request_reads_as_agreed(snapshot: SnapshotAssertion) -> None:
    stage = Stage(FIX)
    await stage.deliver()
    (pull_request,) = stage.pull_requests()
    assert pull_request.labels == {"ai-generated", "quickfix"}
    assert f"{pull_request.title}\n\n{pull_request.body}" == snapshot


async def test_the_pull_request_of_an_earlier_attempts_commit_reads_as_agreed(snapshot: SnapshotAssertion) -> None:
    stage = Stage(FIX)
    stage.forge.fail("open_pull_request", ForgeUnavailable("away"))
    outcome = await stage.deliver()
    assert isinstance(outcome, RetryAt)
    await stage.clock.advance(60)
    await stage.deliver()
    (pull_request,) = stage.pull_requests()
    assert f"{pull_request.title}\n\n{pull_request.body}" == snapshot
