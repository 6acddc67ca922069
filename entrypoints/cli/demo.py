"""`coding-agent demo`: the whole job on a sample repository, with real processes and real git."""

from __future__ import annotations

import asyncio
import os
import secrets
import shlex
import sys
import time
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.markdown import Markdown
from rich.markup import escape
from rich.panel import Panel

from domain.errors import ModelUnavailable, PermanentError
from domain.secret import Secret
from entrypoints.cli import demo_scene as scene
from entrypoints.cli import webhook
from entrypoints.cli.child_process import started
from entrypoints.cli.coloured_diff import coloured_diff
from entrypoints.cli.exit_codes import ExitCode
from entrypoints.cli.interruptible import run
from entrypoints.cli.printable import printable, printable_line
from infra.composition import composed
from infra.settings import load

if TYPE_CHECKING:
    from collections.abc import Mapping

    from domain.issue import IssueKey, PullRequest
    from entrypoints.cli.child_process import ChildProcess
    from infra.composition import Parts

_REPOSITORY = "demo/durations"
_LABEL = "ai-help"
_SECONDS_TO_START = 30.0
_NOT_FOR_THE_GATEWAY = frozenset({"ANTHROPIC_API_KEY", "GIT_TOKEN", "OPENAI_API_KEY"})
_MODELS = {
    "scripted": "scripted: it replays an answer stored with the demo. No model is asked, nothing is spent.",
    "ollama": "Ollama, on your own machine. Nothing is spent.",
    "openai": "a server that speaks OpenAI's chat completions. Whether that costs money is for you to know.",
    "claude": "Claude. This costs money; the amount is shown at the end.",
}


@click.command()
@click.option("--model", type=click.Choice(list(_MODELS)), default="scripted", show_default=True)
@click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path),
    default=Path("coding-agent-demo"),
    show_default=True,
    help="Where everything is left for you to look at; an earlier demo there is replaced.",
)
def demo(model: str, folder: Path) -> None:
    """Play the whole job on a sample repository: issue, webhook, queue, worker, pull request.

    A gateway and a worker are started as processes of their own, joined by the embedded queue; the issue and the pull
    request live in a local forge, a folder of Markdown files and bare repositories. No broker, no cluster and no key
    is needed, and with the scripted model nothing is spent.
    """
    console = Console(highlight=False, emoji=False)
    try:
        finished = run(Demo(folder.absolute(), model, console).play())
    except (PermanentError, ModelUnavailable):
        if (folder / "gateway.log").exists():
            console.print(f"The demo's files and logs are in {_shown(folder)}.", soft_wrap=True)
        raise
    sys.exit(ExitCode.DONE if finished else ExitCode.NOTHING_CHANGED)


class Demo:
    """Tells the story step by step, on what really happens."""

    def __init__(self, folder: Path, model: str, console: Console) -> None:
        self._folder = folder
        self._model = model
        self._console = console
        self._started = time.monotonic()
        self._secret = Secret(secrets.token_hex(16))

    async def play(self) -> bool:
        """Play it all; return whether the sample's tests pass at the end."""
        self._console.print(f"[bold]From an issue to a pull request.[/bold] Model: {_MODELS[self._model]}\n")
        scene.prepare_folder(self._folder)
        environment = self._environment()
        async with composed(load(environment)) as parts:
            parts.run_task()  # a setting that the worker will need is missed here rather than later
            issue = scene.set_up(parts, _REPOSITORY, self._folder)
            before = await self._tests(parts, issue, "main")
            text = await parts.forge().issue(issue)
            self._tell(f"Issue {issue}: {_shown(text.title)}")
            self._tell(f"Its tests, before: [red]{before.words}[/red]")
            await self._work(parts, issue, environment)
            return await self._show_result(parts, issue)

    def _environment(self) -> dict[str, str]:
        """What both processes see: the user's own settings, and over them the demo's."""
        own = {
            "FORGE": "local",
            "LOCAL_FORGE_PATH": str(self._folder / "forge"),
            "QUEUE": "sqlite",
            "SQLITE_PATH": str(self._folder / "queue.sqlite"),
            "LLM": self._model,
            "WEBHOOK_SECRET": self._secret.reveal(),
            "WEBHOOK_SECRET_FILE": "",
            "TRIGGER_LABEL": _LABEL,
            "DEFAULT_MODE": "quickfix",
            "ALLOWED_REPOSITORIES": _REPOSITORY,
            "GATEWAY_HOST": "127.0.0.1",
            "GATEWAY_PORT": "0",
            "LOG_FORMAT": "json",
            "LOG_LEVEL": "info",
        }
        if self._model == "scripted":
            own["SCRIPT_PATH"] = str(scene.lay_script(self._folder))
        return {**os.environ, **own}

    async def _work(self, parts: Parts, issue: IssueKey, environment: Mapping[str, str]) -> None:
        """Start the two processes, send the webhook, and follow the worker until the task has ended."""
        async with AsyncExitStack() as processes:
            with self._console.status("starting gateway and worker"):
                public = {name: value for name, value in environment.items() if name not in _NOT_FOR_THE_GATEWAY}
                gateway = await processes.enter_async_context(started("gateway", public, self._folder))
                worker = await processes.enter_async_context(started("worker", environment, self._folder))
                port = int(str((await _entry(gateway, "listening"))["port"]))
            self._tell(f"Gateway on 127.0.0.1:{port} (process {gateway.pid}), worker (process {worker.pid})")
            await parts.forge().add_labels(issue, frozenset({_LABEL}))
            payload = webhook.labelled(await parts.forge().issue(issue), _LABEL, issue.repository.owner)
            answer = await webhook.send(f"http://127.0.0.1:{port}", self._secret, payload)
            task = str(answer.get("task", ""))
            self._tell(f"Label [bold]{_LABEL}[/bold] set: signed webhook delivered, task {task[:12]} queued")
            await self._follow(worker)

    async def _follow(self, worker: ChildProcess) -> None:
        """Show what the worker reports, until it says how the task ended."""
        with self._console.status("waiting for the worker") as status:
            async for entry in worker.entries():
                if (line := _worker_words(entry)) is None:
                    continue
                status.update(_shown(line))
                self._tell(f"  {_shown(line)}")
                if entry["event"] == "attempt_ended":
                    return

    async def _show_result(self, parts: Parts, issue: IssueKey) -> bool:
        found = await parts.forge().pull_requests(issue.repository, "coding-agent/")
        if not found:
            comments = await parts.forge().comments(issue)
            body = printable(comments[-1].body) if comments else "no word"
            self._console.print(Panel(Markdown(body), title="What the agent says"))
            return False
        pull_request = found[0]
        after = await self._tests(parts, issue, pull_request.head)
        source = await parts.forge().git_source(issue.repository)
        diff = await scene.difference(parts.vcs(), source, pull_request.base, pull_request.head)
        self._show_pull_request(pull_request, diff)
        colour = "red" if after.failed else "green"
        self._tell(f"Its tests, on the branch: [{colour}]{after.words}[/{colour}]")
        self._console.print(
            f"\nThe pull request:  {_shown(pull_request.url)}"
            f"\nThe repository:    git clone -b {pull_request.head} {_shown(shlex.quote(source.location))}"
            f"\nThe logs:          {_shown(self._folder)}/gateway.log, worker.log"
            f"\n\nOn your own:       coding-agent solve --repo . --text '...' --model ollama --dry-run",
            soft_wrap=True,
        )
        return not after.failed

    def _show_pull_request(self, pull_request: PullRequest, diff: str) -> None:
        self._console.print()
        self._console.print(f"[bold]Pull request #{pull_request.number}: {_shown(pull_request.title)}[/bold]")
        self._console.print(Panel(Markdown(printable(_without_folded(pull_request.body)))))
        self._console.print(coloured_diff(diff), soft_wrap=True)

    async def _tests(self, parts: Parts, issue: IssueKey, branch: str) -> scene.TestRun:
        folder = self._folder / "checkouts" / branch.replace("/", "-")
        source = await parts.forge().git_source(issue.repository)
        await scene.check_out(parts.vcs(), source, branch, folder)
        return await asyncio.to_thread(scene.run_tests, folder)

    def _tell(self, line: str) -> None:
        self._console.print(f"[dim]{time.monotonic() - self._started:5.1f} s[/dim]  {line}", soft_wrap=True)


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
        case "branch_pushed":
            return f"  commit {str(entry['commit'])[:12]} pushed to {entry['branch']}"
        case "pull_request_opened":
            return f"  pull request #{entry['number']} opened"
        case "attempt_ended":
            return f"ended: {entry['outcome']} after {entry['seconds']} s"
        case _:
            return None


def _shown(text: object) -> str:
    """Text on one line that neither the terminal nor rich takes for a command."""
    return escape(printable_line(str(text)))


def _without_folded(body: str) -> str:
    """A body without its folded section, which a terminal cannot fold."""
    return body.partition("<details>")[0]


commands = {"demo": demo}
