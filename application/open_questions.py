"""Whether a comment answers questions of the agent's, and the task that it makes of the conversation then."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import takewhile
from typing import TYPE_CHECKING

from application.task_state import decoded
from domain.marker import CommentRole, marked_task
from domain.task import Thread, branch_prefix, comment_trigger, task_id
from domain.visible_text import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from application.ports.forge import Forge
    from domain.issue import Comment
    from domain.policy import Policy
    from domain.task import Task


@dataclass(frozen=True, slots=True)
class Resumption:
    """The task that goes on with the conversation, its text completed, and the comment that answers."""

    task: Task
    comment_id: int


async def resumed(task: Task, forge: Forge, policy: Policy) -> Resumption | None:
    """What a task of the kind `ANSWER` asks for; None where it asks for nothing.

    It counts if the agent's newest conversation about the issue ended in questions, if the comment came after them and
    is still there, and if its author may ask. Only comments by the agent's own account tell of its conversations.
    """
    own = await forge.agent_login()
    comments = await forge.comments(task.issue)
    answer = next((place for place, comment in enumerate(comments) if _is_answer(task, comment)), None)
    if answer is None or comments[answer].author == own:
        return None
    asker, branch = _asker(task, [comment for comment in comments if comment.author == own])
    questions = _questions(asker, [comment for comment in comments[:answer] if comment.author == own])
    if not questions or not policy.may_ask(await forge.permission(task.repository, task.asked_by)):
        return None
    return Resumption(replace(task, body=_with_answer(task, questions), thread=Thread(branch)), comments[answer].id)


def _is_answer(task: Task, comment: Comment) -> bool:
    return task_id(task.repository, task.issue_number, comment_trigger(comment.id)) == task.id


def _asker(task: Task, own: Sequence[Comment]) -> tuple[str, str]:
    """The task whose questions are open, and its conversation's branch; two empty texts where none are.

    What came after this task's own status comment does not count: the questions were open when that was made.
    """
    statuses = [(marked, comment) for comment in own if (marked := marked_task(CommentRole.STATUS, comment.body))]
    before = list(takewhile(lambda status: status[0] != task.id, statuses))
    if not before:
        return "", ""
    asker, comment = before[-1]
    state = decoded(comment.body)
    is_open = state.ended == "asked" and state.branch.startswith(branch_prefix(task.issue_number))
    return (asker, state.branch) if is_open else ("", "")


def _questions(asker: str, own: Sequence[Comment]) -> str:
    """What was asked, "" where it was not asked, or was taken back."""
    asked = (comment.body for comment in own if asker and marked_task(CommentRole.SUMMARY, comment.body) == asker)
    return visible(next(asked, "")).strip()


def _with_answer(task: Task, questions: str) -> str:
    return f"{task.body}\n\nThe agent asked:\n\n{questions}\n\n{task.asked_by} answered:\n\n{task.command}"
