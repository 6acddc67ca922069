"""The gateway's answers, asked for in the process itself."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from litestar.testing import TestClient
from structlog.testing import capture_logs

from domain.errors import InvalidInput, QueueUnavailable
from tests.fakes.queue import FakeTaskQueue
from tests.support.gateway import gateway_app
from tests.support.webhooks import SECRET, IssueFacts, issue_webhook, signed_webhook

if TYPE_CHECKING:
    from collections.abc import Iterator

    from httpx import Response
    from litestar import Litestar

    from tests.support.webhooks import Webhook


@pytest.fixture(scope="module")
def queue() -> FakeTaskQueue:
    return FakeTaskQueue()


@pytest.fixture(scope="module")
def client(queue: FakeTaskQueue) -> Iterator[TestClient[Litestar]]:
    with TestClient(gateway_app(queue, max_body_bytes=64 * 1024)) as client:
        yield client


def deliver(client: TestClient[Litestar], webhook: Webhook, **headers: str) -> Response:
    return client.post("/webhook/github", content=webhook.body, headers={**webhook.headers, **headers})


def test_answers_a_start_with_the_task(client: TestClient[Litestar], queue: FakeTaskQueue) -> None:
    response = deliver(client, issue_webhook())
    assert (response.status_code, response.json()) == (202, {"task": queue.published[-1].id})


def test_answers_a_cancellation_with_the_issue(client: TestClient[Litestar]) -> None:
    response = deliver(client, issue_webhook(IssueFacts(action="closed", about_label="")))
    assert (response.status_code, response.json()) == (202, {"cancelled": "acme/shop#7"})


def test_answers_what_it_ignores_with_the_reason(client: TestClient[Litestar]) -> None:
    response = deliver(client, issue_webhook(IssueFacts(repository="evil/shop")))
    assert response.status_code == 200
    assert response.json() == {"ignored": "evil/shop is not a repository that is served"}


def test_greets_a_ping(client: TestClient[Litestar]) -> None:
    assert deliver(client, signed_webhook("ping", b'{"zen": "x"}')).status_code == 200


@pytest.mark.parametrize("event", ["pull_request_review_comment", "push", "installation"])
def test_ignores_other_events_without_reading_them(client: TestClient[Litestar], event: str) -> None:
    response = deliver(client, signed_webhook(event, b"not read"))
    assert (response.status_code, response.json()) == (200, {"ignored": f"{event} events are not acted on"})


def test_refuses_a_wrong_signature_before_it_looks_at_anything(client: TestClient[Litestar]) -> None:
    response = deliver(client, signed_webhook("issues", b"\xff", secret="wrong"))
    assert response.status_code == 401
    assert list(response.json()) == ["error"]


def test_refuses_a_missing_signature(client: TestClient[Litestar]) -> None:
    assert client.post("/webhook/github", content=b"{}").status_code == 401


def test_refuses_a_delivery_that_names_no_event(client: TestClient[Litestar]) -> None:
    response = deliver(client, signed_webhook("", b"{}"))
    assert (response.status_code, response.json()) == (400, {"error": "the X-GitHub-Event header is missing"})


def test_says_what_is_wrong_with_a_payload(client: TestClient[Litestar]) -> None:
    response = deliver(client, signed_webhook("issues", b'{"action": 1}'))
    assert response.status_code == 400
    assert "Expected `str`, got `int` - at `$.action`" in response.json()["error"]


@pytest.mark.parametrize("event", ["ping", "issues"])
def test_says_how_to_configure_a_webhook_that_sends_forms(client: TestClient[Litestar], event: str) -> None:
    webhook = signed_webhook(event, b"payload=%7B%7D")
    response = deliver(client, webhook, **{"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"})
    assert response.status_code == 400
    assert "set the webhook's content type to application/json" in response.json()["error"]


def test_refuses_a_body_above_the_limit(client: TestClient[Litestar]) -> None:
    just_fits, too_large = b" " * 64 * 1024, b" " * (64 * 1024 + 1)
    assert deliver(client, signed_webhook("ping", just_fits)).status_code == 200
    assert deliver(client, signed_webhook("ping", too_large)).status_code == 413


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/webhook/github", 405), ("GET", "/", 404), ("GET", "/schema", 404), ("POST", "/health", 405)],
)
def test_answers_a_wrong_address_in_json(client: TestClient[Litestar], method: str, path: str, status: int) -> None:
    response = client.request(method, path)
    assert response.status_code == status
    assert list(response.json()) == ["error"]


def test_is_alive_and_ready(client: TestClient[Litestar]) -> None:
    assert client.get("/health").json() == {"status": "alive"}
    assert client.get("/ready").json() == {"status": "ready"}


def test_is_not_ready_while_something_is_amiss() -> None:
    async def not_ready() -> None:
        message = "the queue's disk is full"
        raise QueueUnavailable(message)

    with TestClient(gateway_app(FakeTaskQueue(), ready=not_ready)) as client:
        response = client.get("/ready")
        assert (response.status_code, response.json()) == (503, {"error": "the queue's disk is full"})
        assert client.get("/health").status_code == 200


def test_hides_a_defect_from_the_sender_and_tells_the_log() -> None:
    queue = FakeTaskQueue()
    queue.failure = RuntimeError("planted")
    with capture_logs() as lines, TestClient(gateway_app(queue)) as client:
        response = deliver(client, issue_webhook())
    assert (response.status_code, list(response.json())) == (500, ["error"])
    assert "planted" not in response.text
    assert [(line["event"], str(line["exc_info"])) for line in lines] == [("request failed", "planted")]


def test_asks_to_send_again_when_the_queue_is_unavailable() -> None:
    queue = FakeTaskQueue()
    queue.failure = QueueUnavailable("the disk is full")
    with TestClient(gateway_app(queue)) as client:
        response = deliver(client, issue_webhook())
    assert (response.status_code, response.json()) == (503, {"error": "the disk is full"})
    assert int(response.headers["Retry-After"]) > 0


def test_logs_one_line_a_delivery(client: TestClient[Litestar]) -> None:
    with capture_logs() as lines:
        deliver(client, issue_webhook(), **{"X-GitHub-Delivery": "d-77"})
    assert len(lines) == 1
    line = lines[0]
    assert (line["delivery"], line["github_event"], line["action"]) == ("d-77", "issues", "labeled")
    assert (line["repository"], line["issue"], line["outcome"], line["status"]) == ("acme/shop", 7, "queued", 202)
    assert line["milliseconds"] >= 0


@pytest.mark.parametrize("secret", [SECRET, "wrong"])
def test_logs_neither_body_nor_signature_nor_secret(client: TestClient[Litestar], secret: str) -> None:
    webhook = issue_webhook(replace(IssueFacts(), title="PLANTED", body="PLANTED"), secret=secret)
    with capture_logs() as lines:
        deliver(client, webhook)
    logged = repr(lines)
    assert not [kept for kept in ("PLANTED", webhook.headers["X-Hub-Signature-256"][7:], SECRET) if kept in logged]


def test_cuts_short_in_the_log_what_anybody_may_send(client: TestClient[Litestar]) -> None:
    with capture_logs() as lines:
        deliver(client, signed_webhook("x" * 5000, b"{}", secret="wrong"), **{"X-GitHub-Delivery": "y" * 5000})
    assert len(json.dumps(lines)) < 1000


@pytest.mark.parametrize("secrets", [(), ("",), ("", "")])
def test_is_not_built_without_a_secret(secrets: tuple[str, ...]) -> None:
    with pytest.raises(InvalidInput, match="a webhook secret is needed"):
        gateway_app(FakeTaskQueue(), secrets=secrets)


@settings(deadline=None)
@given(body=st.binary(max_size=2000), event=st.sampled_from(["issues", "ping", "push"]))
def test_no_signed_bytes_are_too_much(client: TestClient[Litestar], body: bytes, event: str) -> None:
    expected = 400 if event == "issues" else 200
    assert deliver(client, signed_webhook(event, body)).status_code == expected


@settings(deadline=None)
@given(
    event=st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters="\x7f")),
    delivery=st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters="\x7f")),
)
def test_no_headers_are_too_much(client: TestClient[Litestar], event: str, delivery: str) -> None:
    headers = {**signed_webhook("issues", b"{}").headers, "X-GitHub-Event": event, "X-GitHub-Delivery": delivery}
    encoded = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    assert client.post("/webhook/github", content=b"{}", headers=encoded).status_code in {200, 400}


def test_does_not_load_what_it_does_not_use() -> None:
    program = (
        "import sys; from tests.fakes.queue import FakeTaskQueue; from tests.support.gateway import gateway_app;"
        "import entrypoints.gateway.server; gateway_app(FakeTaskQueue());"
        "print(sorted({'pydantic', 'faker', 'httpx', 'anthropic', 'attrs', 'pygit2'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
