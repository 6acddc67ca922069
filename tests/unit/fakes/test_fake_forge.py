"""How the fake forge fails when told to; what it does otherwise is shown by the contract suite."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from domain.errors import ForgeUnavailable
from tests.fakes.forge import FakeForge
from tests.fakes.ticking_clock import TickingClock

if TYPE_CHECKING:
    from domain.issue import IssueKey

MARKER = "<!-- status -->"


@pytest.fixture
def forge() -> FakeForge:
    return FakeForge(TickingClock())


@pytest.fixture
def issue(forge: FakeForge) -> IssueKey:
    return forge.create_issue(forge.create_repository(), author="sam", title="Wrong total")


async def test_fails_the_call_that_it_is_told_to(forge: FakeForge, issue: IssueKey) -> None:
    forge.fail("upsert_comment", ForgeUnavailable("later"), call=2)

    await forge.upsert_comment(issue, MARKER, f"1 {MARKER}")
    with pytest.raises(ForgeUnavailable, match="later"):
        await forge.upsert_comment(issue, MARKER, f"2 {MARKER}")
    await forge.add_labels(issue, frozenset({"x"}))

    assert [comment.body for comment in forge.thread(issue).comments] == [f"1 {MARKER}"]


async def test_fails_after_the_effect_has_happened(forge: FakeForge, issue: IssueKey) -> None:
    forge.fail("upsert_comment", ForgeUnavailable("lost the answer"), after=True)

    with pytest.raises(ForgeUnavailable):
        await forge.upsert_comment(issue, MARKER, MARKER)

    assert [comment.body for comment in forge.thread(issue).comments] == [MARKER]


async def test_works_again_after_a_failure(forge: FakeForge, issue: IssueKey) -> None:
    forge.fail("issue", ForgeUnavailable("later"))

    with pytest.raises(ForgeUnavailable):
        await forge.issue(issue)

    assert (await forge.issue(issue)).title == "Wrong total"


async def test_names_the_calls_in_their_order(forge: FakeForge, issue: IssueKey) -> None:
    await forge.agent_login()
    await forge.issue(issue)
    await forge.upsert_comment(issue, MARKER, MARKER)

    assert forge.calls == ["agent_login", "issue", "upsert_comment"]
