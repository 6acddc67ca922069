"""What `solve` prints: one report, as text for people or as one JSON object."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, TypedDict

from rich.console import Console

from application.publication import cost, tokens
from application.use_cases.solve import Solved
from application.words_alone import NoChange, Questions
from domain.conversation import Spend
from domain.errors import EditsRefused
from entrypoints.cli.coloured_diff import coloured_diff
from entrypoints.cli.cures import cure_for
from entrypoints.cli.exit_codes import ExitCode, code_for
from entrypoints.cli.printable import printable
from entrypoints.cli.standard_output import write_out

if TYPE_CHECKING:
    from application.use_cases.draft_plan import DraftedPlan
    from domain.errors import AgentError


class Report(TypedDict, total=False):
    """The JSON object. `outcome` and `exit_code` are always there, the rest where it applies."""

    outcome: str
    exit_code: int
    title: str
    summary: str
    branch: str
    commit: str
    base: str
    diff: str
    files: list[str]
    plan: str
    plan_digest: str
    reason: str
    cure: str
    problems: list[str]
    error: str
    model: str
    answers: int
    input_tokens: int
    output_tokens: int
    cost_usd: float | None
    estimated: bool
    seconds: float


def report(result: Solved | DraftedPlan | NoChange | Questions) -> Report:
    """What came of it."""
    match result:
        case Solved():
            proposal = result.proposal
            return {
                "outcome": "done",
                "exit_code": ExitCode.DONE,
                "title": proposal.title,
                "summary": proposal.summary,
                "branch": result.branch,
                "commit": result.commit,
                "base": result.base,
                "diff": result.diff,
                "files": sorted({path for change in proposal.changes for path in change.touched_paths}),
                "model": proposal.model,
                "answers": proposal.rounds,
                **_spent(proposal.spend),
            }
        case NoChange():
            return {
                "outcome": "nothing_to_do",
                "exit_code": ExitCode.NOTHING_CHANGED,
                "reason": result.reason,
                **_spent(result.spend),
            }
        case Questions():
            return {
                "outcome": "questions",
                "exit_code": ExitCode.NOTHING_CHANGED,
                "reason": result.text,
                **_spent(result.spend),
            }
        case _:
            return {
                "outcome": "plan",
                "exit_code": ExitCode.DONE,
                "plan": result.plan.words,
                "plan_digest": result.plan.digest,
                "files": list(result.plan.files()),
                "model": result.model,
                **_spent(result.spend),
            }


def report_error(error: AgentError, spent: Spend | None = None) -> Report:
    """What went wrong: `error` names the kind, `reason` says it in words; `spent` is what it has come to."""
    problems = list(error.problems) if isinstance(error, EditsRefused) else []
    return {
        "outcome": "failed",
        "exit_code": code_for(error),
        "error": type(error).__name__,
        "reason": str(error),
        "cure": cure_for(error),
        "problems": problems,
        **(_spent(spent) if spent else {}),
    }


def report_interruption(branch: str = "", spent: Spend | None = None) -> Report:
    """A person or the system ended it; `branch` is what was being made just then, "" before that.

    `spent` is what it has come to, None where no model was asked.
    """
    reason = (
        f"Interrupted while {branch} was being made: look whether it is there before you ask again."
        if branch
        else "Interrupted; nothing was left behind."
    )
    return {
        "outcome": "interrupted",
        "exit_code": ExitCode.INTERRUPTED,
        "reason": reason,
        **(_spent(spent) if spent else {}),
    }


def show(result: Report, *, as_json: bool) -> int:
    """Print the report and return the exit code; a reader who has left changes nothing."""
    if as_json:
        # ASCII, so that neither the terminal's encoding nor what it might obey matters.
        write_out(f"{json.dumps(result)}\n")
    else:
        _show_text(result)
    return result["exit_code"]


def _show_text(result: Report) -> None:
    """The diff or the plan on standard output, everything about it on standard error."""
    if "diff" in result:
        _print_diff(result["diff"])
    elif "plan" in result:
        write_out(f"{printable(result['plan']).rstrip()}\n")
    if words := _words(result):
        print(printable(words), file=sys.stderr)
    if "input_tokens" in result:
        print(f"{_spend_words(result)} · {result['seconds']:.1f} s", file=sys.stderr)


def _words(result: Report) -> str:
    """What is said beside the diff or the plan, or in its place."""
    match result["outcome"]:
        case "done":
            branch = (
                f"Branch {result['branch']} ({result['commit'][:12]})" if result["branch"] else "Dry run, no branch"
            )
            return f"\n{branch}: {result['title']}\n{result['summary']}".rstrip()
        case "plan":
            return ""
        case "nothing_to_do":
            return f"Nothing to change: {result['reason']}"
        case "questions":
            return f"The model asks, before it goes on:\n{result['reason']}"
        case "interrupted":
            return result["reason"]
        case _:
            problems = "".join(f"\n  - {problem}" for problem in result["problems"])
            cure = f"\n{result['cure']}" if result["cure"] else ""
            return f"coding-agent: {result['reason']}{problems}{cure}"


def _print_diff(diff: str) -> None:
    if sys.stdout.isatty():
        Console().print(coloured_diff(diff), soft_wrap=True)
    else:
        write_out(diff)


def _spend_words(result: Report) -> str:
    spend = Spend(result["input_tokens"], result["output_tokens"], result["cost_usd"], result["estimated"])
    return f"{tokens(spend)} · cost: {cost(spend)}"


def _spent(spend: Spend) -> Report:
    return {
        "input_tokens": spend.input_tokens,
        "output_tokens": spend.output_tokens,
        "cost_usd": spend.cost_usd,
        "estimated": spend.estimated,
    }
