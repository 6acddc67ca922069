"""A clone or a push of thousands of files leaves the event loop free."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING

from domain.change_set import ChangeKind, ChangeSet, FileChange
from domain.repository import GitSource
from tests.support.git_http import git_http_server
from tests.support.git_repositories import bare_copy, new_repository
from tests.support.git_vcs import MESSAGE, git_adapter

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

FILES = 3000


class Gaps:
    """How long the loop was held at most, and how long the whole took, in seconds."""

    longest = 0.0
    whole = 0.0


@contextlib.asynccontextmanager
async def measured() -> AsyncIterator[Gaps]:
    gaps = Gaps()

    async def tick() -> None:
        last = time.perf_counter()
        while True:
            await asyncio.sleep(0.001)
            now = time.perf_counter()
            gaps.longest, last = max(gaps.longest, now - last), now

    started, ticking = time.perf_counter(), asyncio.create_task(tick())
    await asyncio.sleep(0.005)
    try:
        yield gaps
    finally:
        gaps.whole = time.perf_counter() - started
        ticking.cancel()


async def test_the_loop_stays_free_while_thousands_of_files_come_and_go(tmp_path: Path) -> None:
    made = new_repository(tmp_path / "made")
    for number in range(FILES):
        made.write(f"folder_{number % 97}/file_{number}.txt", f"line {number}\n" * 60)
    made.commit()
    bare = bare_copy(made, tmp_path / "served" / "big.git")
    rewritten = (FileChange(ChangeKind.REWRITE, f"folder_{n % 97}/file_{n}.txt", b"new\n" * n) for n in range(500))
    changes = ChangeSet(tuple(rewritten))
    with git_http_server(bare.path.parent) as server:
        async with (
            measured() as gaps,
            git_adapter(tmp_path / "work").open(GitSource(f"{server.url}/big.git")) as workspace,
        ):
            paths = [entry.path for entry in await workspace.entries()]
            assert len(await workspace.read(paths)) == FILES
            await workspace.diff(changes)
            await workspace.push("new", changes, MESSAGE)
    assert gaps.longest < gaps.whole / 3, f"held for {gaps.longest:.3f} of {gaps.whole:.3f} s"
