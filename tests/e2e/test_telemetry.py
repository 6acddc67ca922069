"""What one task tells of itself, from the webhook to the pull request: traces, metrics, log lines; and what not."""

from __future__ import annotations

import asyncio
import itertools
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from prometheus_client.parser import text_string_to_metric_families

from entrypoints.gateway.payloads import read_issue_event
from infra.telemetry import catalogue
from infra.telemetry.catalogue import Kind
from tests.support.installation import Installation
from tests.support.otlp_receiver import otlp_receiver
from tests.support.promtool import promtool
from tests.support.watched_run import CALLER, SECRETS, SOURCE, watched_run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from prometheus_client.metrics_core import Metric as Family

    from tests.support.otlp_receiver import TracedSpan
    from tests.support.watched_run import WatchedRun

pytestmark = pytest.mark.xdist_group("watched-run")  # or each process of a parallel run would make one of its own
GATEWAY, WORKER = "coding-agent-gateway", "coding-agent-worker"
_, TRACE, CALLERS_SPAN, _ = CALLER.split("-")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WatchedRun]:
    """One run, which all of these look at."""
    with watched_run(tmp_path_factory.mktemp("watched")) as run:
        yield run


@pytest.fixture(scope="module")
def spans(run: WatchedRun) -> dict[str, TracedSpan]:
    """Those of the webhook's trace by name, of several the last."""
    return {span.name: span for span in run.otlp.spans if span.trace == TRACE}


def families(page: str) -> dict[str, Family]:
    return {family.name: family for family in text_string_to_metric_families(page)}


def series(family: Family, suffix: str = "") -> dict[tuple[str, ...], float]:
    """The values by the labels' values, in alphabetical order of the labels; empty labels are none."""
    return {
        tuple(value for _, value in sorted(sample.labels.items()) if value): sample.value
        for sample in family.samples
        if sample.name == f"{family.name}{suffix}"
    }


# -- Traces ------------------------------------------------------------------------------------------


def test_one_trace_leads_from_the_caller_through_both_processes_to_the_model(spans: dict[str, TracedSpan]) -> None:
    way = ["chat claude-sonnet-5-5", "fix", "process agent-tasks", "send agent-tasks", "POST /webhook/github"]
    for inner, outer in itertools.pairwise(way):
        assert spans[inner].parent == spans[outer].id, f"{inner} is not in {outer}"
    assert spans[way[-1]].parent == CALLERS_SPAN
    assert [(spans[name].service, spans[name].kind) for name in way] == [
        (WORKER, "client"),
        (WORKER, "internal"),
        (WORKER, "consumer"),
        (GATEWAY, "producer"),
        (GATEWAY, "server"),
    ]
    assert spans["process agent-tasks"].links == (spans["send agent-tasks"].id,)


def test_each_port_call_of_the_task_is_in_the_trace(spans: dict[str, TracedSpan]) -> None:
    calls = {"Forge.upsert_comment", "Forge.open_pull_request", "Vcs.open", "Workspace.push", "CodeSearch.rank"}
    calls |= {"SyntaxChecker.problems", "AuditLog.append", "Lease.done"}
    assert calls <= spans.keys()
    assert spans["Workspace.push"].attributes["coding_agent.effect"] is True


def test_a_request_to_the_model_is_described_by_the_conventions(spans: dict[str, TracedSpan]) -> None:
    told = dict(spans["chat claude-sonnet-5-5"].attributes)
    assert told.pop("gen_ai.response.time_to_first_chunk") > 0
    assert told == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "anthropic",
        "gen_ai.request.model": "claude-sonnet-5-5",
        "gen_ai.request.max_tokens": 32_000,
        "gen_ai.request.stream": True,
        "gen_ai.response.model": "claude-double",
        "gen_ai.response.finish_reasons": ["end"],
        "gen_ai.usage.input_tokens": 11,
        "gen_ai.usage.output_tokens": 7,
        "coding_agent.model.cost_usd": pytest.approx(92e-6),
    }


def test_webhook_and_message_are_described_by_the_conventions(spans: dict[str, TracedSpan]) -> None:
    http, process = spans["POST /webhook/github"].attributes, spans["process agent-tasks"].attributes
    assert (http["http.request.method"], http["http.route"], http["http.response.status_code"]) == (
        "POST",
        "/webhook/github",
        202,
    )
    assert (process["messaging.system"], process["messaging.operation.type"]) == ("sqlite", "process")
    assert process["messaging.message.id"] == spans["send agent-tasks"].attributes["messaging.message.id"]
    assert (process["coding_agent.task.mode"], process["coding_agent.task.outcome"]) == ("fix", "done")


def test_whoever_proves_nothing_is_counted_and_not_traced(run: WatchedRun) -> None:
    assert [span.trace for span in run.otlp.spans if span.kind == "server"] == [TRACE]
    answered = series(families(run.gateway_page)["http_server_request_duration_seconds"], "_count")
    webhooks = {status: answered["POST", status, "/webhook/github"] for status in ("202", "401", "500", "503")}
    assert webhooks == {"202": 1.0, "401": 1.0, "500": 0.0, "503": 0.0}


# -- Metrics -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("service", "metrics"),
    [
        (GATEWAY, (*catalogue.GATEWAY, *catalogue.BOTH, *catalogue.QUEUE)),
        (WORKER, (*catalogue.WORKER, *catalogue.BOTH, *catalogue.QUEUE)),
    ],
)
def test_a_scrape_has_every_metric_of_the_process_as_the_catalogue_says(
    run: WatchedRun, service: str, metrics: tuple[catalogue.Metric, ...]
) -> None:
    found = families(run.gateway_page if service == GATEWAY else run.worker_page)
    unknown_here = {catalogue.QUEUE_WORKERS}  # of a queue in a file, nobody knows who waits
    for metric in set(metrics) - unknown_here:
        family = found[metric.family]
        assert (family.type, family.documentation) == (metric.kind.value, metric.meaning)
        labels = [set(sample.labels) - {"le"} for sample in family.samples]
        assert all(each == set(metric.labels) for each in labels), metric.name


def test_prometheus_itself_finds_nothing_to_object_to(run: WatchedRun) -> None:
    for page in (run.gateway_page, run.worker_page):
        assert promtool("check", "metrics", given=page) == ""


def test_the_metrics_tell_what_happened(run: WatchedRun) -> None:
    gateway, worker = families(run.gateway_page), families(run.worker_page)
    model = ("chat", "anthropic", "claude-sonnet-5-5")
    deliveries = series(gateway["coding_agent_deliveries"], "_total")
    assert {result: count for result, count in deliveries.items() if count} == {("refused",): 1.0, ("queued",): 1.0}
    sent = series(gateway["messaging_client_operation_duration_seconds"], "_count")
    assert sent == {("agent-tasks", "send", "sqlite"): 1.0}
    done = series(worker["messaging_process_duration_seconds"], "_count")
    assert done == {("fix", "done", "agent-tasks", "process", "sqlite"): 1.0}
    attempts = series(worker["coding_agent_task_attempts"], "_total")
    assert {which: count for which, count in attempts.items() if count} == {("fix", "done"): 1.0}
    assert series(worker["coding_agent_queue_time_seconds"], "_count") == {(): 1.0}
    tokens = series(worker["gen_ai_client_token_usage"], "_sum")
    assert tokens == {(*model, "input"): 11.0, (*model, "output"): 7.0}
    assert series(worker["coding_agent_model_cost_usd"], "_total") == {model: pytest.approx(92e-6)}
    assert series(worker["coding_agent_edits_answers"], "_total") == {("applied",): 1.0, ("refused",): 0.0}
    assert series(worker["coding_agent_forge_rate_limit_limit"]) == {("core",): 5000.0, ("graphql",): 5000.0}
    tasks = {("due",): 0.0, ("delayed",): 0.0, ("held",): 0.0, ("dead",): 0.0}
    assert series(worker["coding_agent_queue_tasks"]) == tasks == series(gateway["coding_agent_queue_tasks"])


def test_units_stand_in_the_names_and_counters_end_in_total(run: WatchedRun) -> None:
    for metric in catalogue.ALL:
        assert metric.family.endswith("_seconds") == (metric.unit == "s"), metric.name
    page = run.worker_page + run.gateway_page
    for metric in catalogue.ALL:
        assert metric.kind is not Kind.COUNTER or f"\n{metric.family}_total" in page, metric.name


def test_the_last_word_by_otlp_is_what_was_scraped(run: WatchedRun) -> None:
    sent = run.otlp.metrics(WORKER)
    (point,) = sent["messaging.process.duration"].histogram.data_points
    named = {pair.key: pair.value.string_value for pair in point.attributes}
    assert (point.count, sum(point.bucket_counts), named["coding_agent.task.outcome"]) == (1, 1, "done")
    tokens = sent["gen_ai.client.token.usage"]
    assert (tokens.unit, sorted(each.sum for each in tokens.histogram.data_points)) == ("{token}", [7.0, 11.0])
    cost = sent["coding_agent.model.cost.usd"]
    assert (cost.unit, cost.sum.is_monotonic, cost.sum.aggregation_temporality) == ("{USD}", True, 2)
    assert {"coding_agent.queue.tasks", "coding_agent.queue.up"} <= sent.keys()


async def test_a_worker_for_one_task_sends_what_it_counted_before_it_ends(tmp_path: Path) -> None:
    with otlp_receiver() as otlp:
        installation = Installation(tmp_path, {"OTEL_EXPORTER_OTLP_ENDPOINT": otlp.url})
        body = json.dumps(await installation.payload(await installation.set_up())).encode()
        now = datetime.now(UTC)
        event = read_issue_event(body, event="issues", forge="local", delivery="1", received_at=now)
        async with installation.parts() as parts:
            await parts.submit_event().submit(event)
        ended = await asyncio.to_thread(installation.run, "entrypoints.cli.main", "worker", "--once")
    assert ended.returncode == 0, ended.stderr
    assert otlp.metrics(WORKER)["messaging.process.duration"].histogram.data_points[0].count == 1
    (attempt,) = [span for span in otlp.spans if span.kind == "consumer"]
    assert (attempt.parent, attempt.attributes["coding_agent.task.outcome"]) == ("", "done")


# -- Logs --------------------------------------------------------------------------------------------


def test_every_line_of_a_task_names_task_delivery_and_trace(run: WatchedRun) -> None:
    began = next(n for n, line in enumerate(run.worker_log) if line["event"] == "attempt_started")
    ended = next(n for n, line in enumerate(run.worker_log) if line["event"] == "attempt_ended")
    during = run.worker_log[began : ended + 1]
    assert len(during) > 5
    for line in during:
        assert {"task", "issue", "delivery", "attempt", "trace_id", "span_id"} <= line.keys(), line
        assert line["trace_id"] == TRACE
    (delivered,) = [line for line in run.gateway_log if line.get("outcome") == "queued"]
    assert (delivered["delivery"], delivered["trace_id"]) == (during[0]["delivery"], TRACE)


# -- What is never told ------------------------------------------------------------------------------


def test_no_secret_is_in_anything_that_a_whole_run_has_written(run: WatchedRun) -> None:
    written = run.written()
    planted = {**SECRETS, "OTEL_EXPORTER_OTLP_HEADERS": "planted-collector-key"}
    assert len(run.credentials) >= 4  # the App's key and its tokens
    for secret in (*planted.values(), *run.credentials):
        assert secret.encode() not in written, secret
    assert {request.headers["x-collector-key"] for request in run.otlp.requests} == {"planted-collector-key"}


def test_no_source_text_is_in_log_trace_or_metric(run: WatchedRun) -> None:
    assert SOURCE.encode() in run.written()  # it is looked for in the right way: the repository holds it
    told = [request.body for request in run.otlp.requests]
    assert not [body for body in told if SOURCE.encode() in body]
    assert SOURCE not in run.logs() + run.worker_page + run.gateway_page
