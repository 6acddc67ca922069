"""`coding-agent demo`: the whole job on a sample repository, with real processes and real git."""

from __future__ import annotations

import os
import secrets
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from domain.errors import ModelUnavailable, PermanentError
from domain.secret import Secret
from domain.task import Mode
from entrypoints.cli import demo_scene as scene
from entrypoints.cli.demo_agent import running_agent
from entrypoints.cli.demo_narrator import Narrator, shown
from entrypoints.cli.demo_people import People
from entrypoints.cli.demo_plan import PlanStory, let_in_colleague
from entrypoints.cli.demo_sample import Sample
from entrypoints.cli.exit_codes import ExitCode
from entrypoints.cli.interruptible import run
from infra.composition import composed
from infra.settings import load

if TYPE_CHECKING:
    from domain.issue import PullRequest
    from entrypoints.cli.demo_agent import Agent
    from infra.composition import Parts

_REPOSITORY = "demo/durations"
_LABEL = "ai-help"
_MODELS = {
    "scripted": "scripted: it replays answers stored with the demo. No model is asked, nothing is spent.",
    "ollama": "Ollama, on your own machine. Nothing is spent.",
    "openai": "a server that speaks OpenAI's chat completions. Whether that costs money is for you to know.",
    "claude": "Claude. This costs money; the amount is shown at the end.",
}
_TITLES = {
    Mode.QUICKFIX: "From an issue to a pull request.",
    Mode.PLAN: "From an issue to a plan, and from an approved plan to a pull request.",
}


@click.command()
@click.option(
    "--mode",
    type=click.Choice([mode.value for mode in _TITLES]),
    default=Mode.QUICKFIX.value,
    show_default=True,
    help="plan: a plan, its edit, a refused and a valid approval, a review.",
)
@click.option("--model", type=click.Choice(list(_MODELS)), default="scripted", show_default=True)
@click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path),
    default=Path("coding-agent-demo"),
    show_default=True,
    help="Where everything is left for you to look at; an earlier demo there is replaced.",
)
def demo(mode: str, model: str, folder: Path) -> None:
    """Play the whole job on a sample repository: issue, webhook, queue, worker, pull request.

    A gateway and a worker are started as processes of their own, joined by the embedded queue; the issue and the pull
    request live in a local forge, a folder of Markdown files and bare repositories. No broker, no cluster and no key
    is needed, and with the scripted model nothing is spent.
    """
    console = Console(highlight=False, emoji=False)
    try:
        finished = run(Demo(folder.absolute(), Mode(mode), model, console).play())
    except (PermanentError, ModelUnavailable):
        if (folder / "gateway.log").exists():
            console.print(f"The demo's files and logs are in {shown(folder)}.", soft_wrap=True)
        raise
    sys.exit(ExitCode.DONE if finished else ExitCode.NOTHING_CHANGED)


class Demo:
    """Tells the story step by step, on what really happens."""

    def __init__(self, folder: Path, mode: Mode, model: str, console: Console) -> None:
        self._folder = folder
        self._mode = mode
        self._model = model
        self._narrator = Narrator(console)
        self._secret = Secret(secrets.token_hex(16))

    async def play(self) -> bool:
        """Play it all; return whether the sample's tests pass at the end."""
        self._narrator.plainly(f"[bold]{_TITLES[self._mode]}[/bold] Model: {_MODELS[self._model]}\n")
        scene.prepare_folder(self._folder)
        environment = self._environment()
        async with composed(load(environment)) as parts:
            parts.run_task()  # a setting that the worker will need is missed here rather than later
            sample = Sample(parts, scene.set_up(parts, _REPOSITORY, self._folder), self._folder)
            before = await sample.tests("main")
            text = await parts.forge().issue(sample.issue)
            self._narrator.tell(f"Issue {sample.issue}: {shown(text.title)}")
            self._narrator.tell(f"Its tests, before: [red]{before.words}[/red]")
            async with running_agent(environment, self._folder, self._secret, self._narrator) as agent:
                made = await self._story(parts, sample, agent)
            return made is not None and await self._show_result(sample, made)

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
            "APPROVAL_NAMES_DIGEST": "false",
            "APPROVAL_BY_ANOTHER_PERSON": "false",
            "ALLOWED_REPOSITORIES": _REPOSITORY,
            "GATEWAY_HOST": "127.0.0.1",
            "GATEWAY_PORT": "0",
            "LOG_FORMAT": "json",
            "LOG_LEVEL": "info",
        }
        if self._model == "scripted":
            own["SCRIPT_PATH"] = str(scene.lay_script(self._folder))
        return {**os.environ, **own}

    async def _story(self, parts: Parts, sample: Sample, agent: Agent) -> PullRequest | None:
        people = People(parts.local_forge_admin(), parts.forge(), agent, sample.issue)
        if self._mode is Mode.QUICKFIX:
            return await self._quick_fix(sample, people, agent)
        let_in_colleague(parts, sample)
        story = PlanStory(sample, people, agent, self._narrator, lambda name: scene.lay_script(self._folder, name))
        return await story.play(_LABEL)

    async def _quick_fix(self, sample: Sample, people: People, agent: Agent) -> PullRequest | None:
        task = await people.label([_LABEL], sample.issue.repository.owner)
        self._narrator.tell(f"Label [bold]{_LABEL}[/bold] set: signed webhook delivered, task {task} queued")
        await agent.worked()
        made = (await sample.dialogue()).pull_request
        if made is None:
            self._narrator.page(await sample.last_words(sample.issue.number), "What the agent says")
        return made

    async def _show_result(self, sample: Sample, made: PullRequest) -> bool:
        after = await sample.tests(made.head)
        self._narrator.plainly(f"\n[bold]Pull request #{made.number}: {shown(made.title)}[/bold]")
        self._narrator.page(made.body)
        self._narrator.diff(await sample.difference(made))
        colour = "red" if after.failed else "green"
        self._narrator.tell(f"Its tests, on the branch: [{colour}]{after.words}[/{colour}]")
        location = (await sample.source()).location
        self._narrator.plainly(
            f"\nThe pull request:  {shown(made.url)}"
            f"\nThe repository:    git clone -b {made.head} {shown(shlex.quote(location))}"
            f"\nThe logs:          {shown(self._folder)}/gateway.log, worker.log"
            f"\n\nOn your own:       coding-agent solve --repo . --text '...' --model ollama --dry-run"
        )
        return not after.failed


commands = {"demo": demo}
