"""The hidden first line of the agent's comments: which role a comment has, for which task."""

from __future__ import annotations

import re
from enum import StrEnum

PREFIX = "<!-- coding-agent:"
"""What all of the agent's markers begin with; nobody else's words may hold it where the agent publishes them."""
_ISSUE = re.compile(rf"{PREFIX}issue ([1-9][0-9]{{0,11}}) -->")
_MARKER = re.compile(rf"{PREFIX}([a-z]+) ([0-9a-f]{{64}}) -->")


class CommentRole(StrEnum):
    """`STATUS` says how things stand and is edited in place; `SUMMARY` says at the end what came of it."""

    STATUS = "status"
    SUMMARY = "summary"


def marker(role: CommentRole, task_id: str) -> str:
    """The marker of one task's comment; it counts only on a comment by the agent's own account."""
    return f"{PREFIX}{role} {task_id} -->"


def marked_task(role: CommentRole, body: str) -> str:
    """The id of the task whose comment of this role it is, "" for none: the marker is the comment's first line."""
    found = _MARKER.match(body)
    return found[2] if found and found[1] == role else ""


def issue_mark(number: int) -> str:
    """Hidden in a pull request's text: the issue that it is about, for whoever hears of the pull request alone."""
    return f"{PREFIX}issue {number} -->"


def marked_issue(text: str) -> int | None:
    """The issue that a pull request says it is about. Anybody may have written that: the branch has to bear it out."""
    found = _ISSUE.search(text)
    return int(found[1]) if found else None


def carries_marker(text: str) -> bool:
    """Whether a text holds any marker, genuine or forged."""
    return PREFIX in text
