"""Webhooks that must not reach the queue, through the real reception."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from application.use_cases.accept_event import AcceptEvent
from application.use_cases.submit_event import SubmitEvent
from domain.policy import Policy
from domain.secret import Secret
from domain.task import TaskKind
from entrypoints.gateway.reception import Delivery, Reception
from entrypoints.gateway.signature import Signatures
from tests.fakes.queue import FakeTaskQueue
from tests.support.hostile import cases
from tests.support.webhooks import SECRET, IssueFacts, signature


async def queued(delivery: Delivery, allowed: list[str], bots: list[int]) -> FakeTaskQueue:
    """What a gateway of these settings makes of a delivery."""
    policy = Policy(allowed_repositories=frozenset(allowed), allowed_bots=frozenset(bots))
    queue = FakeTaskQueue()
    submit = SubmitEvent(AcceptEvent(policy, "ai-help", "agent-acme"), queue)
    signatures = Signatures((Secret(SECRET),))
    reception = Reception(signatures, submit, "github", lambda: datetime.now(UTC), lambda _: None)
    await reception.receive(delivery)
    return queue


def facts_of(raw: dict[str, Any]) -> IssueFacts:
    lists = {name: tuple(value) for name, value in raw.items() if isinstance(value, list)}
    return replace(IssueFacts(), **{**raw, **lists})


def body_of(raw: dict[str, Any], payload: dict[str, Any]) -> bytes:
    whole: dict[str, Any] = facts_of(raw).payload()
    for part, values in payload.items():
        laid = {**values, "body": "x" * values["repeat"]} if "repeat" in values else values
        whole[part] = {**whole[part], **laid}
    return json.dumps(whole).encode()


def delivery_of(case: dict[str, Any]) -> Delivery:
    """The hostile one."""
    body = body_of(case["facts"], case.get("payload", {}))
    signed = case.get("signature", signature(body, case.get("signed_with", SECRET)))
    sent = body.replace(b"maria", b"mario") if case.get("tampered") else body
    event = case.get("event", "issue_comment" if "comment" in case["facts"] else "issues")
    return Delivery("d-1", event, signed, case.get("content_type", "application/json"), sent)


def control_of(case: dict[str, Any]) -> Delivery:
    """The same without what is hostile in it."""
    raw = {**case["facts"], **case["control"]}
    body = body_of(raw, case.get("control_payload", {}))
    event = "issue_comment" if raw.get("comment") and raw["action"] == "created" else "issues"
    return Delivery("d-1", event, signature(body), "application/json", body)


@pytest.mark.parametrize("case", cases("deliveries"))
async def test_nothing_reaches_the_queue(case: dict[str, Any]) -> None:
    queue = await queued(delivery_of(case), case.get("allowed", ["acme"]), case.get("bots", []))
    assert (queue.published, queue.cancelled) == ([], [])


@pytest.mark.parametrize("case", cases("deliveries"))
async def test_without_what_is_hostile_it_does(case: dict[str, Any]) -> None:
    allowed = case.get("control_allowed", case.get("allowed", ["acme"]))
    queue = await queued(control_of(case), allowed, case.get("bots", []))
    assert queue.published or queue.cancelled


@pytest.mark.parametrize("case", cases("commands"))
async def test_a_comment_that_gives_no_command_cancels_nothing_and_is_an_answer_at_most(case: dict[str, Any]) -> None:
    body = body_of({"action": "created", "about_label": "", "comment": case["text"]}, {})
    queue = await queued(Delivery("d-1", "issue_comment", signature(body), "application/json", body), ["acme"], [])
    assert queue.cancelled == []
    assert {task.kind for task in queue.published} <= {TaskKind.ANSWER}
