"""Workflows, Dockerfiles and shell scripts are clean by the linters of their kind, whichever there are."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.project_files import PROJECT, dockerfiles, shell_scripts, workflows

if TYPE_CHECKING:
    from collections.abc import Sequence

PROGRAMS = Path(sys.executable).parent
ACTIONLINT = (PROGRAMS / "actionlint", "-shellcheck", PROGRAMS / "shellcheck", "-pyflakes=")
ZIZMOR = (PROGRAMS / "zizmor", "--offline", "--pedantic", "--no-progress", "--color=never")
HADOLINT = (PROGRAMS / "hadolint", "--no-color")
SHELLCHECK = (PROGRAMS / "shellcheck", "--external-sources", "--source-path=SCRIPTDIR", "--color=never")


def remarks(program: Sequence[str | Path], files: Sequence[Path]) -> str:
    """What the linter says, "" if nothing; "" would also hide a program that fails without a word, so that is one."""
    assert files
    done = subprocess.run([*program, *files], cwd=PROJECT, capture_output=True, text=True, check=False, timeout=120)
    return "" if done.returncode == 0 else done.stdout + done.stderr or f"exit code {done.returncode}"


def test_workflows_are_valid_and_their_scripts_sound() -> None:
    assert remarks(ACTIONLINT, workflows()) == ""


def test_workflows_are_safe() -> None:
    others = [PROJECT / ".github" / "dependabot.yml", PROJECT / ".pre-commit-config.yaml"]
    assert remarks(ZIZMOR, [*workflows(), *others]) == ""


def test_dockerfiles_are_sound() -> None:
    assert remarks(HADOLINT, dockerfiles()) == ""


def test_shell_scripts_are_sound() -> None:
    assert remarks(SHELLCHECK, shell_scripts()) == ""


UNSOUND = {
    "actionlint": (ACTIONLINT, "on: push\njobs:\n  a:\n    runs-on: nowhere\n    steps:\n      - run: rm $1\n"),
    "zizmor": (ZIZMOR, "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: a/b@main\n"),
    "hadolint": (HADOLINT, "FROM debian\nRUN cd /tmp\n"),
    "shellcheck": (SHELLCHECK, "#!/bin/sh\nrm $1\n"),
}


@pytest.mark.parametrize("linter", UNSOUND)
def test_a_linter_would_say_what_is_unsound(linter: str, tmp_path: Path) -> None:
    program, text = UNSOUND[linter]
    file = tmp_path / ".github" / "workflows" / "unsound.yml"
    file.parent.mkdir(parents=True)
    file.write_text(text, encoding="utf-8")
    assert "unsound.yml" in remarks(program, [file])
