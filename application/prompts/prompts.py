"""The prompts, one function each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.prompts.rendering import fenced, render
from domain.visible_text import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from application.brief import Brief, Remark
    from application.discussion import Discussion
    from application.guidance import ShownGuidance
    from application.reading import Material


def fix_system_prompt(*, whole_files: bool = False) -> str:
    """Who the model is, its rules, and the format of its answer: blocks of lines, or whole files."""
    return render("system", answer_format=render("answer_format_whole" if whole_files else "answer_format"))


def fix_prompt(brief: Brief, material: Material) -> str:
    """The request and the repository, for edits."""
    return render("fix", **_request(brief, material), agreed=_agreed(brief), template=_template(material.guidance))


def repair_prompt(problems: Sequence[str], *, again: bool = False) -> str:
    """What was wrong with the answer before; the problems may quote the repository.

    `again`: it is what was wrong with the one before that, too, and whole files are asked for.
    """
    return render(
        "repair_whole" if again else "repair",
        problems=fenced("problems", "\n".join(f"- {problem}" for problem in problems)),
    )


def continue_prompt() -> str:
    """That the answer was cut off, and where to go on."""
    return render("continue")


def plan_system_prompt() -> str:
    """Who the model is, and what a plan is made of."""
    return render("plan_system")


def plan_prompt(brief: Brief, material: Material) -> str:
    """The request and the repository, for a plan."""
    return render("plan", **_request(brief, material), before=_before(brief))


def plan_repair_prompt(problem: str) -> str:
    """What was wrong with the plan before."""
    return render("plan_repair", problem=fenced("problem", problem))


def rank_system_prompt() -> str:
    """Who the model is when it looks at the ranking of files, and how it answers."""
    return render("rank_system")


def rank_prompt(brief: Brief, files: Sequence[str]) -> str:
    """The request and the best files, a line each with what the file defines."""
    return render("rank", issue=fenced("issue", brief.text), files=fenced("files", "\n".join(files)))


def _agreed(brief: Brief) -> str:
    """What people who may decide have said; nothing for a change that nobody has talked about yet."""
    parts = []
    if brief.plan:
        parts.append(render("approved_plan", plan=fenced("plan", visible(brief.plan.words))))
    if brief.remarks:
        parts.append(render("review", remarks="\n\n".join(map(_remark, enumerate(brief.remarks, 1)))))
    return "".join(f"\n\n{part.strip()}" for part in parts) + _wishes(brief)


def _wishes(brief: Brief) -> str:
    """What a person who may decide wrote behind the command; nothing where they wrote nothing."""
    if not brief.wishes:
        return ""
    return f"\n\n{render('wishes', wishes=fenced('wishes', visible(brief.wishes))).strip()}"


def _before(brief: Brief) -> str:
    """The plan that a new one takes the place of, and what was wanted otherwise."""
    if brief.plan is None:
        return _wishes(brief)
    wishes = fenced("wishes", visible(brief.wishes) or "(nothing was said)")
    return f"\n\n{render('revise_plan', plan=fenced('plan', visible(brief.plan.words)), wishes=wishes).strip()}"


def _remark(numbered: tuple[int, Remark]) -> str:
    number, remark = numbered
    place = f" on {remark.path}" + (f", line {remark.line}" if remark.line else "") if remark.path else ""
    text = visible(remark.text) + (f"\n\nIt is about these lines:\n{remark.hunk}" if remark.hunk else "")
    return fenced(f"remark R{number}{place}", text)


def _request(brief: Brief, material: Material) -> dict[str, str]:
    context = material.context
    left_out = (*context.left_out, *material.guidance.left_out, *material.discussion.left_out)
    return {
        "issue": fenced("issue", brief.text),
        "comments": _comments(material.discussion),
        "guidance": _guidance(material.guidance),
        "tree": fenced("tree", context.tree),
        "files": "\n\n".join(fenced(f"file {file.path}, {file.extent}", file.text) for file in context.files),
        "left_out": "\n".join(left_out),
    }


def _comments(discussion: Discussion) -> str:
    if not discussion.said:
        return ""
    comments = (
        fenced(f"comment {number} by {said.author}", said.text) for number, said in enumerate(discussion.said, 1)
    )
    return _part("comments", comments="\n\n".join(comments))


def _guidance(guidance: ShownGuidance) -> str:
    if not guidance.files:
        return ""
    files = (fenced(f"instructions {file.path}", file.text) for file in guidance.files)
    return _part("guidance", files="\n\n".join(files))


def _template(guidance: ShownGuidance) -> str:
    shown = guidance.template
    return _part("template", template=fenced(f"template {shown.path}", shown.text)) if shown else ""


def _part(name: str, **values: str) -> str:
    """A part of a prompt that may be absent: set off by an empty line from what stands before it."""
    return f"\n\n{render(name, **values).strip()}"
