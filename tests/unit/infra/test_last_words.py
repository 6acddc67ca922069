from __future__ import annotations

import json
import subprocess
import sys

import pytest

SET_UP = """
from infra.last_words import keep_last_words
from infra.logging import configure
configure({!r}, "info")
keep_last_words()
"""
ENDINGS = {
    "a warning": ("import warnings; warnings.warn('odd\\nthing')", "odd", 0),
    "a coroutine that nobody awaits": ("async def lost(): ...\nlost()", "never awaited", 0),
    "a defect": ("{}['no such key']", "no such key", 1),
    "a defect in a thread": (
        "import threading; t = threading.Thread(target=lambda: 1 / 0); t.start(); t.join()",
        "division",
        0,
    ),
    "an object that cannot be put away": (
        "class Bad:\n def __del__(self): raise OSError('stuck')\nBad()",
        "stuck",
        0,
    ),
}


def said(log_format: str, program: str) -> subprocess.CompletedProcess[str]:
    """What a process that logs so, and does this, writes to standard error."""
    command = [sys.executable, "-Wdefault", "-c", f"{SET_UP.format(log_format)}\n{program}"]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize("ending", ENDINGS)
def test_whatever_python_itself_has_to_say_is_one_object_of_json_a_line(ending: str) -> None:
    program, word, code = ENDINGS[ending]
    ended = said("json", program)
    (line,) = map(json.loads, ended.stderr.splitlines())
    assert word in json.dumps(line)
    assert line["level"] in {"warning", "error", "critical"}
    assert ended.returncode == code


def test_for_people_a_defect_has_a_traceback_that_can_be_read() -> None:
    told = said("console", "{}['no such key']").stderr
    assert "Traceback (most recent call last):\n" in told
    assert told.endswith("KeyError: 'no such key'\n")
