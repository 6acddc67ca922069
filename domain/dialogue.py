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


class Step(StrEnum):
    """What is done for a command."""

    PLAN = "plan"
    FIX = "fix"
    EXECUTE = "execute"
    REVISE = "revise"
    REJECT = "reject"
    FOLLOW_UP = "follow_up"
    RETRY = "retry"
    CANCEL = "cancel"
    STATUS = "status"
    HELP = "help"


_IDLE, _PLANNED, _READY = DialogueState.IDLE, DialogueState.PLANNED, DialogueState.READY

_STEPS: dict[CommandName, dict[DialogueState, Step | NotNow]] = {
    CommandName.PLAN: {_IDLE: Step.PLAN, _PLANNED: NotNow.PLAN_IS_WAITING, _READY: NotNow.PULL_REQUEST_IS_OPEN},
    CommandName.FIX: {_IDLE: Step.FIX, _PLANNED: NotNow.PLAN_IS_WAITING, _READY: Step.FOLLOW_UP},
    CommandName.APPROVE: {_IDLE: NotNow.NO_PLAN, _PLANNED: Step.EXECUTE, _READY: NotNow.PULL_REQUEST_IS_OPEN},
    CommandName.REVISE: {_IDLE: NotNow.NO_PLAN, _PLANNED: Step.REVISE, _READY: NotNow.PULL_REQUEST_IS_OPEN},
    CommandName.REJECT: {_IDLE: NotNow.NO_PLAN, _PLANNED: Step.REJECT, _READY: NotNow.PULL_REQUEST_IS_OPEN},
    CommandName.RETRY: dict.fromkeys(DialogueState, Step.RETRY),
    CommandName.CANCEL: dict.fromkeys(DialogueState, Step.CANCEL),
    CommandName.STATUS: dict.fromkeys(DialogueState, Step.STATUS),
    CommandName.HELP: dict.fromkeys(DialogueState, Step.HELP),
}


def step(command: CommandName, state: DialogueState) -> Step | NotNow:
    """What a command asks for in a state, or why it does nothing there."""
    return _STEPS[command][state]
