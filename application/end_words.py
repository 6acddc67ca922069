"""Errors as the ends that they lead to, in words that may be published."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from domain.errors import (
    AnswerUnusable,
    BudgetExceeded,
    ConfigurationRefused,
    EditsRefused,
    PermanentError,
    PermissionRefused,
    SecretFound,
)
from domain.model_text import harmless
from domain.outcome import Done, Failed, Refused

if TYPE_CHECKING:
    from application.task_state import TaskState
    from domain.outcome import Outcome
    from domain.task import Task

_log = logging.getLogger(__name__)

_PROBLEMS_TOLD = 10
_LONGEST_REASON = 2_000
_REFUSALS = (AnswerUnusable, BudgetExceeded, ConfigurationRefused, PermissionRefused, SecretFound)


def ended_before(state: TaskState) -> Outcome:
    """An earlier attempt told the result and died before it could say so to the queue."""
    return Failed(state.reason) if state.ended == "failed" else Done("told by an earlier attempt")


def ended_by(task: Task, error: Exception) -> Refused | Failed:
    """What cannot be done, in the error's own words; a mistake of ours goes into the log."""
    match error:
        case EditsRefused():
            return Refused(_with_problems(error))
        case PermanentError() if isinstance(error, _REFUSALS):
            return Refused(words(error))
        case PermanentError():
            return Failed(words(error))
    _log.error("task %s ended in a mistake of the agent's own", task.id, exc_info=error)
    return Failed(f"The agent itself made a mistake ({type(error).__name__}); the worker's log has the details.")


def words(error: Exception) -> str:
    """The error's words, fit to be published, and short enough to be kept in a task's history."""
    text = harmless(str(error))
    return text if len(text) <= _LONGEST_REASON else f"{text[:_LONGEST_REASON]}…"


def _with_problems(error: EditsRefused) -> str:
    told = [f"- {harmless(problem)}" for problem in error.problems[:_PROBLEMS_TOLD]]
    more = len(error.problems) - len(told)
    return "\n".join([words(error), "", *told, *([f"- and {more} more"] if more else [])])
