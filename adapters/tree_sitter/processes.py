"""The parsing processes, from the agent's side.

    processes = ParsingProcesses()
    answers = await processes.run("outline", [(path, content), ...], Decoder(Outline), file_seconds=2)

What may be asked for is listed in `child.FUNCTIONS`.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import time
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

import msgspec

from adapters.tree_sitter.confinement import Confinement
from adapters.tree_sitter.frames import LENGTH, LONGEST_ANSWER, Answer, Request, framed, path_bytes
from domain.errors import ParserUnavailable

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import AsyncIterator, Sequence

    from msgspec.msgpack import Decoder

_log = logging.getLogger(__name__)

Result = TypeVar("Result")

_START_SECONDS = 60.0
_NEEDED_BY_THE_LOADER = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")


class Loss(StrEnum):
    """Why a file has no answer."""

    CRASHED = "the parser crashed"
    TOO_SLOW = "the parser took too long"
    FAILED = "the parser failed"


@dataclass(frozen=True, slots=True)
class Limits:
    """What parsing may use. Seconds are of the clock, but for the processor time, which follows from them.

    `call_seconds`: for all files of one call together. `life_seconds`: after so long a process is replaced by a fresh
    one, so that what one repository may have done to it does not last.
    """

    memory_bytes: int = 1 << 30
    call_seconds: float = 60.0
    life_seconds: float = 60.0

    def confinement(self) -> Confinement:
        """What a process is held to: it may work for a whole life, and for a call begun at the end of it."""
        return Confinement(self.memory_bytes, int(self.life_seconds + self.call_seconds) + 1)


class ParsingProcesses:
    """Up to `size` processes without secrets that parse files; they are started when first needed.

    A file on which a process dies, or that takes too long, is lost; the files behind it go to a fresh process. An
    instance belongs to one event loop; `aclose` it.
    """

    def __init__(self, *, size: int = 2, limits: Limits = Limits(), module: str = "adapters.tree_sitter.child") -> None:
        self._limits = limits
        self._module = module
        self._turns = asyncio.Semaphore(size)
        self._free: list[_Child] = []

    async def run(
        self, function: str, files: Sequence[tuple[str, bytes]], decoder: Decoder[Result], *, file_seconds: float
    ) -> list[Result | Loss]:
        """The function's result for each file (path and content), in order, or why there is none.

        Raises `ParserUnavailable` when no process can be started.
        """
        until = time.monotonic() + self._limits.call_seconds
        requests = [framed(Request(function, path_bytes(path), content)) for path, content in files]
        answers: list[msgspec.Raw | Loss] = []
        async with self._turns:
            while len(answers) < len(files) and time.monotonic() < until:
                answers += await self._answers(requests[len(answers) :], file_seconds, until)
        answers += [Loss.TOO_SLOW] * (len(files) - len(answers))
        results: list[Result | Loss] = []
        for (path, _), answer in zip(files, answers, strict=True):
            result = _decoded(answer, decoder)
            if isinstance(result, Loss):
                _log.warning("%s on %r (%s)", result.value, path, function)
            results.append(result)
        return results

    async def aclose(self) -> None:
        """End the processes."""
        while self._free:
            await self._free.pop().end()

    async def _answers(self, requests: list[bytes], file_seconds: float, until: float) -> list[msgspec.Raw | Loss]:
        """Answers for the first requests; if not for all, the last one is the loss that ended the process."""
        answers: list[msgspec.Raw | Loss] = []
        async with self._child() as child:
            child.send(requests)
            while len(answers) < len(requests) and child.alive:
                answers.append(await child.answer(min(file_seconds, until - time.monotonic())))
        return answers

    @asynccontextmanager
    async def _child(self) -> AsyncIterator[_Child]:
        """A process; it is kept for the next call if all it was asked for has been answered."""
        child = await self._young_child()
        try:
            yield child
        except BaseException:
            await child.end()
            raise
        if child.alive:
            self._free.append(child)
        else:
            await child.end()

    async def _young_child(self) -> _Child:
        while self._free:
            child = self._free.pop()
            if time.monotonic() < child.started + self._limits.life_seconds:
                return child
            await child.end()
        return await _started(self._module, self._limits.confinement())


async def _started(module: str, confinement: Confinement) -> _Child:
    """A process that is ready."""
    try:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-P", "-B", "-X", "utf8", "-m", module, *confinement.arguments()),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={name: os.environ[name] for name in _NEEDED_BY_THE_LOADER if name in os.environ},
            cwd="/",
            start_new_session=True,  # a Ctrl-C on the terminal is for the agent, which then ends its children
        )
    except OSError as error:
        message = f"No process could be started to parse files in: {error.strerror}."
        raise ParserUnavailable(message) from None
    child = _Child(process)
    try:
        ready = await child.answer(_START_SECONDS)
    except BaseException:
        await child.end()
        raise
    if isinstance(ready, Loss):
        await child.end()
        message = f"The process to parse files in ended at once (exit code {process.returncode})."
        raise ParserUnavailable(message)
    return child


class _Child:
    """One process. `alive` is False once it has died, or must be ended because it is out of step."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self.started = time.monotonic()
        self.alive = True

    def send(self, requests: Sequence[bytes]) -> None:
        """Hand over requests; they are written in the background, as the process reads them."""
        if self._process.stdin is not None:
            self._process.stdin.writelines(requests)

    async def answer(self, seconds: float) -> msgspec.Raw | Loss:
        """The next answer, if it comes in time."""
        try:
            async with asyncio.timeout(seconds):
                answer = await self._read()
        except TimeoutError:
            return self._gone(Loss.TOO_SLOW)
        except (asyncio.IncompleteReadError, OSError):
            return self._gone(Loss.CRASHED)
        except (msgspec.MsgspecError, ValueError):
            return self._gone(Loss.FAILED)
        return Loss.FAILED if answer.failure else answer.result

    async def end(self) -> None:
        """Kill it, and wait until nothing of it is left."""
        self.alive = False
        with suppress(ProcessLookupError):
            self._process.kill()
        if self._process.stdin is not None:
            self._process.stdin.close()
        if self._process.stdout is not None:
            while await self._process.stdout.read(1 << 16):
                pass
        await self._process.wait()

    async def _read(self) -> Answer:
        if self._process.stdout is None:  # it was opened with a pipe
            raise ValueError
        (length,) = LENGTH.unpack(await self._process.stdout.readexactly(LENGTH.size))
        if length > LONGEST_ANSWER:
            raise ValueError
        return msgspec.msgpack.decode(await self._process.stdout.readexactly(length), type=Answer)

    def _gone(self, loss: Loss) -> Loss:
        self.alive = False
        return loss


def _decoded(answer: msgspec.Raw | Loss, decoder: Decoder[Result]) -> Result | Loss:
    """The result, if it is one: a parser that has gone astray may answer anything."""
    if isinstance(answer, Loss):
        return answer
    try:
        result: Result = decoder.decode(answer)
    except msgspec.MsgspecError:
        return Loss.FAILED
    return result
