"""The trace of a task that crosses a real broker, and the broker's password, which nobody tells."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING

import pytest

from tests.support import rabbit
from tests.support.broker import broker_group
from tests.support.installation import SECRET, Installation
from tests.support.otlp_receiver import otlp_receiver
from tests.support.watched_run import CALLER, SOURCE, deliver_and_watch, watched_settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

    from tests.support.broker import Broker

pytestmark = broker_group
USER, PASSWORD = "watched", "planted-broker-password"


@pytest.fixture
async def queue(broker: Broker) -> AsyncIterator[Mapping[str, str]]:
    """The settings of a queue, with a user whose password can be looked for."""
    broker.ctl("add_user", USER, PASSWORD)
    broker.ctl("set_permissions", USER, ".*", ".*", ".*")
    settings = rabbit.settings_for(broker, f"amqp://{USER}:{PASSWORD}@{broker.host}:{broker.amqp}/")
    yield settings
    await rabbit.forgotten(broker, settings)
    broker.ctl("delete_user", USER)


async def test_a_trace_crosses_the_broker_and_its_password_stays_untold(
    tmp_path: Path, queue: Mapping[str, str]
) -> None:
    (tmp_path / "agent").mkdir()
    with otlp_receiver() as otlp:
        installation = Installation(tmp_path / "agent", {**queue, **watched_settings(otlp)})
        issue = await installation.set_up()
        body = json.dumps(await installation.payload(issue)).encode()
        run = await deliver_and_watch(installation, body, otlp, "coding_agent_queue_consumers 1.0")

    name = queue["QUEUE_NAME"]
    spans = {span.name: span for span in otlp.spans if span.trace == CALLER.split("-")[1]}
    way = ["chat scripted", "fix", f"process {name}", f"send {name}", "POST /webhook/github"]
    for inner, outer in itertools.pairwise(way):
        assert spans[inner].parent == spans[outer].id
    assert spans[f"process {name}"].attributes["messaging.system"] == "rabbitmq"
    written = run.written()
    assert SOURCE.encode() in written
    for secret in (PASSWORD, SECRET.reveal()):
        assert secret.encode() not in written, secret
