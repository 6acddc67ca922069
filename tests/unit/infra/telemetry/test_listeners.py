from __future__ import annotations

from datetime import UTC, datetime

import pytest

from adapters.github.traffic import Exchange, RateLimit, rate_limit
from application.use_cases.reconcile import Reconciled
from domain.events import EditsChecked, ModelWriting
from infra.telemetry.catalogue import ANSWERS, FORGE_REQUESTS, OLDEST_PLAN, PLANS, RATE_LEFT
from tests.support.watcher import Watcher


async def test_edits_are_applied_where_no_problem_was_found_and_otherwise_refused() -> None:
    watcher = Watcher()
    (listener,) = watcher.telemetry.listeners()
    for event in (EditsChecked(2, 0), EditsChecked(1, 3), EditsChecked(0, 1), ModelWriting(1, None)):  # type: ignore[arg-type]
        await listener.record(event)
    assert watcher.series(ANSWERS, "_total") == {("applied",): 1.0, ("refused",): 2.0}


def test_each_request_to_the_forge_is_counted_answered_or_not() -> None:
    watcher = Watcher()
    watcher.telemetry.exchanged(Exchange("GET", "api.github.com", 0.1, 200))
    watcher.telemetry.exchanged(Exchange("GET", "api.github.com", 0.1, error="ConnectError"))
    assert watcher.series(FORGE_REQUESTS, "_count") == {
        ("GET", "api.github.com", "200", ""): 1.0,
        ("GET", "api.github.com", "", "ConnectError"): 1.0,
    }


def test_the_limit_is_that_of_the_last_answer_and_odd_resources_share_a_name() -> None:
    watcher = Watcher()
    for limit in (RateLimit("core", 5_000, 40), RateLimit("core", 5_000, 39), RateLimit("x" * 99, 10, 1)):
        watcher.telemetry.exchanged(Exchange("GET", "api.github.com", 0.1, 200, limit=limit))
    assert watcher.series(RATE_LEFT) == {("core",): 39.0, ("other",): 1.0}


@pytest.mark.parametrize(("resets_at", "left"), [(0, 40.0), (1, 5_000.0), (2**40, 40.0)])
def test_when_the_hour_is_over_all_of_the_limit_is_there_again_though_nobody_asks(resets_at: int, left: float) -> None:
    watcher = Watcher()
    limit = RateLimit("core", 5_000, 40, resets_at)
    watcher.telemetry.exchanged(Exchange("GET", "api.github.com", 0.1, 200, limit=limit))
    assert watcher.series(RATE_LEFT) == {("core",): left}


@pytest.mark.parametrize(
    ("headers", "limit"),
    [
        ({"x-ratelimit-limit": "60", "x-ratelimit-remaining": "0"}, RateLimit("", 60, 0)),
        (
            {"x-ratelimit-limit": "60", "x-ratelimit-remaining": "9", "x-ratelimit-resource": "core"},
            RateLimit("core", 60, 9),
        ),
        (
            {"x-ratelimit-limit": "60", "x-ratelimit-remaining": "9", "x-ratelimit-reset": "1772359200"},
            RateLimit("", 60, 9, 1_772_359_200),
        ),
        ({"x-ratelimit-limit": "60", "x-ratelimit-remaining": "9", "x-ratelimit-reset": "soon"}, RateLimit("", 60, 9)),
        ({"x-ratelimit-limit": "60", "x-ratelimit-remaining": "-1"}, None),
        ({"x-ratelimit-limit": "", "x-ratelimit-remaining": "9"}, None),
        ({}, None),
    ],
)
def test_a_limit_is_read_from_the_headers_or_not_at_all(headers: dict[str, str], limit: RateLimit | None) -> None:
    assert rate_limit(headers) == limit


def test_plans_that_wait_are_told_and_forgotten() -> None:
    watcher = Watcher()
    since = [datetime(2026, 1, 2, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)]
    watcher.telemetry.looked(Reconciled(plans_waiting_since=since))
    assert (watcher.series(PLANS), watcher.series(OLDEST_PLAN)) == ({(): 2.0}, {(): since[1].timestamp()})
    watcher.telemetry.looked(Reconciled())
    assert (watcher.series(PLANS), watcher.series(OLDEST_PLAN)) == ({(): 0.0}, {(): 0.0})
