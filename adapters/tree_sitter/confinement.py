"""What a parsing process may use: set by itself before it reads a byte of any repository, and never raised again."""

from __future__ import annotations

import resource
from contextlib import suppress
from dataclasses import dataclass

_FILES_OPEN = 64


@dataclass(frozen=True, slots=True)
class Confinement:
    """Bytes of memory, and seconds of processor time over the process's whole life."""

    memory_bytes: int
    cpu_seconds: int

    def arguments(self) -> list[str]:
        """As arguments of a command."""
        return [str(self.memory_bytes), str(self.cpu_seconds)]

    def impose(self) -> None:
        """Hold this process to it: no child, no file written, no core dumped besides.

        A limit that the system does not know, or that is lower already, is left as it is.
        """
        for kind, limit in (
            (resource.RLIMIT_AS, self.memory_bytes),
            (resource.RLIMIT_CPU, self.cpu_seconds),
            (resource.RLIMIT_NOFILE, _FILES_OPEN),
            (resource.RLIMIT_NPROC, 0),
            (resource.RLIMIT_FSIZE, 0),
            (resource.RLIMIT_CORE, 0),
        ):
            with suppress(ValueError, OSError):
                resource.setrlimit(kind, (limit, limit))


def from_arguments(arguments: list[str]) -> Confinement:
    """The confinement that `Confinement.arguments` wrote."""
    memory_bytes, cpu_seconds = map(int, arguments)
    return Confinement(memory_bytes, cpu_seconds)
