"""From what can go wrong in a folder to the errors of the domain: the one table."""

from __future__ import annotations

import errno
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pygit2

from adapters.local_forge.flat_toml import Malformed
from domain.errors import ForgeUnavailable, InvalidInput, NotFound, PermissionRefused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from domain.errors import AgentError

TRANSLATED = (OSError, UnicodeError, Malformed, pygit2.GitError)
"""Everything that reading and writing the folder may raise."""

_MISSING = {errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG, errno.ELOOP}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}


def translate(error: Exception, name: str) -> AgentError:
    """The domain's error for one of `TRANSLATED`, about the file or folder `name`.

    What is missing or not allowed stays so, and a file that cannot be read must be mended by a person; all else (a
    full disk, too many open files, an interrupted call) may pass.
    """
    match error:
        case Malformed():
            return InvalidInput(f"{name}, line {error.line}: {error.problem}")
        case UnicodeDecodeError():
            line = error.object.count(b"\n", 0, error.start) + 1
            return InvalidInput(f"{name}, line {line}: the file must be UTF-8 text")
        case UnicodeError():
            return InvalidInput(f"{name}: the text holds half a character (a surrogate) and cannot be stored")
        case pygit2.GitError():
            return InvalidInput(f"{name} is not a git repository that can be read: {_line(error)}")
        case _:
            return _translate_system(error, name)


def _translate_system(error: Exception, name: str) -> AgentError:
    match error:
        case OSError(errno=number) if number in _MISSING:
            return NotFound(f"{name} does not exist in the local forge")
        case OSError(errno=number) if number in _FORBIDDEN:
            return PermissionRefused(f"the agent may not read or write {name} in the local forge: {_reason(error)}")
        case _:
            return ForgeUnavailable(f"the local forge cannot use {name} now: {_reason(error)}")


@contextmanager
def translated(name: str) -> Iterator[None]:
    """Whatever goes wrong inside is about `name`."""
    try:
        yield
    except TRANSLATED as error:
        raise translate(error, name) from error


def _reason(error: Exception) -> str:
    """The system's words, without the path: that one is absolute, and means nothing to who reads the issue."""
    return error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__


def _line(error: Exception) -> str:
    return " ".join(str(error).split())
