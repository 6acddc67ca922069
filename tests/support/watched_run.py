"""One task from its webhook to its pull request, with real processes, and everything that was told of it."""

from __future__ import annotations

import asyncio
import json
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib import resources
from typing import TYPE_CHECKING

import httpx
import pygit2

from entrypoints.cli.child_process import started
from tests.support import model_server_claude as claude
from tests.support.github_double.server import github_double
from tests.support.github_installation import on_github
from tests.support.model_server_double import model_server
from tests.support.otlp_receiver import otlp_receiver
from tests.support.planted_secrets import PLANTED
from tests.support.webhooks import signed_webhook

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from entrypoints.cli.child_process import ChildProcess
    from tests.support.github_double.server import GitHubDouble
    from tests.support.installation import Installation
    from tests.support.otlp_receiver import OtlpReceiver

SECONDS = 60.0
WEBHOOK_SECRET = "planted-webhook-secret"
CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
"""A trace that somebody before the gateway has begun."""
SECRETS = {
    "WEBHOOK_SECRET": WEBHOOK_SECRET,
    "ANTHROPIC_API_KEY": PLANTED["Anthropic API key"],
    "GIT_TOKEN": PLANTED["GitHub token"],
    "OTEL_EXPORTER_OTLP_HEADERS": "x-collector-key=planted-collector-key",
}
SOURCE = "def parse("
"""Stands in the sample repository, and in the model's answer."""


@dataclass(frozen=True)
class WatchedRun:
    """What there is to see afterwards: pages as they were scraped, log lines, and what OTLP's receiver has.

    `credentials`: with what the agent proved to GitHub who it is.
    """

    folder: Path
    gateway_page: str
    worker_page: str
    gateway_log: list[dict[str, object]]
    worker_log: list[dict[str, object]]
    otlp: OtlpReceiver
    credentials: frozenset[str] = frozenset()

    def written(self) -> bytes:
        """Every byte: files below the folder, objects of git unpacked, pages, and what OTLP's receiver was sent."""
        files = [path.read_bytes() for path in self.folder.rglob("*") if path.is_file()]
        pages = [self.gateway_page.encode(), self.worker_page.encode()]
        return b"\0".join([*files, *_git_objects(self.folder), *pages, *(each.body for each in self.otlp.requests)])

    def logs(self) -> str:
        """Both, as they were written."""
        return "".join(path.read_text(encoding="utf-8") for path in self.folder.rglob("*.log"))


@contextmanager
def watched_run(folder: Path) -> Iterator[WatchedRun]:
    """Against the stand-ins for GitHub, Claude and a collector, logging everything."""
    with otlp_receiver() as otlp, github_double(folder) as github:
        run = asyncio.run(_run(folder, github, otlp))
        assert github.problems == []
        yield run


async def _run(folder: Path, github: GitHubDouble, otlp: OtlpReceiver) -> WatchedRun:
    answer = (resources.files("entrypoints.cli") / "demo_data/answers/fix/01-fix.md").read_text(encoding="utf-8")
    async with model_server(claude.whole(answer), looks=claude.known()) as model:
        chosen = {"LLM": "claude", "ANTHROPIC_BASE_URL": model.url, **watched_settings(otlp), **SECRETS}
        installation = on_github(folder / "agent", github, **chosen)
        issue = await installation.set_up()
        body = json.dumps(await installation.payload(issue)).encode()
        run = await deliver_and_watch(installation, body, otlp)
    credentials = {asked.authorization.rpartition(" ")[2] for asked in github.asked}
    return replace(run, credentials=frozenset({*credentials, *github.access.app.private_key.splitlines()[:2]}))


def watched_settings(otlp: OtlpReceiver) -> Mapping[str, str]:
    """Everything is told, to everybody."""
    return {
        "OTEL_EXPORTER_OTLP_ENDPOINT": otlp.url,
        "GATEWAY_METRICS_PORT": "0",
        "WORKER_HTTP_PORT": "0",
        "LOG_LEVEL": "debug",
        "RECONCILE_SECONDS": "0",
    }


async def deliver_and_watch(
    installation: Installation, body: bytes, otlp: OtlpReceiver, *worker_says: str
) -> WatchedRun:
    """Deliver the webhook, wait for the end of the task, read what can be read, and stop the processes.

    `worker_says`: what the worker's page must come to say, for what is counted elsewhere is known a moment later.
    """
    environment, folder = installation.environment, installation.folder
    async with (
        started("gateway", environment, folder) as gateway,
        started("worker", environment, folder) as worker,
        httpx.AsyncClient(trust_env=False) as client,
    ):
        metrics, url = await _port(gateway, "answering_metrics"), await _port(gateway, "listening")
        probes = await _port(worker, "answering_probes")
        for secret, headers in (("wrong", {}), (environment["WEBHOOK_SECRET"], {"traceparent": CALLER})):
            webhook = signed_webhook("issues", body, secret=secret)
            await client.post(f"{url}/webhook/github", content=webhook.body, headers={**webhook.headers, **headers})
        await _ended(worker)
        worker_page = await _page(client, probes, "messaging_process_duration_seconds_count{", *worker_says)
        gateway_page = await _page(client, metrics, 'task_state="held"} 0.0')
    logs = [_lines(process) for process in (gateway, worker)]
    return WatchedRun(folder.parent, gateway_page, worker_page, logs[0], logs[1], otlp)


async def _port(process: ChildProcess, event: str) -> str:
    return f"http://127.0.0.1:{(await _entry(process, event))['port']}"


async def _ended(worker: ChildProcess) -> None:
    ended = await _entry(worker, "attempt_ended")
    assert ended["outcome"] == "Done", ended


async def _entry(process: ChildProcess, event: str) -> dict[str, object]:
    async with asyncio.timeout(SECONDS):
        async for entry in process.entries():
            if entry["event"] == event:
                return entry
    raise AssertionError


async def _page(client: httpx.AsyncClient, url: str, *once: str) -> str:
    """The page once it says all this: the end of a task is counted after the log line that tells of it."""
    async with asyncio.timeout(SECONDS):
        while True:
            page = (await client.get(f"{url}/metrics")).text
            if all(words in page for words in once):
                return page
            await asyncio.sleep(0.1)


def _lines(process: ChildProcess) -> list[dict[str, object]]:
    return [json.loads(line) for line in process.log_path.read_text(encoding="utf-8").splitlines()]


def _git_objects(folder: Path) -> Iterator[bytes]:
    """Git packs what it keeps, so that nothing of it can be found in the files."""
    for config in folder.rglob("config"):
        if (config.parent / "objects").is_dir():
            repository = pygit2.Repository(str(config.parent))
            yield from (repository.read(each)[1] for each in repository.odb)
            repository.free()
