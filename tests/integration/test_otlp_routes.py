"""A private authority and a proxy reach the receiver of telemetry as they reach all other servers."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

import pytest
import trustme

from infra.settings import load
from infra.telemetry.opening import Role, watched
from tests.support.connect_proxy import connect_proxy
from tests.support.otlp_receiver import otlp_receiver
from tests.support.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.otlp_receiver import OtlpReceiver

HOST = "collector.example.test"


@pytest.fixture
def authority(tmp_path: Path) -> trustme.CA:
    made = trustme.CA()
    made.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    return made


@pytest.fixture
def receiver(authority: trustme.CA) -> Iterator[OtlpReceiver]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", HOST).configure_cert(context)
    with otlp_receiver(context, "localhost") as receiver:
        yield receiver


async def told(environment: dict[str, str]) -> None:
    """Everything is told once, spans and metrics."""
    stage = Stage()
    async with watched(load(environment), Role.WORKER) as watching, watching.telling(stage.queue):
        await watching.queue(stage.queue).publish(stage.task)


def paths(receiver: OtlpReceiver) -> set[str]:
    return {request.path for request in receiver.requests}


async def test_a_private_authority_is_trusted(receiver: OtlpReceiver, tmp_path: Path) -> None:
    await told({"OTEL_EXPORTER_OTLP_ENDPOINT": receiver.url, "CA_BUNDLE_PATH": str(tmp_path / "ca.pem")})
    assert paths(receiver) == {"/v1/traces", "/v1/metrics"}


async def test_whoever_is_not_vouched_for_is_told_nothing(receiver: OtlpReceiver) -> None:
    await told({"OTEL_EXPORTER_OTLP_ENDPOINT": receiver.url})
    assert paths(receiver) == set()


async def test_the_way_leads_through_the_proxy(receiver: OtlpReceiver, tmp_path: Path) -> None:
    there = receiver.url.replace("localhost", HOST)
    with connect_proxy() as proxy:
        way = {"HTTPS_PROXY": f"http://{proxy.address}", "CA_BUNDLE_PATH": str(tmp_path / "ca.pem")}
        await told({"OTEL_EXPORTER_OTLP_ENDPOINT": there, **way})
    assert paths(receiver) == {"/v1/traces", "/v1/metrics"}
    assert {asked.partition(":")[0] for asked in proxy.asked} == {HOST}
