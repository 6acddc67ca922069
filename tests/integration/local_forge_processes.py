"""What the other processes do in the tests of the local forge: `python -m` this, with the action and the root."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from pathlib import Path
from typing import NoReturn

from adapters.local_forge.admin import LocalForgeAdmin
from adapters.local_forge.forge import LocalForge
from domain.issue import IssueKey, PullRequestDraft, Reaction
from tests.fakes.ticking_clock import TickingClock

MARKER = "<!-- status -->"
DRAFT = PullRequestDraft("Fix the total", "It was off by one.", "fix", "main", draft=True)


def whole_body(number: int) -> str:
    """A text of which every part tells whether it is whole: one letter, some 60,000 times, between two markers."""
    return f"{MARKER}{chr(ord('a') + number % 26) * 60_000}{MARKER}"


def say(line: str) -> None:
    """Tell the test."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def race(forge: LocalForge, issue: IssueKey) -> None:
    """Open the pull request and write the comment, as every other process does now."""
    pull = await forge.open_pull_request(issue.repository, DRAFT)
    comment = await forge.upsert_comment(issue, MARKER, f"{os.getpid()} {MARKER}")
    await forge.add_labels(issue, frozenset({f"worker-{os.getpid()}"}))
    await forge.react(issue, Reaction.EYES)
    say(f"{pull.number} {comment.id}")


async def write_forever(forge: LocalForge, admin: LocalForgeAdmin, issue: IssueKey) -> None:
    """Change everything that can be changed, again and again."""
    number = 0
    while True:
        number += 1
        await forge.upsert_comment(issue, MARKER, whole_body(number))
        pull = await forge.open_pull_request(issue.repository, DRAFT)
        await forge.update_pull_request(issue.repository, pull.number, title=f"No. {number}", body=whole_body(number))
        await forge.add_labels(issue, frozenset({f"label-{number}"}))
        await forge.remove_label(issue, f"label-{number}")
        admin.edit_issue(issue, title=f"No. {number}", body=whole_body(number))
        if number % 20 == 0:
            admin.add_comment(issue, author="sam", body=whole_body(number))


def kill_writers(root: Path) -> None:
    """For each number of milliseconds on standard input: start a writer, kill it that long after, say so."""
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _write_until_killed(root)
        time.sleep(int(line) / 1000)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        say("killed" if os.WIFSIGNALED(status) else "it ended by itself")


def _write_until_killed(root: Path) -> NoReturn:
    try:
        asyncio.run(write_forever(*_scene(root)))
    finally:
        os._exit(1)


def _scene(root: Path) -> tuple[LocalForge, LocalForgeAdmin, IssueKey]:
    admin = LocalForgeAdmin(root, TickingClock())
    return LocalForge(root, TickingClock()), admin, IssueKey(admin.repository("acme/shop"), 1)


def main(action: str, root: Path) -> None:
    """Say that this process is ready, wait for a line, act."""
    say("ready")
    if action == "kill-writers":
        kill_writers(root)
        return
    forge, admin, issue = _scene(root)
    sys.stdin.readline()
    asyncio.run(race(forge, issue) if action == "race" else write_forever(forge, admin, issue))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
