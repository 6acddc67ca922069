"""Prometheus's own judgement of rules and metrics."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

MISSING = "These tests need promtool, of Debian's package `prometheus`: `make system` installs it."


def promtool(*arguments: str, folder: Path | None = None, given: str = "") -> str:
    """What it prints, once it is content; `given` is its standard input."""
    program = shutil.which("promtool")
    if program is None:
        pytest.fail(MISSING, pytrace=False)
    command = [program, *arguments]
    ended = subprocess.run(command, cwd=folder, input=given, capture_output=True, text=True, check=False, timeout=120)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout
