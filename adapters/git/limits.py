"""How much of a repository is taken in, and how long that may take."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GitLimits:
    """The bounds of one workspace.

    `max_files` counts the paths of the tree, `max_bytes` what one fetch may receive. `timeout_seconds` bounds each
    operation as a whole, `stall_seconds` the wait for a connection or for the next byte; the latter holds for the
    whole process, because libgit2 keeps one such setting.
    """

    max_files: int = 100_000
    max_bytes: int = 1024**3
    timeout_seconds: float = 300.0
    stall_seconds: float = 30.0


DEFAULT_LIMITS = GitLimits()
