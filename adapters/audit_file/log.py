"""One JSON object a line, only ever appended."""

from __future__ import annotations

import asyncio
import json
import os
from typing import TYPE_CHECKING

from application.ports.audit_log import AuditLog
from domain.errors import AuditUnavailable, InvalidInput

if TYPE_CHECKING:
    from pathlib import Path

    from domain.audit import AuditEntry

_FLAGS = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
_OWNER_ONLY = 0o600


class AuditFile(AuditLog):
    """A file that processes may share, and that may be rotated while they run.

    Every line is one write to the file, opened anew for appending, and is on the disk before anything follows from it.
    Raises `InvalidInput` when it is made and the file cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            os.close(os.open(path, _FLAGS, _OWNER_ONLY))
        except OSError as error:
            message = f"AUDIT_LOG_PATH: {path} cannot be written: {error.strerror}."
            raise InvalidInput(message) from None

    async def append(self, entry: AuditEntry) -> None:
        """Keep the entry; raises `AuditUnavailable` where the disk does not."""
        try:
            await asyncio.to_thread(self._append, _line(entry))
        except OSError as error:
            message = f"The audit log cannot be written ({error.strerror}); nothing is done without it."
            raise AuditUnavailable(message) from None

    def _append(self, line: bytes) -> None:
        file = os.open(self._path, _FLAGS, _OWNER_ONLY)
        try:
            whole = line if _ends_with_a_line(file) else b"\n" + line
            if os.write(file, whole) != len(whole):
                raise OSError(0, "only a part of the line was written")
            os.fsync(file)
        finally:
            os.close(file)


def _ends_with_a_line(file: int) -> bool:
    """Whether no half-written line is in the way."""
    size = os.fstat(file).st_size
    return not size or os.pread(file, 1, size - 1) == b"\n"


def _line(entry: AuditEntry) -> bytes:
    fields = {
        "time": entry.at.isoformat(timespec="milliseconds"),
        "actor": entry.actor,
        "action": entry.action.value,
        "repository": entry.repository,
        "issue": entry.issue,
        "task": entry.task,
        "attempt": entry.attempt,
        "digest": entry.digest,
    }
    return json.dumps(fields).encode() + b"\n"
