"""What Python itself would write in its own form, as lines of the log: warnings, and errors that nobody has caught."""

from __future__ import annotations

import logging
import sys
import threading
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from types import TracebackType


def keep_last_words() -> None:
    """From now on they are lines of the log; call once a process, with logging set up."""
    logging.captureWarnings(capture=True)
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread
    sys.unraisablehook = _unraisable


def _uncaught(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    """A defect of ours, which ends the process; an interruption is none."""
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, traceback)
    else:
        structlog.get_logger("process").critical("uncaught_error", exc_info=error)


def _uncaught_in_thread(told: threading.ExceptHookArgs) -> None:
    thread = told.thread.name if told.thread else None
    structlog.get_logger("process").error("uncaught_error", thread=thread, exc_info=told.exc_value)


def _unraisable(told: sys.UnraisableHookArgs) -> None:
    """Where an object was being put away, and there was nobody to raise it to."""
    structlog.get_logger("process").error("uncaught_error", about=told.err_msg, exc_info=told.exc_value)
