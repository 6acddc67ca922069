"""The demo's agent: a gateway and a worker as processes of their own, told by webhooks, followed by their logs."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Protocol

from domain.errors import PermanentError
from entrypoints.cli import webhook
from entrypoints.cli.child_process import started
from entrypoints.cli.demo_narrator import shown

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

    from domain.secret import Secret
    from entrypoints.cli.child_process import ChildProcess
    from entrypoints.cli.demo_narrator import Narrator

_SECONDS_TO_START = 30.0
_NOT_FOR_THE_GATEWAY = frozenset({"ANTHROPIC_API_KEY", "GIT_TOKEN", "OPENAI_API_KEY"})


class Agent(Protocol):
    """The agent, as the forge and the people see it."""

    async def told(self, payload: dict[str, object], *, event: str = "issues") -> str:
        """Deliver a webhook; return the first digits of the task's id."""

    async def worked(self) -> str:
        """Wait until what was asked for is done, or not to be done; return the outcome's name."""


class AgentProcesses(Agent):
    """A gateway and a worker, the one told by signed webhooks, the other followed by its log."""

    def __init__(self, url: str, secret: Secret, worker: ChildProcess, narrator: Narrator) -> None:
        self._url = url
        self._secret = secret
        self._worker = worker
        self._narrator = narrator

    async def told(self, payload: dict[str, object], *, event: str = "issues") -> str:
        """Deliver a signed webhook."""
        answer = await webhook.send(self._url, self._secret, payload, event=event)
        return str(answer.get("task", ""))[:12]

    async def worked(self) -> str:
        """Tell what the worker reports until an attempt has ended."""
        with self._narrator.waiting("waiting for the worker") as status:
            async for entry in self._worker.entries():
                if (line := _worker_words(entry)) is None:
                    continue
                status.update(shown(line))
                self._narrator.tell(f"  {shown(line)}")
                if entry["event"] == "attempt_ended":
                    return str(entry["outcome"])
        raise AssertionError  # a log that ends raises by itself


@asynccontextmanager
async def running_agent(
    environment: Mapping[str, str], folder: Path, secret: Secret, narrator: Narrator
) -> AsyncIterator[Agent]:
    """Start the two processes; they are stopped at the end, whatever happens."""
    async with AsyncExitStack() as processes:
        with narrator.waiting("starting gateway and worker"):
            public = {name: value for name, value in environment.items() if name not in _NOT_FOR_THE_GATEWAY}
            gateway = await processes.enter_async_context(started("gateway", public, folder))
            worker = await processes.enter_async_context(started("worker", environment, folder))
            port = int(str((await _entry(gateway, "listening"))["port"]))
        narrator.tell(f"Gateway on 127.0.0.1:{port} (process {gateway.pid}), worker (process {worker.pid})")
        yield AgentProcesses(f"http://127.0.0.1:{port}", secret, worker, narrator)


async def _entry(process: ChildProcess, event: str) -> dict[str, object]:
    """The first log line that reports this event."""
    try:
        async with asyncio.timeout(_SECONDS_TO_START):
            async for entry in process.entries():
                if entry.get("event") == event:
                    return entry
    except TimeoutError:
        pass
    message = f"The {process.command} did not start within {_SECONDS_TO_START:.0f} s; see {process.log_path}."
    raise PermanentError(message)


def _model_words(entry: Mapping[str, object]) -> str:
    if entry.get("event") == "model_replied":
        return f"  answered by {entry['model']}"
    pause = entry.get("again_in_seconds")
    again = f"; asking again in {pause:.0f} s" if isinstance(pause, float) else ""
    return f"  failed: {entry['reason']}{again}"


def _forge_words(entry: Mapping[str, object]) -> str:
    match entry.get("event"):
        case "plan_approved":
            return f"  plan {str(entry['digest'])[:12]} approved by {entry['by']}"
        case "branch_pushed":
            return f"  commit {str(entry['commit'])[:12]} pushed to {entry['branch']}"
        case _:
            return f"  pull request #{entry['number']}: {'draft' if entry.get('draft') else 'open for review'}"


def _worker_words(entry: Mapping[str, object]) -> str | None:
    """A log line of the worker as a person would say it; None for one that need not be said."""
    match entry.get("event"):
        case "stage_reached" if entry.get("detail"):
            return ": ".join(str(entry[name]) for name in ("stage", "detail") if entry.get(name))
        case "files_chosen":
            return f"  {entry['of']} files, {entry['paths']} of them shown to the model"
        case "model_failed" | "model_replied":
            return _model_words(entry)
        case "edits_returned":
            return f"  edits with {entry['problems']} problems go back to the model"
        case "plan_approved" | "branch_pushed" | "pull_request_opened":
            return _forge_words(entry)
        case "attempt_ended":
            return f"ended: {entry['outcome']} after {entry['seconds']} s"
        case _:
            return None
