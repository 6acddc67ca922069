"""What `solve` prints: one report, as text for people or as one JSON object."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, TypedDict

from rich.console import Console
from rich.syntax import Syntax

from application.publication import cost, tokens
from application.use_cases.solve import Solved
from application.words_alone import NoChange, Questions
from domain.conversation import Spend
from domain.errors import EditsRefused
from entrypoints.cli.exit_codes import ExitCode, code_for

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
    problems: list[str]
    error: str
    model: str
    answers: int
    input_tokens: int
    output_tokens: int
    cost_usd: float | None
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
                "plan": result.plan.text,
                "plan_digest": result.plan.digest,
                "files": list(result.plan.files),
                "model": result.model,
                **_spent(result.spend),
            }


def report_error(error: AgentError) -> Report:
    """What went wrong: `error` names the kind, `reason` says it in words."""
    problems = list(error.problems) if isinstance(error, EditsRefused) else []
    return {
        "outcome": "failed",
        "exit_code": code_for(error),
        "error": type(error).__name__,
        "reason": str(error),
        "problems": problems,
    }


def report_interruption() -> Report:
    """A person or the system ended it."""
    return {"outcome": "interrupted", "exit_code": ExitCode.INTERRUPTED}


def explain(error: AgentError) -> None:
    """The error for people, with every problem on a line of its own."""
    print(f"coding-agent: {error}", file=sys.stderr)
    for problem in error.problems if isinstance(error, EditsRefused) else ():
        print(f"  - {problem}", file=sys.stderr)


def show(result: Report, *, as_json: bool) -> int:
    """Print the report and return the exit code."""
    if as_json:
        print(json.dumps(result, ensure_ascii=False))
    else:
        _show_text(result)
    return result["exit_code"]


def _show_text(result: Report) -> None:
    """The diff or the plan on standard output, everything about it on standard error."""
    if "diff" in result:
        _print_diff(result["diff"])
        where = f"Branch {result['branch']} ({result['commit'][:12]})" if result["branch"] else "Dry run: no branch"
        print(f"\n{where}: {result['title']}\n{result['summary']}", file=sys.stderr)
    elif "plan" in result:
        print(result["plan"])
    else:
        words = "Nothing to change" if result["outcome"] == "nothing_to_do" else "Before I can go on"
        print(f"{words}: {result['reason']}", file=sys.stderr)
    print(f"{_spend_words(result)} · {result['seconds']:.1f} s", file=sys.stderr)


def _print_diff(diff: str) -> None:
    if sys.stdout.isatty():
        Console().print(Syntax(diff, "diff", background_color="default", word_wrap=True))
    else:
        sys.stdout.write(diff)


def _spend_words(result: Report) -> str:
    spend = Spend(result["input_tokens"], result["output_tokens"], result["cost_usd"])
    return f"{tokens(spend)} · cost: {cost(spend)}"


def _spent(spend: Spend) -> Report:
    return {
        "input_tokens": spend.input_tokens,
        "output_tokens": spend.output_tokens,
        "cost_usd": spend.cost_usd,
    }
