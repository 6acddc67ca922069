from __future__ import annotations

from typing import Any

import pytest

from entrypoints.gateway.reception import Result
from infra.telemetry.catalogue import DELIVERIES, REQUESTS
from infra.telemetry.http_server import RESULTS
from tests.support.watcher import Watcher

CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
WEBHOOK = "/webhook/github"


async def nothing(*_: object) -> Any:
    """Nobody sends, nobody receives."""


async def asked(watcher: Watcher, status: int, path: str = WEBHOOK, method: str = "POST", caller: str = CALLER) -> None:
    """The application answers with this status, or fails where it is 0."""

    async def app(_scope: object, _receive: object, send: Any) -> None:
        if not status:
            message = "a defect"
            raise RuntimeError(message)
        await send({"type": "http.response.start", "status": status})

    headers = [(b"host", b"x"), (b"traceparent", caller.encode())]
    scope = {"type": "http", "method": method, "path": path, "headers": headers}
    await watcher.telemetry.app(app)(scope, nothing, nothing)


def answered(watcher: Watcher) -> dict[tuple[str, ...], float]:
    return {labels: count for labels, count in watcher.series(REQUESTS, "_count").items() if count}


async def test_a_webhook_that_was_taken_goes_on_with_its_callers_trace() -> None:
    watcher = Watcher()
    await asked(watcher, 202)
    parent = watcher.spans[f"POST {WEBHOOK}"].parent
    assert parent is not None
    assert f"{parent.trace_id:032x}-{parent.span_id:016x}" in CALLER
    assert watcher.told(f"POST {WEBHOOK}")["http.response.status_code"] == 202


@pytest.mark.parametrize("caller", ["", "nonsense", "00-" + "0" * 32 + "-" + "0" * 16 + "-01", "é" * 5_000])
async def test_a_trace_that_is_none_begins_a_new_one(caller: str) -> None:
    watcher = Watcher()
    await asked(watcher, 202, caller=caller)
    assert watcher.spans[f"POST {WEBHOOK}"].parent is None


@pytest.mark.parametrize("status", [400, 401, 405, 408, 413])
async def test_whoever_proves_nothing_is_counted_and_not_traced(status: int) -> None:
    watcher = Watcher()
    await asked(watcher, status)
    assert (watcher.spans, answered(watcher)) == ({}, {("POST", WEBHOOK, str(status)): 1.0})


def test_everything_that_may_become_of_a_delivery_is_counted_from_nought() -> None:
    watcher = Watcher()
    watcher.telemetry.app(nothing)
    assert watcher.series(DELIVERIES, "_total") == {(result,): 0.0 for result in Result}
    assert set(RESULTS) == set(Result)


async def test_a_defect_counts_as_one() -> None:
    watcher = Watcher()
    with pytest.raises(RuntimeError):
        await asked(watcher, 0)
    assert answered(watcher) == {("POST", WEBHOOK, "500"): 1.0}
    assert watcher.told(f"POST {WEBHOOK}")["error.type"] == "RuntimeError"


async def test_a_queue_that_is_away_is_an_error_of_ours() -> None:
    watcher = Watcher()
    await asked(watcher, 503)
    assert watcher.told(f"POST {WEBHOOK}")["error.type"] == "503"


async def test_probes_are_counted_and_not_traced() -> None:
    watcher = Watcher()
    await asked(watcher, 200, "/health", "GET")
    assert (watcher.spans, answered(watcher)) == ({}, {("GET", "/health", "200"): 1.0})


async def test_what_strangers_make_up_makes_no_new_series() -> None:
    watcher = Watcher()
    for number in range(20):
        await asked(watcher, 404, f"/admin/{number}", f"VERB{number}")
    assert answered(watcher) == {("_OTHER", "other", "404"): 20.0}


async def test_without_traces_requests_are_counted_all_the_same() -> None:
    watcher = Watcher(traced=False)
    await asked(watcher, 202)
    assert (watcher.spans, answered(watcher)) == ({}, {("POST", WEBHOOK, "202"): 1.0})


def test_deliveries_are_counted_by_what_became_of_them() -> None:
    watcher = Watcher()
    for result in ("queued", "queued", "ignored"):
        watcher.telemetry.delivered(result)
    assert watcher.series(DELIVERIES, "_total") == {("queued",): 2.0, ("ignored",): 1.0}
