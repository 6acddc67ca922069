"""What is sent by OTLP, to a receiver that reads it."""

from __future__ import annotations

import asyncio
import itertools
import math
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import InvalidInput
from infra.network import network
from infra.settings import load
from infra.telemetry.catalogue import MODEL_TOKENS, TASKS
from infra.telemetry.metrics import Metrics
from infra.telemetry.opening import Role, watched
from infra.telemetry.otlp import Receiver, resource
from infra.telemetry.otlp_metrics import MetricsPush
from infra.watching import NotWatching
from tests.support.otlp_receiver import otlp_receiver
from tests.support.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.otlp_receiver import OtlpReceiver

WHICH = ("chat", "ollama", "m", "input")


@pytest.fixture(scope="module")
def receiver() -> Iterator[OtlpReceiver]:
    with otlp_receiver() as receiver:
        yield receiver


def to(receiver: OtlpReceiver, **more: str) -> dict[str, str]:
    return {"OTEL_EXPORTER_OTLP_ENDPOINT": receiver.url, **more}


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(min_value=0, max_value=3_000_000), min_size=1, max_size=30))
def test_a_histogram_says_the_same_there(receiver: OtlpReceiver, observed: list[int]) -> None:
    metrics = Metrics([MODEL_TOKENS])
    for value in observed:
        metrics.histogram(MODEL_TOKENS, *WHICH).observe(value)
    sender = Receiver(load(to(receiver)), network(load({})))
    push = MetricsPush(metrics.registry, sender.metrics(), resource("property"))
    push.send()
    push.close()
    (point,) = receiver.metrics("property")["gen_ai.client.token.usage"].histogram.data_points
    bounds = [-math.inf, *MODEL_TOKENS.buckets, math.inf]
    expected = [sum(low < value <= high for value in observed) for low, high in itertools.pairwise(bounds)]
    assert (list(point.bucket_counts), point.count, point.sum) == (expected, len(observed), sum(observed))
    assert list(point.explicit_bounds) == list(MODEL_TOKENS.buckets)
    assert not point.HasField("min")


@pytest.mark.parametrize(
    ("role", "name"), [(Role.GATEWAY, "coding-agent-gateway"), (Role.WORKER, "coding-agent-worker")]
)
async def test_what_was_counted_is_sent_once_more_before_the_end(receiver: OtlpReceiver, role: Role, name: str) -> None:
    stage = Stage()
    async with watched(load(to(receiver)), role) as watching, watching.telling(stage.queue):
        await watching.queue(stage.queue).publish(stage.task)
    sent = receiver.metrics(name)
    (point,) = sent["messaging.client.operation.duration"].histogram.data_points
    assert point.count == 1
    assert sent["coding_agent.queue.up"].gauge.data_points[0].as_double == 1.0
    assert [span.name for span in receiver.spans if span.service == name] == ["send agent-tasks"]


async def test_a_process_goes_by_the_name_that_a_setting_gives_it(receiver: OtlpReceiver) -> None:
    settings = load(to(receiver, OTEL_SERVICE_NAME="robot"))
    async with watched(settings, Role.WORKER) as watching, watching.telling(Stage().queue):
        pass
    assert "coding_agent.queue.up" in receiver.metrics("robot")


async def test_the_receivers_key_goes_with_it_and_nowhere_else(receiver: OtlpReceiver) -> None:
    settings = load(to(receiver, OTEL_EXPORTER_OTLP_HEADERS="X-Key=a%20key, x-other=2"))
    before = len(receiver.requests)
    async with watched(settings, Role.WORKER) as watching, watching.telling(Stage().queue):
        pass
    sent = receiver.requests[before:]
    assert {(request.headers["x-key"], request.headers["x-other"]) for request in sent} == {("a key", "2")}
    assert not [request for request in sent if b"a key" in request.body]


async def test_a_receiver_that_is_away_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    settings = load({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"})
    async with asyncio.timeout(60), watched(settings, Role.WORKER) as watching, watching.telling(Stage().queue):
        pass
    assert "Failed to export metrics batch" in caplog.text


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "collector:4318"}, "OTEL_EXPORTER_OTLP_ENDPOINT: .*http://collector:4318"),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://"}, "OTEL_EXPORTER_OTLP_ENDPOINT"),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://h:port"}, "OTEL_EXPORTER_OTLP_ENDPOINT"),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://me:hush@h:1"}, "OTEL_EXPORTER_OTLP_HEADERS"),
        *[
            ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://h:1", "OTEL_EXPORTER_OTLP_HEADERS": headers}, "as in a URL")
            for headers in (
                "hush",
                "=hush",
                "x=hush;hush",
                'x="hush"',
                "x=hush\\",
                "x=hush hush",
                "x=hüsh-hush",
                "a b=hush",
            )
        ],
    ],
)
async def test_a_wrong_setting_is_named_without_what_it_holds(environment: dict[str, str], words: str) -> None:
    with pytest.raises(InvalidInput, match=words) as caught:
        async with watched(load(environment), Role.GATEWAY):
            pass
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(
    ("role", "environment", "is_watched"),
    [
        (Role.GATEWAY, {}, False),
        (Role.GATEWAY, {"WORKER_HTTP_PORT": "0"}, False),
        (Role.GATEWAY, {"GATEWAY_METRICS_PORT": "0"}, True),
        (Role.WORKER, {"GATEWAY_METRICS_PORT": "0"}, False),
        (Role.WORKER, {"WORKER_HTTP_PORT": "0"}, True),
        (Role.BOTH, {"WORKER_HTTP_PORT": "0"}, True),
    ],
)
async def test_nobody_looks_on_where_nobody_could_read_it(
    role: Role, environment: dict[str, str], *, is_watched: bool
) -> None:
    async with watched(load(environment), role) as watching:
        assert (not isinstance(watching, NotWatching)) is is_watched
        assert (watching.page is not None) is is_watched


async def test_a_worker_counts_what_a_gateway_does_not() -> None:
    async with watched(load({"WORKER_HTTP_PORT": "0"}), Role.WORKER) as watching:
        assert watching.page is not None
        assert TASKS.family in (await watching.page()).decode()
