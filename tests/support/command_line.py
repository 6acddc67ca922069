"""`coding-agent` as a person starts it: a process of its own, in a folder, on a terminal or not."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import pty
import struct
import sys
import termios
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import Mapping
    from pathlib import Path

SECONDS = 60.0
"""The longest that any of these processes may take."""


@dataclass(frozen=True, slots=True)
class Ended:
    """What a process left: its exit code and what it printed."""

    code: int
    out: str
    err: str

    def json(self) -> dict[str, Any]:
        """The one object on standard output, with nothing beside it."""
        assert self.out.count("\n") == 1
        assert not self.err
        value: dict[str, Any] = json.loads(self.out)
        assert value["exit_code"] == self.code
        return value


@dataclass(frozen=True)
class CommandLine:
    """A person's shell: the folder that they are in, and the variables that they have set."""

    folder: Path
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """What the process sees; nothing of the machine's but the search path."""
        own = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "WORK_PATH": str(self.folder / "work")}
        return {**own, **self.settings}

    def left_behind(self) -> list[str]:
        """What lies in the folder for temporary clones."""
        work = self.folder / "work"
        return sorted(path.name for path in work.iterdir()) if work.exists() else []

    async def run(self, *arguments: str, stdin: bytes = b"", cwd: Path | None = None) -> Ended:
        """Run it to its end."""
        process = await self.start(*arguments, cwd=cwd)
        return await ended(process, stdin)

    async def start(
        self, *arguments: str, cwd: Path | None = None, out: int | None = None, err: int | None = None
    ) -> Process:
        """Start it; what it prints goes into pipes, unless a descriptor is given."""
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "entrypoints.cli.main", *arguments),
            cwd=cwd or self.folder,
            env=self.environment,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE if out is None else out,
            stderr=asyncio.subprocess.PIPE if err is None else err,
        )

    async def on_terminal(self, *arguments: str, columns: int = 100, out: int | None = None) -> tuple[int, str]:
        """Run it on a terminal (standard error alone with `out`); its exit code, and what the terminal was sent."""
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        command = CommandLine(self.folder, {"TERM": "xterm-256color", **self.settings})
        process = await command.start(*arguments, out=theirs if out is None else out, err=theirs)
        os.close(theirs)
        shown = await asyncio.to_thread(_all_of, ours)
        async with asyncio.timeout(SECONDS):
            return await process.wait(), shown


async def ended(process: Process, stdin: bytes = b"") -> Ended:
    """The process, once it has ended; it is not left alone if it does not."""
    try:
        async with asyncio.timeout(SECONDS):
            out, err = await process.communicate(stdin)
    finally:
        if process.returncode is None:
            process.kill()
    assert process.returncode is not None
    return Ended(process.returncode, (out or b"").decode(), (err or b"").decode())


def _all_of(terminal: int) -> str:
    """Everything up to the moment when nobody holds the other side any more, which Linux tells by an error."""
    pieces = []
    try:
        while piece := os.read(terminal, 65536):
            pieces.append(piece)
    except OSError:
        pass
    finally:
        os.close(terminal)
    return b"".join(pieces).decode()
