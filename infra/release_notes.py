"""The notes of a release, from CHANGELOG.md: `python -m infra.release_notes v1.2.3 > notes.md`.

Only for the version that pyproject.toml has, and only where the changelog has a dated section about it.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]


class NoRelease(Exception):
    """Why a tag makes no release, and what to do about it."""


def notes(tag: str, project: str, changelog: str) -> str:
    """The changelog's section about the version that `tag` names; `project` is the text of pyproject.toml."""
    if not re.fullmatch(r"v\d+\.\d+\.\d+", tag):
        msg = f"{tag!r} is no tag of a release: those are like v1.2.3"
        raise NoRelease(msg)
    version = tag.removeprefix("v")
    stated = tomllib.loads(project)["project"]["version"]
    if stated != version:
        msg = f"The tag says {version}, pyproject.toml says {stated}: change one of them"
        raise NoRelease(msg)
    return _section(version, changelog)


def _section(version: str, changelog: str) -> str:
    heading = rf"^## \[{re.escape(version)}\] - \d{{4}}-\d{{2}}-\d{{2}}\n(.*?)(?=^## |^\[[^\]]+\]: |\Z)"
    found = re.search(heading, changelog, re.MULTILINE | re.DOTALL)
    if found is None or not found[1].strip():
        msg = f"CHANGELOG.md has nothing under '## [{version}] - YYYY-MM-DD': move what is unreleased there"
        raise NoRelease(msg)
    return found[1].strip() + "\n"


def main() -> None:
    """Print the notes of the tag in the first argument, or end with one line that says why not."""
    texts = ((ROOT / name).read_text(encoding="utf-8") for name in ("pyproject.toml", "CHANGELOG.md"))
    try:
        sys.stdout.write(notes(sys.argv[1], *texts))
    except NoRelease as reason:
        sys.exit(str(reason))


if __name__ == "__main__":
    main()
