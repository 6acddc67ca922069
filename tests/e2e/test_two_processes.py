"""The main job as it is deployed: a gateway and a worker, joined by a queue, with real git."""

from __future__ import annotations

import asyncio
import signal
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import httpx
import pytest

from entrypoints.cli import demo_scene, webhook
from entrypoints.cli.child_process import started
from tests.support.installation import SECRET, Installation

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from entrypoints.cli.child_process import ChildProcess

SECONDS = 60.0


async def logged(process: ChildProcess, event: str) -> dict[str, object]:
    """The next log line that reports this event."""
    async with asyncio.timeout(SECONDS):
        async for entry in process.entries():
            if entry["event"] == event:
                return entry
    raise AssertionError


@asynccontextmanager
async def running(installation: Installation, command: str) -> AsyncIterator[ChildProcess]:
    """One of its processes."""
    async with started(command, installation.environment, installation.folder) as process:
        yield process


@asynccontextmanager
async def gateway(installation: Installation, command: str = "gateway") -> AsyncIterator[tuple[str, ChildProcess]]:
    """A process that listens, with its address."""
    async with running(installation, command) as process:
        yield f"http://127.0.0.1:{(await logged(process, 'listening'))['port']}", process


async def test_a_signed_webhook_becomes_a_pull_request_that_makes_the_tests_pass(tmp_path: Path) -> None:
    installation = Installation(tmp_path)
    issue = await installation.set_up()
    async with gateway(installation) as (url, _), running(installation, "worker") as worker:
        answer = await webhook.send(url, SECRET, await installation.payload(issue))
        assert "task" in answer
        assert (await logged(worker, "attempt_ended"))["outcome"] == "Done"
    (pull_request,) = await installation.pull_requests(issue)
    assert pull_request.labels == {"ai-generated", "quickfix"}
    assert not pull_request.draft
    assert "Fixes #1" in pull_request.body
    async with installation.parts() as parts:
        source = await parts.forge().git_source(issue.repository)
        await demo_scene.check_out(parts.vcs(), source, pull_request.head, tmp_path / "checkout")
    assert demo_scene.run_tests(tmp_path / "checkout").failed == 0
    assert installation.left_behind() == []


async def test_a_webhook_delivered_again_does_nothing_more(tmp_path: Path) -> None:
    installation = Installation(tmp_path)
    issue = await installation.set_up()
    payload = await installation.payload(issue)
    async with gateway(installation, "serve") as (url, process):
        first = await webhook.send(url, SECRET, payload)
        await logged(process, "attempt_ended")
        assert await webhook.send(url, SECRET, payload) == first
        async with installation.parts() as parts, asyncio.timeout(SECONDS):
            while (await parts.queue_admin().status()).held:  # noqa: ASYNC110 - another process holds it
                await asyncio.sleep(0.05)
    assert len(await installation.pull_requests(issue)) == 1
    markers = [comment.body.splitlines()[0] for comment in await installation.agent_comments(issue)]
    assert len(markers) == len(set(markers)) == 2  # a status and a summary


async def test_a_task_survives_while_no_worker_runs(tmp_path: Path) -> None:
    installation = Installation(tmp_path)
    issue = await installation.set_up()
    async with gateway(installation) as (url, _):
        await webhook.send(url, SECRET, await installation.payload(issue))
    done = installation.run("entrypoints.cli.main", "worker", "--once")
    assert done.returncode == 0, done.stderr
    assert len(await installation.pull_requests(issue)) == 1


async def test_the_gateway_says_whether_it_lives_and_is_ready(tmp_path: Path) -> None:
    async with gateway(Installation(tmp_path)) as (url, _), httpx.AsyncClient(trust_env=False) as client:
        assert (await client.get(f"{url}/health")).status_code == 200
        assert (await client.get(f"{url}/ready")).status_code == 200


@pytest.mark.parametrize("command", ["gateway", "worker", "serve"])
async def test_stops_at_once_when_idle_and_told_to(tmp_path: Path, command: str) -> None:
    async with running(Installation(tmp_path), command) as process:
        await logged(process, "waiting_for_tasks" if command != "gateway" else "listening")
        process.signal(signal.SIGTERM)
        assert await process.exit_code(within_seconds=SECONDS) == 0


async def test_a_worker_told_to_stop_finishes_the_task_in_hand(tmp_path: Path) -> None:
    installation = Installation(tmp_path)
    issue = await installation.set_up()
    async with gateway(installation) as (url, _), running(installation, "worker") as worker:
        await webhook.send(url, SECRET, await installation.payload(issue))
        await logged(worker, "attempt_started")
        worker.signal(signal.SIGTERM)
        assert await worker.exit_code(within_seconds=SECONDS) == 0
    assert len(await installation.pull_requests(issue)) == 1


async def test_a_worker_out_of_grace_hands_the_task_back_uncounted(tmp_path: Path) -> None:
    installation = Installation(tmp_path, {"GRACE_SECONDS": "0"})
    issue = await installation.set_up()
    async with gateway(installation) as (url, _), running(installation, "worker") as worker:
        await webhook.send(url, SECRET, await installation.payload(issue))
        await logged(worker, "model_asked")
        worker.signal(signal.SIGTERM)
        assert await worker.exit_code(within_seconds=SECONDS) == 0
    assert installation.left_behind() == []
    async with installation.parts() as parts:
        lease = await parts.queue().take()
        assert lease.attempt == 1


@pytest.mark.parametrize(
    ("command", "settings", "words"),
    [
        ("gateway", {"WEBHOOK_SECRET": ""}, "WEBHOOK_SECRET"),
        ("gateway", {"GATEWAY_PORT": "http"}, "GATEWAY_PORT"),
        ("gateway", {"QUEUE": "memory"}, "QUEUE"),
        ("worker", {"LLM": ""}, "LLM"),
        ("worker", {"LLM": "claude"}, "ANTHROPIC_API_KEY"),
        ("gateway", {"SQLITE_PATH": "/"}, "SQLITE_PATH"),
        ("serve", {"SQLITE_PATH": "/"}, "SQLITE_PATH"),
        ("worker", {"WORK_PATH": "/dev/null"}, "WORK_PATH"),
        ("worker", {"AUTHOR_NAME": "a <b>"}, "AUTHOR_NAME"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_one_line(
    tmp_path: Path, command: str, settings: dict[str, str], words: str
) -> None:
    ended = Installation(tmp_path, settings).run("entrypoints.cli.main", command)
    last = [line for line in ended.stderr.splitlines() if not line.startswith("{")]
    assert (ended.returncode, len(last)) == (2, 1), ended.stderr
    assert words in last[0]
