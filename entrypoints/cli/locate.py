"""`coding-agent locate`: the files that an issue is about."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, TypedDict

import click

from domain.errors import AgentError
from entrypoints.cli import solve_output
from entrypoints.cli.brief import read_brief
from entrypoints.cli.exit_codes import ExitCode
from entrypoints.cli.git_source import git_source
from entrypoints.cli.interruptible import run
from entrypoints.cli.json_command import JsonCommand
from entrypoints.cli.printable import printable
from entrypoints.cli.standard_output import write_out
from infra.composition import composed
from infra.settings import load

if TYPE_CHECKING:
    from application.brief import Brief
    from application.ports.code_search import RankedFile
    from application.use_cases.locate import Located
    from domain.repository import GitSource
    from infra.settings import Settings


class _Entry(TypedDict):
    path: str
    score: float
    why: list[str]


class _Report(TypedDict):
    ranking: list[_Entry]
    seconds: float


@click.command(cls=JsonCommand)
@click.option("--repo", required=True, metavar="PATH|URL", help="A git repository on disk, or its https:// address.")
@click.option("--rev", default="", metavar="REV", help="Branch, tag, commit or HEAD~2 to search.  [default: HEAD]")
@click.option(
    "--issue", metavar="FILE|-", help="The issue, from a file or standard input; its first line is the title."
)
@click.option("--text", metavar="TEXT", help="The issue, in words.")
@click.option("--top", default=20, show_default=True, metavar="N", type=click.IntRange(min=1), help="How many files.")
@click.option("--explain", is_flag=True, help="Say of each file why it is there.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, and nothing else, on standard output.")
def locate(
    repo: str,
    rev: str,
    issue: str | None,
    text: str | None,
    top: int,
    explain: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> None:
    """Name the files that an issue is most likely about, the best first. Nothing is changed, and no model is asked.

    The seconds count from the moment the repository is open: to list, read and rank its files. Scores may be compared
    within one answer only. With SEARCH_CACHE_PATH set, what a file contains is counted once for all searches.

    \b
    Examples:
      coding-agent locate --repo . --text "parse('1h 30m') drops the minutes" --explain
      gh issue view 12 --json title,body -q '.title+"\\n\\n"+.body' |
        coding-agent locate --repo . --issue - --top 5 --json
    """  # noqa: D301 - click reads the mark
    try:
        brief = read_brief(issue, text)
        settings = load(os.environ)
        found = run(_located(settings, git_source(repo, settings), rev, brief))
    except AgentError as error:
        sys.exit(solve_output.show(solve_output.report_error(error), as_json=as_json))
    except KeyboardInterrupt:
        sys.exit(solve_output.show(solve_output.report_interruption(), as_json=as_json))
    best = found.ranking[:top]
    if as_json:
        report: _Report = {"ranking": [_entry(file) for file in best], "seconds": round(found.seconds, 3)}
        write_out(f"{json.dumps(report)}\n")
    else:
        write_out("".join(_lines(file, explain=explain) for file in best))
        print(f"{len(best):,} of {len(found.ranking):,} files · {found.seconds:.1f} s", file=sys.stderr)
    sys.exit(ExitCode.DONE if best else ExitCode.NOTHING_CHANGED)


async def _located(settings: Settings, source: GitSource, rev: str, brief: Brief) -> Located:
    async with composed(settings) as parts:
        return await parts.locate().run(source, rev, brief)


def _entry(file: RankedFile) -> _Entry:
    return {"path": file.path, "score": round(file.score, 4), "why": list(file.why)}


def _lines(file: RankedFile, *, explain: bool) -> str:
    path = printable(file.path)
    if not explain:
        return f"{path}\n"
    return f"{path}  ({file.score:.2f})\n" + "".join(f"    {printable(reason)}\n" for reason in file.why)


commands = {"locate": locate}
