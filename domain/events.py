"""What happens while a task is worked on, for whoever listens: the status comment, a terminal, logs, telemetry."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from domain.conversation import Spend
    from domain.outcome import Outcome


class Stage(StrEnum):
    """Where the work stands, in order."""

    READING = "reading"
    THINKING = "thinking"
    EDITING = "editing"
    CHECKING = "checking"
    OPENING = "opening"


@dataclass(frozen=True, slots=True)
class AttemptStarted:
    """Work on a task began; `attempt` counts from 1."""

    attempt: int


@dataclass(frozen=True, slots=True)
class StageReached:
    """The work entered a stage; `detail` is one short line."""

    stage: Stage
    detail: str = ""


@dataclass(frozen=True, slots=True)
class FilesChosen:
    """The files whose text the model is shown, best first, and how many files the repository has."""

    paths: tuple[str, ...]
    of: int


@dataclass(frozen=True, slots=True)
class ModelAsked:
    """A request goes to the model; `estimate` is what it may cost at most, `round` counts from 1.

    `committed` is the task's spend if no answer comes: what was asked before, and this prompt by estimate.
    """

    model: str
    round: int
    estimate: Spend
    committed: Spend


@dataclass(frozen=True, slots=True)
class ModelWriting:
    """The model's answer grows; `characters` so far, and `committed` is the task's spend if it stopped here."""

    characters: int
    committed: Spend


@dataclass(frozen=True, slots=True)
class ModelFailed:
    """A request to the model came to nothing, for `reason`; `total` is the task's spend all the same.

    `again_in_seconds` is the pause until the next one, None where there is none.
    """

    model: str
    reason: str
    total: Spend
    again_in_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class ModelReplied:
    """The model answered; `total` is the task's spend so far, over all its attempts."""

    model: str
    spend: Spend
    total: Spend


@dataclass(frozen=True, slots=True)
class EditsChecked:
    """An answer's edits were tried: on how many files, and how many problems that met; with none they are taken."""

    files: int
    problems: int


@dataclass(frozen=True, slots=True)
class EditsReturned:
    """The model's edits could not be used and went back to it, with these reasons."""

    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BranchPushed:
    """The commit is on the branch."""

    branch: str
    commit: str


@dataclass(frozen=True, slots=True)
class PullRequestOpened:
    """The pull request is there; `url` is where a person reads it. A `draft` holds a plan that waits for people."""

    number: int
    url: str
    draft: bool = False


@dataclass(frozen=True, slots=True)
class PlanApproved:
    """A person's approval of a plan counts; `digest` is that of its words."""

    by: str
    digest: str


@dataclass(frozen=True, slots=True)
class AttemptEnded:
    """Work on a task ended, for now or for good; `seconds` is what this attempt took."""

    outcome: Outcome
    seconds: float


Event = (
    AttemptStarted
    | StageReached
    | FilesChosen
    | ModelAsked
    | ModelWriting
    | ModelFailed
    | ModelReplied
    | EditsChecked
    | EditsReturned
    | BranchPushed
    | PullRequestOpened
    | PlanApproved
    | AttemptEnded
)
