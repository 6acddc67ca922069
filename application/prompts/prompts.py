"""The prompts, one function each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.prompts.rendering import fenced, render

if TYPE_CHECKING:
    from collections.abc import Sequence

    from application.brief import Brief
    from application.context import Context


def fix_system_prompt() -> str:
    """Who the model is, its rules, and the format of its answer."""
    return render("system", answer_format=render("answer_format"))


def fix_prompt(brief: Brief, context: Context) -> str:
    """The request and the repository, for edits."""
    return render("fix", **_request(brief, context))


def repair_prompt(problems: Sequence[str]) -> str:
    """What was wrong with the answer before; the problems may quote the repository."""
    return render("repair", problems=fenced("problems", "\n".join(f"- {problem}" for problem in problems)))


def plan_system_prompt() -> str:
    """Who the model is, and what a plan is made of."""
    return render("plan_system")


def plan_prompt(brief: Brief, context: Context) -> str:
    """The request and the repository, for a plan."""
    return render("plan", **_request(brief, context))


def plan_repair_prompt(problem: str) -> str:
    """What was wrong with the plan before."""
    return render("plan_repair", problem=fenced("problem", problem))


def _request(brief: Brief, context: Context) -> dict[str, str]:
    return {
        "issue": fenced("issue", brief.text),
        "tree": fenced("tree", context.tree),
        "files": "\n\n".join(fenced(f"file {file.path}, {file.extent}", file.text) for file in context.files),
        "left_out": "\n".join(context.left_out),
    }
