"""What the command's exit code means."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from domain.errors import (
    AnswerUnusable,
    BudgetExceeded,
    CredentialsRefused,
    EditsRefused,
    PermissionRefused,
    PushRefused,
    SecretFound,
    TransientError,
)

if TYPE_CHECKING:
    from domain.errors import AgentError


class ExitCode(IntEnum):
    """The codes, as the documentation lists them."""

    DONE = 0
    NOTHING_CHANGED = 1
    USAGE = 2
    TRANSIENT = 3
    REFUSED = 4
    INTERRUPTED = 130


_CODES: tuple[tuple[type[AgentError], ExitCode], ...] = (
    (TransientError, ExitCode.TRANSIENT),
    (EditsRefused, ExitCode.NOTHING_CHANGED),
    (AnswerUnusable, ExitCode.NOTHING_CHANGED),
    (CredentialsRefused, ExitCode.REFUSED),
    (PermissionRefused, ExitCode.REFUSED),
    (PushRefused, ExitCode.REFUSED),
    (BudgetExceeded, ExitCode.REFUSED),
    (SecretFound, ExitCode.REFUSED),
)


def code_for(error: AgentError) -> ExitCode:
    """The exit code for an error; what is in none of the other groups lies in what was asked, or in the settings."""
    return next((code for kind, code in _CODES if isinstance(error, kind)), ExitCode.USAGE)
