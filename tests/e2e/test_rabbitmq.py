"""Gateway and worker joined by a real broker, as they are deployed."""

from __future__ import annotations

import asyncio
import signal
import time
from typing import TYPE_CHECKING

import httpx
import pytest

from entrypoints.cli import webhook
from tests.e2e.test_cancelled_in_mid_answer import deliver
from tests.e2e.test_cancelled_in_mid_answer import webhook as delivery
from tests.e2e.test_kill_after_each_effect import queued
from tests.e2e.test_two_processes import SECONDS, gateway, logged, running
from tests.support import model_server_ollama as ollama
from tests.support import rabbit
from tests.support.broker import broker_group
from tests.support.installation import SECRET, Installation
from tests.support.model_server_double import model_server
from tests.support.model_server_steps import HUNG
from tests.support.proxy import proxy_to

if TYPE_CHECKING:
    import subprocess
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

    from domain.issue import IssueKey
    from tests.support.broker import Broker
    from tests.support.proxy import Proxy

pytestmark = broker_group


@pytest.fixture
async def proxy(broker: Broker) -> AsyncIterator[Proxy]:
    async with proxy_to(broker.host, broker.amqp) as proxy:
        yield proxy


@pytest.fixture
async def queue(broker: Broker, proxy: Proxy) -> AsyncIterator[Mapping[str, str]]:
    """The settings of a queue that is reached through the proxy."""
    settings = rabbit.settings_for(broker, f"amqp://guest:guest@127.0.0.1:{proxy.port}/")
    yield settings
    await rabbit.forgotten(broker, settings)


async def accepted(url: str, issue: IssueKey, action: str = "labeled") -> None:
    assert await deliver(url, delivery(issue, action)) == 202


async def command(installation: Installation, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the agent's command in a thread: the proxy lives in this one."""
    return await asyncio.to_thread(installation.run, "entrypoints.cli.main", *arguments)


async def close(installation: Installation, issue: IssueKey) -> None:
    async with installation.parts() as parts:
        await asyncio.to_thread(parts.local_forge_admin().close_issue, issue)


async def test_a_signed_webhook_becomes_a_pull_request(tmp_path: Path, queue: Mapping[str, str]) -> None:
    installation = Installation(tmp_path, queue)
    issue = await installation.set_up()
    async with gateway(installation) as (url, _), running(installation, "worker") as worker:
        assert "task" in await webhook.send(url, SECRET, await installation.payload(issue))
        assert (await logged(worker, "attempt_ended"))["outcome"] == "Done"
    assert len(await installation.pull_requests(issue)) == 1
    assert installation.left_behind() == []


async def test_the_gateway_says_503_while_the_broker_is_away_and_recovers_by_itself(
    tmp_path: Path, queue: Mapping[str, str], proxy: Proxy
) -> None:
    installation = Installation(tmp_path, queue)
    issue = await installation.set_up()
    async with gateway(installation) as (url, _), httpx.AsyncClient(trust_env=False, base_url=url) as client:
        assert (await client.get("/ready")).status_code == 200
        proxy.refuse()
        began = time.monotonic()
        assert await deliver(url, delivery(issue, "labeled")) == 503
        assert time.monotonic() - began < 2
        assert (await client.get("/ready")).status_code == 503
        assert (await client.get("/health")).status_code == 200
        proxy.accept()
        async with asyncio.timeout(SECONDS):
            while await deliver(url, delivery(issue, "labeled")) != 202:  # noqa: ASYNC110 - the gateway tells nobody
                await asyncio.sleep(0.1)


async def test_the_gateway_says_why_it_is_not_ready_while_the_broker_has_raised_an_alarm(
    tmp_path: Path, queue: Mapping[str, str], broker: Broker
) -> None:
    installation = Installation(tmp_path, queue)
    issue = await installation.set_up()
    async with gateway(installation) as (url, _), httpx.AsyncClient(trust_env=False, base_url=url) as client:
        assert (await client.get("/ready")).status_code == 200
        async with rabbit.alarm(broker):
            ready = await client.get("/ready")
            assert (ready.status_code, "raised an alarm" in ready.json()["error"]) == (503, True)
            began = time.monotonic()
            assert await deliver(url, delivery(issue, "labeled")) == 503
            assert time.monotonic() - began < 2
        async with asyncio.timeout(SECONDS):
            while (await client.get("/ready")).status_code != 200:  # noqa: ASYNC110 - the gateway tells nobody
                await asyncio.sleep(0.1)
        await accepted(url, issue)


async def test_a_worker_goes_on_after_the_broker_was_away(
    tmp_path: Path, queue: Mapping[str, str], proxy: Proxy
) -> None:
    installation = Installation(tmp_path, queue)
    issue = await installation.set_up()
    async with running(installation, "worker") as worker:
        await logged(worker, "waiting_for_tasks")
        proxy.refuse()
        await logged(worker, "queue_unavailable")
        proxy.accept()
        async with gateway(installation) as (url, _):
            await accepted(url, issue)
        assert (await logged(worker, "attempt_ended"))["outcome"] == "Done"


async def test_a_worker_told_to_stop_finishes_the_task_in_hand(tmp_path: Path, queue: Mapping[str, str]) -> None:
    installation = Installation(tmp_path, queue)
    issue = await installation.set_up()
    async with gateway(installation) as (url, _), running(installation, "worker") as worker:
        await accepted(url, issue)
        await logged(worker, "attempt_started")
        worker.signal(signal.SIGTERM)
        assert await worker.exit_code(within_seconds=SECONDS) == 0
    assert len(await installation.pull_requests(issue)) == 1


@pytest.mark.parametrize(("grace_seconds", "signals"), [("0", 1), ("600", 2)], ids=["out of grace", "told twice"])
async def test_what_is_not_finished_goes_back_uncounted(
    tmp_path: Path, queue: Mapping[str, str], grace_seconds: str, signals: int
) -> None:
    async with model_server(ollama.part("Let me think", then=HUNG), looks=ollama.known()) as model:
        settings = {**queue, "GRACE_SECONDS": grace_seconds, "LLM": "ollama", "OLLAMA_URL": model.url}
        installation = Installation(tmp_path, settings)
        issue = await installation.set_up()
        async with gateway(installation) as (url, _), running(installation, "worker") as worker:
            await accepted(url, issue)
            await logged(worker, "model_asked")
            for _ in range(signals):
                worker.signal(signal.SIGTERM)
                await asyncio.sleep(0.5)
            assert await worker.exit_code(within_seconds=SECONDS) == 0
    assert installation.left_behind() == []
    async with installation.parts() as parts:
        lease = await asyncio.wait_for(parts.queue().take(), SECONDS)
        assert (lease.attempt, lease.task.issue) == (1, issue)


async def test_closing_the_issue_stops_the_worker_in_the_middle_of_an_answer(
    tmp_path: Path, queue: Mapping[str, str]
) -> None:
    async with model_server(ollama.part("Let me think", then=HUNG), looks=ollama.known()) as model:
        installation = Installation(tmp_path, {**queue, "LLM": "ollama", "OLLAMA_URL": model.url})
        issue = await installation.set_up()
        async with gateway(installation) as (url, _), running(installation, "worker") as worker:
            await accepted(url, issue)
            await logged(worker, "model_asked")
            await close(installation, issue)
            await accepted(url, issue, "closed")
            assert (await logged(worker, "attempt_ended"))["outcome"] == "Cancelled"
        assert await model.lost_clients() >= 1
    assert await installation.pull_requests(issue) == []
    assert installation.left_behind() == []


async def test_a_task_cancelled_while_it_waits_is_dropped_when_taken(tmp_path: Path, queue: Mapping[str, str]) -> None:
    installation = Installation(tmp_path, queue)
    issue = await installation.set_up()
    async with gateway(installation) as (url, _):
        await accepted(url, issue)
        await close(installation, issue)
        await accepted(url, issue, "closed")
    done = await command(installation, "worker", "--once")
    assert done.returncode == 0, done.stderr
    (comment,) = [c for c in await installation.agent_comments(issue) if "coding-agent:status" in c.body]
    assert "**Cancelled**" in comment.body


async def test_what_the_broker_gives_up_is_told_within_a_minute_of_a_workers_start(
    tmp_path: Path, queue: Mapping[str, str], broker: Broker
) -> None:
    installation = Installation(tmp_path, queue)
    issue = await queued(installation)
    await rabbit.given_back(broker, queue["QUEUE_NAME"], 21)
    began = time.monotonic()
    async with running(installation, "worker") as worker:
        assert (await logged(worker, "attempt_ended"))["outcome"] == "Failed"
    assert time.monotonic() - began < 60
    (comment,) = [c for c in await installation.agent_comments(issue) if "coding-agent:status" in c.body]
    assert "**Failed.**" in comment.body


@pytest.mark.parametrize("process", ["gateway", "worker"])
@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"QUEUE_NAME": "nowhere"}, "topology apply"),
        ({"TASK_DEADLINE_SECONDS": "50000"}, "TASK_DEADLINE_SECONDS"),
        ({"RABBITMQ_URL": "http://broker/"}, "RABBITMQ_URL"),
    ],
)
async def test_a_broker_that_will_not_do_stops_the_start_with_one_line(
    tmp_path: Path, queue: Mapping[str, str], process: str, settings: Mapping[str, str], words: str
) -> None:
    await Installation(tmp_path, queue).set_up()
    ended = await command(Installation(tmp_path, {**queue, **settings}), process)
    last = [line for line in ended.stderr.splitlines() if not line.startswith("{")]
    assert (ended.returncode, len(last)) == (2, 1), ended.stderr
    assert words in last[0]


async def test_the_topology_is_made_by_one_command_and_checked_by_another(
    tmp_path: Path, queue: Mapping[str, str]
) -> None:
    installation = Installation(tmp_path, queue)
    before = await command(installation, "topology", "check")
    assert (before.returncode, "topology apply" in before.stderr) == (2, True)
    assert (await command(installation, "topology", "apply")).returncode == 0
    after = await command(installation, "topology", "check", "--json")
    assert (after.returncode, '"outcome": "ok"' in after.stdout) == (0, True), after.stdout
