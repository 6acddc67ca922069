"""A task as bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from domain.task import Task


class TaskCodec(Protocol):
    """How a task crosses from one process to another; `decode(encode(task)) == task`."""

    def encode(self, task: Task) -> bytes:
        """The task as bytes; raises `InvalidInput` for one that cannot be carried (too large, not text)."""

    def decode(self, data: bytes) -> Task:
        """The task that the bytes hold; raises `InvalidInput` for bytes that hold none this version can read."""
