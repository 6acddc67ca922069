"""The request to `solve`, from where a person has put it."""

from __future__ import annotations

import sys
from pathlib import Path

from application.brief import Brief
from domain.errors import InvalidInput

_LONGEST = 1_000_000


def read_brief(issue: str | None, text: str | None) -> Brief:
    """The request from a file, standard input (`-`) or the command line; its first line is the title.

    Raises `InvalidInput` unless exactly one is given, and it is text that says something.
    """
    if (issue is None) == (text is None):
        message = "Give the issue either as --issue FILE (or - for standard input) or as --text TEXT."
        raise InvalidInput(message)
    whole = _typed(text) if text is not None else _read(issue or "")
    title, _, body = whole.lstrip("# \t\r\n").partition("\n")
    if not title.strip():
        message = "The issue is empty: say in a line or more what is wrong."
        raise InvalidInput(message)
    return Brief(title.strip(), body.strip())


def _typed(text: str) -> str:
    """The argument, unless it came as bytes of no text."""
    try:
        text.encode()
    except UnicodeEncodeError:
        message = "Cannot read the issue from --text: it is not UTF-8 text."
        raise InvalidInput(message) from None
    return text


def _bytes(issue: str) -> bytes:
    """At most one byte more than an issue may have, whatever it is read from."""
    if issue != "-":
        with Path(issue).open("rb") as file:
            return file.read(_LONGEST + 1)
    return sys.stdin.buffer.read(_LONGEST + 1) if sys.stdin is not None else b""


def _read(issue: str) -> str:
    where = "standard input" if issue == "-" else issue
    if issue == "-" and sys.stdin is not None and sys.stdin.isatty():
        print("Type the issue, and end it with Ctrl-D on a line of its own.", file=sys.stderr)
    try:
        raw = _bytes(issue)
        text = raw.decode("utf-8-sig")
    except OSError as error:
        message = f"Cannot read the issue from {where}: {error.strerror}."
    except UnicodeDecodeError:
        message = f"Cannot read the issue from {where}: it is not UTF-8 text."
    else:
        if len(raw) > _LONGEST:
            message = f"The issue in {where} is longer than {_LONGEST:,} bytes: say what is wrong in fewer words."
        elif "\0" not in text:
            return text
        else:
            message = f"Cannot read the issue from {where}: it is a binary file."
    raise InvalidInput(message)
