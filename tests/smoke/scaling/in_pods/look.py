"""Prints what the local forge holds about issues: status comments, pull requests, and commits on their branches.

Arguments: the repository, the first issue's number, the last one's. Runs where the forge's folder is mounted and
`LOCAL_FORGE_PATH` set. It reads the files (docs/LOCAL_FORGE.md) and loads nothing of the agent's, to be quick.
"""

from __future__ import annotations

import json
import os
import sys
import tomllib
from pathlib import Path

import pygit2

_STATUS = "coding-agent:status"
_DONE = "\n✅"


def look(forge: Path, repository: str, first: int, last: int) -> list[dict[str, int]]:
    """For each issue, how much of everything there is."""
    folder = forge / repository
    heads = [_facts(path.read_text(encoding="utf-8"))["head"] for path in (folder / "pulls").glob("*.md")]
    git = pygit2.Repository(str(forge / f"{repository}.git"))
    return [_found(folder, git, heads, number) for number in range(first, last + 1)]


def _found(folder: Path, git: pygit2.Repository, heads: list[str], number: int) -> dict[str, int]:
    pages = [path.read_text(encoding="utf-8") for path in (folder / "issues" / str(number)).glob("*.md")]
    statuses = [page for page in pages if _STATUS in page]
    own = [head for head in heads if head.startswith(f"coding-agent/{number}-")]
    return {
        "issue": number,
        "comments": len(statuses),
        "done": sum(_DONE in page for page in statuses),
        "pull_requests": len(own),
        "commits": sum(_commits(git, head) for head in own),
    }


def _commits(git: pygit2.Repository, branch: str) -> int:
    if branch not in git.branches:
        return 0
    ahead, _ = git.ahead_behind(git.branches[branch].target, git.head.target)
    return int(ahead)


def _facts(page: str) -> dict[str, str]:
    return tomllib.loads(page.split("+++\n", 2)[1])


if __name__ == "__main__":
    repository, first, last = sys.argv[1:]
    found = look(Path(os.environ["LOCAL_FORGE_PATH"]), repository, int(first), int(last))
    sys.stdout.write(json.dumps(found))
