"""Standard output, whatever its encoding and whoever has stopped reading it."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def write_out(text: str) -> None:
    """Print the text as UTF-8 and to the end; when the reader has left, say no more and go on.

    Output that cannot be written (a full disk) is told on standard error: what was done has been done all the same.
    """
    try:
        sys.stdout.buffer.write(text.encode("utf-8", "replace"))
        sys.stdout.flush()
    except BrokenPipeError:
        _write_into_nothing()
    except OSError as error:
        _write_into_nothing()
        print(f"coding-agent: the output could not be written: {error.strerror}", file=sys.stderr)


def _write_into_nothing() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def open_what_is_closed() -> None:
    """Let a process that was started without an output (`>&-`) print into nothing, as others do."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - for as long as the process lives
