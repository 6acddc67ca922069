"""A process of the agent's own, started by the demo, whose log is read while it runs."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from typing import TYPE_CHECKING, TextIO

from domain.errors import PermanentError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

_STOP_SECONDS = 10.0


class ChildProcess:
    """`coding-agent COMMAND`, logging JSON lines that are kept in a file and handed out one by one."""

    def __init__(self, command: str, process: asyncio.subprocess.Process, log_path: Path, log: TextIO) -> None:
        self.command = command
        self.log_path = log_path
        self._process = process
        self._log = log

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    async def entries(self) -> AsyncIterator[dict[str, object]]:
        """Each log line as it is written; raises `PermanentError` with the last ones when the process ends."""
        assert self._process.stderr is not None  # noqa: S101 - it was started with a pipe
        last: list[str] = []
        async for raw in self._process.stderr:
            line = raw.decode(errors="replace")
            self._log.write(line)
            self._log.flush()
            last = [*last[-4:], line.strip()]
            with contextlib.suppress(ValueError):
                yield json.loads(line)
        message = f"The {self.command} ended by itself. Its last words ({self.log_path}): {' / '.join(last)}"
        raise PermanentError(message)

    async def stop(self) -> None:
        """Ask it to stop, and end it where that takes too long."""
        if self._process.returncode is None:
            self._process.terminate()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_STOP_SECONDS):
                    await self._process.communicate()
        if self._process.returncode is None:
            self._process.kill()
            await self._process.wait()


@contextlib.asynccontextmanager
async def started(command: str, environment: Mapping[str, str], folder: Path) -> AsyncIterator[ChildProcess]:
    """Start it with this environment alone; it is stopped at the end, whatever happens."""
    log_path = folder / f"{command}.log"
    with log_path.open("w", encoding="utf-8") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",  # whatever lies in the current folder must not be taken for the agent
            "-m",
            "entrypoints.cli.main",
            command,
            stderr=asyncio.subprocess.PIPE,
            stdin=asyncio.subprocess.DEVNULL,
            env=dict(environment),
            # A Ctrl-C on the terminal reaches the demo alone, which then stops its children in order.
            start_new_session=True,
        )
        child = ChildProcess(command, process, log_path, log)
        try:
            yield child
        finally:
            await child.stop()
