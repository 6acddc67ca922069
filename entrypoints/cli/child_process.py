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
_LAST_LINES = 5


class ChildProcess:
    """`coding-agent COMMAND`, logging JSON lines that are kept in a file and handed out one by one."""

    def __init__(self, command: str, process: asyncio.subprocess.Process, log_path: Path) -> None:
        self.command = command
        self.log_path = log_path
        self._process = process
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    async def keep_log(self, log: TextIO) -> None:
        """Copy what the process writes until it ends; the pipe must never be full."""
        stream = self._process.stderr
        while stream is not None and (raw := await stream.readline()):
            line = raw.decode(errors="replace")
            log.write(line)
            log.flush()
            self._lines.put_nowait(line)
        self._lines.put_nowait(None)

    async def entries(self) -> AsyncIterator[dict[str, object]]:
        """Each log line as it is written; raises `PermanentError` with the last ones when the process ends."""
        last: list[str] = []
        while (line := await self._lines.get()) is not None:
            last = [*last[1 - _LAST_LINES :], line.strip()]
            with contextlib.suppress(ValueError):
                yield json.loads(line)
        message = f"The {self.command} ended by itself. Its last words ({self.log_path}): {' / '.join(last)}"
        raise PermanentError(message)

    def signal(self, number: int) -> None:
        """Send it a signal."""
        self._process.send_signal(number)

    async def exit_code(self, *, within_seconds: float) -> int:
        """Wait for its end; raises `TimeoutError`."""
        async with asyncio.timeout(within_seconds):
            return await self._process.wait()

    async def stop(self) -> None:
        """Ask it to stop, and end it where that takes too long."""
        if self._process.returncode is None:
            self._process.terminate()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_STOP_SECONDS):
                await self._process.wait()
                return
        self._process.kill()
        await self._process.wait()


@contextlib.asynccontextmanager
async def started(
    command: str, environment: Mapping[str, str], folder: Path, *options: str
) -> AsyncIterator[ChildProcess]:
    """Start it with this environment alone; it is stopped at the end, whatever happens."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",  # whatever lies in the current folder must not be taken for the agent
        "-m",
        "entrypoints.cli.main",
        command,
        *options,
        stderr=asyncio.subprocess.PIPE,
        stdin=asyncio.subprocess.DEVNULL,
        env=dict(environment),
        # A Ctrl-C on the terminal reaches the demo alone, which then stops its children in order.
        start_new_session=True,
    )
    log_path = folder / f"{command}.log"
    child = ChildProcess(command, process, log_path)
    with log_path.open("w", encoding="utf-8") as log:
        keeping = asyncio.create_task(child.keep_log(log))
        try:
            yield child
        finally:
            await child.stop()
            await keeping
