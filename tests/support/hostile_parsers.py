"""A parsing process whose parsers do what hostile bytes might make a real one do: the file's content says what."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
from typing import TYPE_CHECKING

from adapters.tree_sitter.child import serve

if TYPE_CHECKING:
    from collections.abc import Callable


def behave(path: str, content: bytes) -> object:
    """Do as the content says; the answer is otherwise the path."""
    return _DEEDS.get(content.decode(), lambda: path)()


def _die(number: int) -> Callable[[], None]:
    return lambda: os.kill(os.getpid(), number)


def _spin() -> None:
    while True:
        pass


def _hog() -> int:
    return len(bytearray(1 << 40))


def _fail() -> None:
    raise LookupError


def _garble() -> None:
    for descriptor in range(3, 10):
        with contextlib.suppress(OSError):
            os.write(descriptor, b"\x00\x00\x00\x02no")


def _boast() -> None:
    for descriptor in range(3, 10):
        with contextlib.suppress(OSError):
            os.write(descriptor, b"\xff\xff\xff\xff")


def _confinement() -> list[str]:
    """What of the outside is within reach."""
    found = [f"environment {name}" for name in os.environ if name not in {"LC_CTYPE", "LD_LIBRARY_PATH"}]
    try:
        with open("/tmp/coding-agent-escape", "wb") as file:  # noqa: PTH123, S108
            file.write(b"x")
            file.flush()
        found.append("a file written")
    except OSError:
        pass
    if resource.getrlimit(resource.RLIMIT_CORE)[0]:
        found.append("a core may be dumped")
    if resource.getrlimit(resource.RLIMIT_CPU)[0] == resource.RLIM_INFINITY:
        found.append("processor time without end")
    return found


_DEEDS: dict[str, Callable[[], object]] = {
    "segfault": _die(signal.SIGSEGV),
    "kill": _die(signal.SIGKILL),
    "exit": lambda: os._exit(0),
    "spin": _spin,
    "hog": _hog,
    "fail": _fail,
    "print": lambda: os.write(1, b"\x00\x00\x00\x09unrelated"),
    "garble": _garble,
    "boast": _boast,
    "other type": lambda: {"not": "text"},
    "confinement": _confinement,
    "pid": os.getpid,
}

if __name__ == "__main__":
    serve({"behave": behave})
