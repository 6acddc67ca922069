"""The task: what one event asks of the agent. It is the message that gateway and worker share."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from domain.issue import IssueKey

if TYPE_CHECKING:
    from domain.repository import RepositoryRef

SCHEMA_VERSION = 1
BRANCH_PREFIX = "coding-agent/"
_BRANCH = re.compile(rf"{BRANCH_PREFIX}([1-9][0-9]{{0,11}})-[0-9a-f]{{8}}")
LONGEST_TEXT = 131_072
"""Characters of title and body together: twice what GitHub lets people write, and little enough for any queue."""


class TaskKind(StrEnum):
    """What is asked; `START` leaves the mode open until the task is taken (labels or the default decide).

    `ANSWER` is a comment that goes on with the work if questions of the agent's are open, and is nothing otherwise.
    """

    START = "start"
    ANSWER = "answer"
    QUICKFIX = "quickfix"
    PLAN = "plan"
    COMMAND = "command"
    REVIEW = "review"
    TIDY = "tidy"


BEGIN_OR_GO_ON = frozenset({TaskKind.START, TaskKind.ANSWER, TaskKind.QUICKFIX, TaskKind.PLAN})
"""What begins a conversation, or answers its questions: there is one at a time, and its end is told by a new comment.

A command does what the conversation allows, and is answered by its status comment alone, which is new then."""


class Mode(StrEnum):
    """The two ways to answer an issue; the values are also the labels that choose them."""

    QUICKFIX = "quickfix"
    PLAN = "plan"


@dataclass(frozen=True, slots=True)
class Thread:
    """The conversation about an issue that this task goes on with: its branch, and its plan where one exists."""

    branch: str
    plan_digest: str = ""


@dataclass(frozen=True, slots=True)
class Asking:
    """Where a person asked in words: the number of the issue or pull request, and the comment's or the review's id.

    The other of the two ids is 0, but where a comment asks for a review's work again.
    """

    number: int
    comment_id: int = 0
    review_id: int = 0
    on_pull_request: bool = False


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt that ended without a result: when, and why, in one line."""

    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Task:
    """One request, as it stood in the event that made it.

    `title`, `body` and `command` are the event's text, kept because the author may edit the issue after a maintainer
    has asked for the work; of a `TIDY`, `command` is the `CancelReason`. `asked_at` is UTC. `history`
    lists earlier attempts, oldest first. `by_operator`: whoever runs the agent has asked, at the machine and not on the
    forge, which then is not asked whether they may.
    `asked_in`: the words in which somebody asked, None where a label, an assignment or an operator did.
    `traceparent` is the trace that the event belongs to, as W3C's Trace Context writes it; "" where there is none.
    """

    id: str
    kind: TaskKind
    repository: RepositoryRef
    issue_number: int
    asked_by: str
    asked_at: datetime
    title: str
    body: str
    command: str = ""
    thread: Thread | None = None
    history: tuple[Attempt, ...] = ()
    delivery: str = ""
    by_operator: bool = False
    asked_in: Asking | None = None
    traceparent: str = ""
    version: int = SCHEMA_VERSION

    @property
    def issue(self) -> IssueKey:
        """The issue that the task is about."""
        return IssueKey(self.repository, self.issue_number)

    @property
    def place(self) -> IssueKey:
        """Where it was asked, and is answered: the issue, or the pull request that the words stand on."""
        return IssueKey(self.repository, self.asked_in.number) if self.asked_in else self.issue

    @property
    def request_digest(self) -> str:
        """64 hexadecimal digits over what was asked for: title, body and command as they stood in the event."""
        return hashlib.sha256(f"{self.title}\0{self.body}\0{self.command}".encode(errors="surrogatepass")).hexdigest()

    @property
    def branch(self) -> str:
        """The branch of the task's conversation: an inherited one, or one named after this first task."""
        return self.thread.branch if self.thread else f"{branch_prefix(self.issue_number)}{self.id[:8]}"


def start_trigger(issue_updated_at: str) -> str:
    """The trigger of a start: the issue's `updated_at` of that moment, the same in every redelivery.

    However it is spelled: who finds on the forge when the label was set comes to the same trigger as the webhook.
    """
    try:
        moment = datetime.fromisoformat(issue_updated_at)
        moment = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return f"start:{issue_updated_at}"
    return f"start:{moment.isoformat().replace('+00:00', 'Z')}"


def comment_trigger(comment_id: int) -> str:
    """The trigger that a comment is, whatever becomes of its text."""
    return f"comment:{comment_id}"


def review_trigger(review_id: int) -> str:
    """The trigger that a review is."""
    return f"review:{review_id}"


def task_id(repository: RepositoryRef, issue_number: int, trigger: str) -> str:
    """The id of the task that a trigger asks for: the same trigger gives the same id, whatever its kind.

    `trigger` is `comment_trigger(...)` or `start_trigger(...)`. 64 hexadecimal digits.
    """
    parts = (repository.forge, str(repository.id), str(issue_number), trigger)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def branch_prefix(issue_number: int) -> str:
    """What the names of all the agent's branches for an issue begin with."""
    return f"{BRANCH_PREFIX}{issue_number}-"


def issue_of_branch(branch: str) -> int | None:
    """The issue that a branch of the agent's is about; None for any other branch."""
    found = _BRANCH.fullmatch(branch)
    return int(found[1]) if found else None
