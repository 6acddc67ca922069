"""Standard output, whatever its encoding and whoever has stopped reading it."""

from __future__ import annotations

import os
import sys


def write_out(text: str) -> None:
    """Print the text as UTF-8 and to the end; when the reader has left, say no more and go on."""
    try:
        sys.stdout.buffer.write(text.encode("utf-8", "replace"))
        sys.stdout.flush()
    except BrokenPipeError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
