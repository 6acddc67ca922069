"""`coding-agent solve`: one issue, any git repository, no forge and no server."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from domain.errors import AgentError, InvalidInput
from entrypoints.cli import solve_output as output
from entrypoints.cli.brief import read_brief
from entrypoints.cli.git_source import git_source
from entrypoints.cli.interruptible import run
from entrypoints.cli.json_command import JsonCommand
from entrypoints.cli.progress import progress_for
from infra.composition import composed
from infra.settings import load, overridden

if TYPE_CHECKING:
    from collections.abc import Mapping

    from application.brief import Brief
    from domain.repository import GitSource
    from entrypoints.cli.progress import PlainProgress
    from infra.settings import Settings

HOW_TO_CHOOSE = """No model is chosen. Choose one with --model, or for good with the setting LLM:
  --model ollama    a model on your own machine, no cost; needs Ollama running (OLLAMA_MODEL, OLLAMA_URL)
  --model claude    Claude, which costs money; needs ANTHROPIC_API_KEY
  --model openai    a server that speaks OpenAI's chat completions: vLLM, llama.cpp, LM Studio, or one that costs money;
                    needs OPENAI_BASE_URL and OPENAI_MODEL, and OPENAI_API_KEY where it asks for one
  --model scripted  replays answers from files (--script PATH); for tests and demonstrations"""


@click.command(cls=JsonCommand)
@click.option("--repo", required=True, metavar="PATH|URL", help="A git repository on disk, or its https:// address.")
@click.option(
    "--issue", metavar="FILE|-", help="The issue, from a file or standard input; its first line is the title."
)
@click.option("--text", metavar="TEXT", help="The issue, in words.")
@click.option(
    "--mode",
    type=click.Choice(["quickfix", "plan"]),
    default="quickfix",
    show_default=True,
    help="quickfix makes the change; plan prints a plan and changes nothing.",
)
@click.option(
    "--model",
    type=click.Choice(["claude", "ollama", "openai", "scripted"]),
    help="The model; otherwise the setting LLM.",
)
@click.option("--script", type=click.Path(path_type=Path), help="The answers that --model scripted replays.")
@click.option("--rev", default="", metavar="REV", help="Branch, tag or commit to start from.  [default: HEAD]")
@click.option("--dry-run", is_flag=True, help="Print the diff only; make no branch.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, and nothing else, on standard output.")
def solve(  # noqa: PLR0913, PLR0917 - one parameter an option
    repo: str,
    issue: str | None,
    text: str | None,
    mode: str,
    model: str | None,
    script: Path | None,
    rev: str,
    dry_run: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> None:
    """Resolve one issue: find the files, ask the model, check its edits, and put them on a new branch.

    On a repository on disk the branch holds one commit; your working tree, index and checked-out branch stay as they
    are. From an https:// address the repository is cloned for the time being, and the branch is pushed
    (GIT_TOKEN). With --dry-run the diff is printed and that is all.

    \b
    Examples:
      coding-agent solve --repo . --issue bug.md --model ollama --dry-run
      gh issue view 12 --json title,body -q '.title+"\\n\\n"+.body' |
        coding-agent solve --repo . --issue - --model claude
    """  # noqa: D301 - click reads the mark
    started = time.monotonic()
    progress = progress_for(json=as_json)
    try:
        brief = read_brief(issue, text)
        settings = _with_model(load(os.environ), model, script)
        source = git_source(repo, settings)
        report = run(_solved(settings, source, rev, brief, progress, mode=mode, dry_run=dry_run))
    except AgentError as error:
        report = output.report_error(error, progress.spent)
    except KeyboardInterrupt:
        report = output.report_interruption(progress.branch, progress.spent)
    report["seconds"] = round(time.monotonic() - started, 3)
    sys.exit(output.show(report, as_json=as_json))


async def _solved(
    settings: Settings,
    source: GitSource,
    rev: str,
    brief: Brief,
    progress: PlainProgress,
    *,
    mode: str,
    dry_run: bool,
) -> output.Report:
    with progress:
        async with composed(settings) as parts:
            if mode == "plan":
                return output.report(await parts.solve().plan(source, rev, brief, events=progress))
            return output.report(await parts.solve().run(source, rev, brief, events=progress, dry_run=dry_run))


def _with_model(settings: Settings, model: str | None, script: Path | None) -> Settings:
    """The settings with the options' choice; a model is never chosen for the user."""
    chosen: Mapping[str, object] = {"llm": model or settings.llm, "script_path": script or settings.script_path}
    if not chosen["llm"]:
        raise InvalidInput(HOW_TO_CHOOSE)
    return overridden(settings, **chosen)


commands = {"solve": solve}
