"""What happens before any work: who is seen, in which order, and what goes on record."""

from __future__ import annotations

from dataclasses import replace

import pytest

from application.effects import effects_of
from application.ports.forge import Forge
from domain.cancellation import Cancellation, CancelReason
from domain.outcome import Cancelled, Done, Refused, RetryAt
from domain.repository import Permission
from tests.support.stage import FIX, MAINTAINER, Stage

BEFORE_THE_REACTION = ["agent_login", "comments", "issue", "permission"]
"""Four short questions to the forge; nothing is cloned, and no model is asked."""


async def test_a_person_sees_that_it_was_seen_before_anything_that_takes_time() -> None:
    stage = Stage(FIX)
    await stage.deliver()
    calls = stage.forge.calls
    assert calls[: calls.index("react")] == BEFORE_THE_REACTION
    assert calls[calls.index("react") + 1] == "agent_login"


async def test_the_reaction_is_there_though_the_repository_cannot_be_cloned_nor_the_model_asked() -> None:
    stage = Stage()
    stage.vcs = type(stage.vcs)({})
    await stage.deliver()
    assert stage.forge.reactions(stage.issue)


async def test_nothing_is_written_before_the_forge_has_said_that_the_person_may_ask() -> None:
    stage = Stage(FIX)
    await stage.deliver()
    before = stage.forge.calls[: stage.forge.calls.index("permission")]
    assert not set(before) & set(effects_of(Forge))


async def test_who_asked_goes_on_record_before_the_first_effect() -> None:
    stage = Stage(FIX)
    stage.audit.failures = 1
    outcome = await stage.deliver()
    assert isinstance(outcome, RetryAt)
    assert "audit log" in outcome.reason
    assert set(stage.forge.calls) & set(effects_of(Forge)) == {"upsert_comment"}
    assert "audit log" in stage.status_comments()[0].body


async def test_the_record_says_who_asked_for_what() -> None:
    stage = Stage(FIX)
    assert isinstance(await stage.deliver(), Done)
    (entry,) = stage.audit.entries
    assert (entry.actor, entry.action, entry.repository, entry.issue) == (MAINTAINER, "asked", "acme/shop", 1)
    assert (entry.task, entry.digest, entry.attempt) == (stage.task.id, stage.task.request_digest, 1)


async def test_who_may_not_ask_goes_on_record_as_refused() -> None:
    stage = Stage()
    stage.forge.grant(stage.ref, MAINTAINER, Permission.TRIAGE)
    assert isinstance(await stage.deliver(), Refused)
    assert stage.audit.lines() == [f"{MAINTAINER} refused"]


@pytest.mark.parametrize("reason", [CancelReason.COMMAND, CancelReason.CLOSED])
async def test_who_cancelled_goes_on_record(reason: CancelReason) -> None:
    stage = Stage()
    stage.forge.grant(stage.ref, "maria", Permission.WRITE)
    if reason is CancelReason.CLOSED:
        stage.forge.close_issue(stage.issue)
    await stage.queue.publish(stage.task)
    await stage.queue.cancel(stage.issue, Cancellation("maria", stage.clock.now(), reason))
    assert isinstance(await stage.deliver(), Cancelled)
    assert stage.audit.lines() == ["maria cancelled"]


@pytest.mark.parametrize("minimum", [Permission.WRITE, Permission.MAINTAIN, Permission.ADMIN])
@pytest.mark.parametrize("permission", list(Permission))
async def test_the_operator_says_what_it_takes_to_ask(minimum: Permission, permission: Permission) -> None:
    stage = Stage(FIX)
    stage.policy = replace(stage.policy, minimum_permission=minimum)
    stage.forge.grant(stage.ref, MAINTAINER, permission)
    assert isinstance(await stage.deliver(), Done if permission >= minimum else Refused)


def test_the_digest_tells_one_request_from_another() -> None:
    task = Stage().task
    others = [replace(task, title="t"), replace(task, body="b"), replace(task, command="c")]
    assert len({each.request_digest for each in [task, *others]}) == 4
