"""What GitHub really sent, and what it might send one day, is answered without a failure of ours."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from litestar.testing import TestClient

from application.use_cases.accept_event import AcceptEvent
from domain.policy import Policy
from tests.fakes.queue import FakeTaskQueue
from tests.support.gateway import gateway_app
from tests.support.octokit_payloads import octokit_payloads
from tests.support.webhooks import signed_webhook

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from httpx import Response
    from litestar import Litestar

    from tests.support.octokit_payloads import Example

EVERY_OWNER = frozenset({"Codertocat", "Octocoders", "octo-org"})
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
BUSY_MACHINE = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""How long an example takes says something about the machine only."""
WHAT_IS_READ = ("action", "issue", "repository", "sender", "label", "assignee", "comment")
Place = tuple[Any, Any]
"""A container of the payload, and a key or index in it."""


@pytest.fixture(scope="module")
def examples() -> Sequence[Example]:
    """Every payload of the events that are or will be acted on."""
    return [example for example in octokit_payloads() if _is_wanted(example.event)]


@pytest.fixture(scope="module")
def queue() -> FakeTaskQueue:
    return FakeTaskQueue()


@pytest.fixture(scope="module")
def client(queue: FakeTaskQueue) -> Iterator[TestClient[Litestar]]:
    """A gateway on which the examples start and cancel work: they speak of the label `bug`."""
    accept = AcceptEvent(Policy(allowed_repositories=EVERY_OWNER), "bug", "Codertocat")
    with TestClient(gateway_app(queue, accept=accept)) as client:
        yield client


def _is_wanted(event: str) -> bool:
    return event in {"issues", "issue_comment", "ping"} or event.startswith("pull_request")


def deliver(client: TestClient[Litestar], event: str, payload: object) -> Response:
    webhook = signed_webhook(event, json.dumps(payload).encode())
    return client.post("/webhook/github", content=webhook.body, headers=dict(webhook.headers))


def test_there_are_examples_of_every_wanted_event(examples: Sequence[Example]) -> None:
    events = {example.event for example in examples}
    assert events >= {"issues", "issue_comment", "ping", "pull_request", "pull_request_review_comment"}
    assert len(examples) > 150


def test_every_real_payload_is_understood(
    client: TestClient[Litestar], queue: FakeTaskQueue, examples: Sequence[Example]
) -> None:
    answers = [(example, deliver(client, example.event, example.payload)) for example in examples]
    not_understood = [
        (example.server, example.event, example.payload.get("action"), answer.text)
        for example, answer in answers
        if answer.status_code not in {200, 202}
    ]
    assert not_understood == []
    assert queue.published
    assert queue.cancelled


@BUSY_MACHINE
@given(data=st.data())
def test_a_mutated_payload_is_answered(
    client: TestClient[Litestar], examples: Sequence[Example], data: st.DataObject
) -> None:
    issues = [example for example in examples if example.event in {"issues", "issue_comment"}]
    example = data.draw(st.sampled_from(issues) | st.sampled_from(examples), label="example")
    payload = copy.deepcopy(example.payload)
    for _ in range(data.draw(st.integers(1, 3), label="mutations")):
        _mutate(payload, data)
    assert deliver(client, example.event, payload).status_code in {200, 202, 400}


def _mutate(payload: dict[str, Any], data: st.DataObject) -> None:
    """Drop a key, change a value's type, or put a part of the payload where another was."""
    whole = list(_places(payload))
    read = [place for name in WHAT_IS_READ if name in payload for place in _read_places(payload, name)]
    if not whole:
        return
    container, key = data.draw(st.sampled_from(read or whole) | st.sampled_from(whole), label="where")
    change = data.draw(st.sampled_from(["drop", "replace", "splice"]), label="change")
    if change == "drop":
        del container[key]
    elif change == "replace":
        container[key] = data.draw(JSON_VALUES, label="value")
    else:
        donor, part = data.draw(st.sampled_from(whole), label="part")
        container[key] = copy.deepcopy(donor[part])


def _read_places(payload: dict[str, Any], name: str) -> Iterator[Place]:
    """A part that the gateway reads, and what lies directly in it."""
    yield payload, name
    if isinstance(payload[name], dict):
        yield from ((payload[name], key) for key in payload[name])


def _places(node: Any) -> Iterator[Place]:
    keys: Sequence[Any] = list(node) if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
    for key in keys:
        yield node, key
        yield from _places(node[key])


@BUSY_MACHINE
@given(data=st.data())
def test_a_payload_cut_or_garbled_on_the_way_is_answered(
    client: TestClient[Litestar], examples: Sequence[Example], data: st.DataObject
) -> None:
    issues = [example for example in examples if example.event == "issues"]
    body = json.dumps(data.draw(st.sampled_from(issues)).payload).encode()
    at = data.draw(st.integers(0, len(body)), label="at")
    length = data.draw(st.integers(0, 50), label="length")
    garbled = body[:at] + data.draw(st.binary(max_size=20), label="bytes") + body[at + length :]
    webhook = signed_webhook("issues", garbled)
    answer = client.post("/webhook/github", content=webhook.body, headers=dict(webhook.headers))
    assert answer.status_code in {200, 202, 400}
