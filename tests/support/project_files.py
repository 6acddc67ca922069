"""The project's own files, as git sees them: what is committed, and what is new and not ignored."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).parents[2]


@cache
def project_files() -> tuple[Path, ...]:
    """All of them, with absolute paths, sorted."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=PROJECT,
        check=True,
        capture_output=True,
        text=True,
    )
    paths = (PROJECT / name for name in listed.stdout.split("\0") if name)
    return tuple(sorted(path for path in set(paths) if path.is_file()))


def dockerfiles() -> list[Path]:
    """Every file from which an image is built."""
    return [path for path in project_files() if "Dockerfile" in path.name]


def shell_scripts() -> list[Path]:
    """Every file that a shell runs, by its name or its first line."""
    return [path for path in project_files() if path.suffix in {".sh", ".bash"} or _is_run_by_a_shell(path)]


def workflows() -> list[Path]:
    """Every workflow for GitHub's machines."""
    folder = PROJECT / ".github" / "workflows"
    return [path for path in project_files() if path.parent == folder and path.suffix in {".yml", ".yaml"}]


def _is_run_by_a_shell(path: Path) -> bool:
    with path.open("rb") as file:
        first = file.readline(64)
    return first.startswith(b"#!") and first.split()[-1].rpartition(b"/")[2] in {b"sh", b"bash", b"dash"}
