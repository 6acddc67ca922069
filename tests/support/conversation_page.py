"""`docs/CONVERSATION.md`, played: `python -m tests.support.conversation_page > docs/CONVERSATION.md`.

Every text on the page is what the agent wrote on a stage, so the page cannot promise what it does not write.
"""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from application.secret_gate import ScannedVcs
from domain.cancellation import Cancellation, CancelReason
from domain.continuation import CONTINUATIONS, BranchState, PullState
from domain.errors import CredentialsRefused, ForgeUnavailable, ModelUnavailable
from domain.events import Stage as WorkStage
from domain.events import StageReached
from domain.repository import Permission
from tests.fakes.secret_scanner import FakeScanner
from tests.support.stage import FIX, MAINTAINER, MISFIT, NOTHING, QUESTIONS, Stage

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

HEAD = """# What the agent writes

<!-- Made from tests/support/conversation_page.py by `make docs`; do not edit. -->

This page shows every text that the agent writes on the way from an issue to a pull request, as people see it. On top of
each comment stands a hidden marker, by which the agent finds it again, and in the status comment what has been spent. A
marker counts only on comments by the agent's own account.

1. Somebody with the permission that `MINIMUM_PERMISSION` names puts the label `ai-help` on an issue.
2. The agent reacts with 👀. That comes before anything slow: nothing is cloned yet, and no model is asked.
3. It makes its **status comment**, one for each task, and edits it in place until it holds the result.
4. It opens a **pull request**, ready for review, with the labels `ai-generated` and `quickfix`; or it asks, or says why
   there is nothing to change, or why it cannot.
5. It adds a **summary comment**, because an edit of the status comment notifies nobody. It is short, and made once.

A new comment by somebody who may ask answers the agent's questions, and the work goes on from there, on the same
branch. Any other comment on the issue is passed over in silence. Closing the issue, taking the label off or unassigning
the agent's account ends the work. After that, and after the pull request was merged or closed, labelling it again
is a new conversation with a branch of its own.
"""


def page() -> str:
    """The whole page."""
    return asyncio.run(_page())


async def _page() -> str:
    sections = [
        "## The status comment\n",
        *[await _section(name, scene, _status) for name, scene in _STATUS_SCENES.items()],
        "## The summary comment\n",
        *[await _section(name, scene, _summary) for name, scene in _SUMMARY_SCENES.items()],
        "## The pull request\n",
        await _section("Of a change made just now", _fixed, _pull_request),
        await _section("Of a commit that an earlier attempt had pushed", _fixed_in_two_attempts, _pull_request),
        _continuations(),
    ]
    return "\n".join([HEAD, *sections])


async def _section(name: str, scene: Callable[[], Awaitable[Stage]], text: Callable[[Stage], str]) -> str:
    return f"### {name}\n\n~~~markdown\n{text(await scene()).strip()}\n~~~\n"


def _status(stage: Stage) -> str:
    return _without_marks(stage.status_comments()[-1].body)


def _summary(stage: Stage) -> str:
    return _without_marks(stage.summaries()[-1])


def _pull_request(stage: Stage) -> str:
    (pull_request,) = stage.pull_requests()
    return f"# {pull_request.title}\n\n{_without_marks(pull_request.body)}"


def _without_marks(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if not line.startswith("<!-- coding-agent:"))


def _continuations() -> str:
    rows = [
        f"| **{pull}** | {' | '.join(CONTINUATIONS[branch, pull].value for branch in BranchState)} |"
        for pull in PullState
    ]
    head = f"| pull request ↓ branch → | {' | '.join(branch.value for branch in BranchState)} |"
    return "\n".join(
        [
            "## What it finds, and what it does then\n",
            "A worker may die at any moment, people push and close, a label may be set twice: so a task looks first.",
            "Nothing that people made is overwritten, and nothing is made twice.\n",
            head,
            f"|{'---|' * (len(BranchState) + 1)}",
            *rows,
            "",
        ]
    )


# -- Scenes ------------------------------------------------------------------------------------------


async def _fixed() -> Stage:
    stage = Stage(FIX)
    await stage.deliver()
    return stage


async def _fixed_in_two_attempts() -> Stage:
    stage = Stage(FIX)
    stage.forge.fail("open_pull_request", ForgeUnavailable("The forge does not answer."))
    await stage.deliver()
    await stage.clock.advance(60)
    await stage.deliver()
    return stage


async def _at_work() -> Stage:
    from application.status_comment import StatusComment  # noqa: PLC0415 - for this scene alone

    stage = Stage()
    await StatusComment(stage.forge, stage.task).record(StageReached(WorkStage.EDITING, "2 files"))
    return stage


def _answered(*answers: str | Exception) -> Callable[[], Awaitable[Stage]]:
    async def scene() -> Stage:
        stage = Stage(*answers)  # type: ignore[arg-type]
        await stage.deliver()
        return stage

    return scene


async def _may_not() -> Stage:
    stage = Stage()
    stage.forge.grant(stage.ref, MAINTAINER, Permission.TRIAGE)
    await stage.deliver()
    return stage


async def _cancelled() -> Stage:
    stage = Stage()
    await stage.queue.publish(stage.task)
    await stage.queue.cancel(stage.issue, Cancellation(MAINTAINER, stage.clock.now(), CancelReason.COMMAND))
    await stage.deliver()
    return stage


async def _already_open() -> Stage:
    stage = Stage()
    stage.forge.lay_pull_request(stage.ref, f"coding-agent/{stage.issue.number}-01234567")
    await stage.deliver()
    return stage


async def _branch_in_the_way() -> Stage:
    stage = Stage()
    stage.git.branches[stage.task.branch] = stage.git.branches["main"]
    await stage.deliver()
    return stage


async def _pull_request_in_the_way() -> Stage:
    stage = Stage()
    stage.forge.lay_pull_request(stage.ref, stage.task.branch, author="somebody")
    await stage.deliver()
    return stage


async def _secret() -> Stage:
    stage = Stage(FIX.replace("a + b", "a + b  # hunter2"))
    stage.vcs = ScannedVcs(stage.vcs, FakeScanner("hunter2"))  # type: ignore[assignment]
    await stage.deliver()
    return stage


async def _too_dear() -> Stage:
    stage = Stage()
    stage.policy = replace(stage.policy, max_tokens=100)
    await stage.deliver()
    return stage


_STATUS_SCENES: dict[str, Callable[[], Awaitable[Stage]]] = {
    "At work": _at_work,
    "Done": _fixed,
    "Questions": _answered(QUESTIONS),
    "Nothing to change": _answered(NOTHING),
    "A pull request about the issue is open": _already_open,
    "Refused: the person may not ask": _may_not,
    "Refused: the model's edits could not be used": _answered(*[MISFIT] * 3),
    "Refused: what looks like a secret": _secret,
    "Refused: over the budget": _too_dear,
    "Refused: a branch is in the way": _branch_in_the_way,
    "Refused: a pull request is in the way": _pull_request_in_the_way,
    "Tried again later": _answered(ModelUnavailable("The model server does not answer.")),
    "Failed": _answered(CredentialsRefused("The model server refuses the key: check ANTHROPIC_API_KEY.")),
    "Cancelled": _cancelled,
}
_SUMMARY_SCENES: dict[str, Callable[[], Awaitable[Stage]]] = {
    "A pull request": _fixed,
    "A question": _answered(QUESTIONS),
    "Nothing needs to change": _answered(NOTHING),
    "No pull request": _answered(*[MISFIT] * 3),
    "It could not be done": _answered(CredentialsRefused("The model server refuses the key.")),
}


if __name__ == "__main__":
    sys.stdout.write(page())
