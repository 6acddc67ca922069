"""A word to a thread that nobody waits for it any more."""

from __future__ import annotations

import threading


class Stopped(Exception):
    """The thread heeded the word. Whoever waited has gone, so nobody sees this."""


class Stop:
    """Set by the event loop, asked by the thread between its steps and from libgit2's callbacks."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def set(self) -> None:
        """Ask the thread to end; it may be asked more than once."""
        self._event.set()

    def check(self) -> None:
        """Raise `Stopped` if the thread should end."""
        if self._event.is_set():
            raise Stopped
