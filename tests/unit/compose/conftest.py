"""The file of the stack, as Compose itself reads it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.project_files import PROJECT

FOLDER = PROJECT / "infra" / "compose"


@pytest.fixture(scope="session")
def stack() -> dict[str, Any]:
    """All profiles, with the settings that people are told to begin with; no engine is asked."""
    program = Path(sys.executable).with_name("docker-compose")
    options = ["--env-file", ".env.example", "--profile", "*", "config", "--format", "json"]
    environment = {"PATH": os.environ["PATH"], "HOME": "/nowhere", "ENV_FILE": ".env.example"}
    done = subprocess.run([program, *options], cwd=FOLDER, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    read: dict[str, Any] = json.loads(done.stdout)
    return read
