"""The conversation about one issue as a state machine: which command does what, where it stands.

    idle ──/plan──▶ planned ──/approve──▶ ready ──merged, closed──▶ idle
      │              │  ▲ /revise │          │ ▲
      │              │  └─────────┘          │ │ /fix, a review that requests changes
      │              └─/reject, /cancel──▶ idle└─┘
      └──/fix──▶ ready

The state is never stored: it is read off the forge, where people change it too.
"""

from __future__ import annotations

from enum import StrEnum

from domain.task import TaskKind


class DialogueState(StrEnum):
    """How the conversation stands.

    `IDLE`: no pull request of the agent's about the issue is open. `PLANNED`: a draft is open, and its plan waits for
    people. `READY`: a pull request is open for review.
    """

    IDLE = "idle"
    PLANNED = "planned"
    READY = "ready"


class CommandName(StrEnum):
    """The commands that people give, each the first word of a comment after a slash."""

    PLAN = "plan"
    FIX = "fix"
    APPROVE = "approve"
    REVISE = "revise"
    REJECT = "reject"
    RETRY = "retry"
    CANCEL = "cancel"
    STATUS = "status"
    HELP = "help"


class NotNow(StrEnum):
    """Why a command does nothing where the conversation stands."""

    PLAN_IS_WAITING = "plan_is_waiting"
    NO_PLAN = "no_plan"
    PULL_REQUEST_IS_OPEN = "pull_request_is_open"


_IDLE, _PLANNED, _READY = DialogueState.IDLE, DialogueState.PLANNED, DialogueState.READY

_STEPS: dict[CommandName, dict[DialogueState, TaskKind | NotNow]] = {
    CommandName.PLAN: {
        _IDLE: TaskKind.PLAN,
        _PLANNED: NotNow.PLAN_IS_WAITING,
        _READY: NotNow.PULL_REQUEST_IS_OPEN,
    },
    CommandName.FIX: {_IDLE: TaskKind.QUICKFIX, _PLANNED: NotNow.PLAN_IS_WAITING, _READY: TaskKind.FOLLOW_UP},
    CommandName.APPROVE: {_IDLE: NotNow.NO_PLAN, _PLANNED: TaskKind.EXECUTE, _READY: NotNow.PULL_REQUEST_IS_OPEN},
    CommandName.REVISE: {_IDLE: NotNow.NO_PLAN, _PLANNED: TaskKind.REVISE, _READY: NotNow.PULL_REQUEST_IS_OPEN},
    CommandName.REJECT: {_IDLE: NotNow.NO_PLAN, _PLANNED: TaskKind.REJECT, _READY: NotNow.PULL_REQUEST_IS_OPEN},
    CommandName.RETRY: dict.fromkeys(DialogueState, TaskKind.RETRY),
    CommandName.CANCEL: dict.fromkeys(DialogueState, TaskKind.CANCEL),
    CommandName.STATUS: dict.fromkeys(DialogueState, TaskKind.STATUS),
    CommandName.HELP: dict.fromkeys(DialogueState, TaskKind.HELP),
}


def step(command: CommandName, state: DialogueState) -> TaskKind | NotNow:
    """What a command asks for in a state, or why it does nothing there."""
    return _STEPS[command][state]
