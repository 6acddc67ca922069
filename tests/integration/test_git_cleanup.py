"""Whatever happens to a workspace, its folder goes."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from adapters.git.limits import GitLimits
from adapters.git.temporary_folders import claim, sweep
from domain.errors import NotFound, RemoteUnavailable
from domain.repository import GitSource
from tests.support.git_http import Fault, git_http_server
from tests.support.git_repositories import bare_copy, sample_repository
from tests.support.git_vcs import MESSAGE, create, git_adapter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.support.git_http import GitHttpServer
    from tests.support.git_repositories import GitFolder

SECONDS = 20.0
PATIENT = GitLimits(stall_seconds=1, timeout_seconds=60)

DIES_WITH_A_WORKSPACE = """
import asyncio, os, signal, sys
from pathlib import Path
from domain.repository import GitSource
from tests.support.git_vcs import git_adapter

async def main() -> None:
    async with git_adapter(Path(sys.argv[1])).open(GitSource(sys.argv[2])):
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


@pytest.fixture
def repository(tmp_path: Path) -> GitFolder:
    return sample_repository(tmp_path / "sample")


@pytest.fixture
def server(repository: GitFolder, tmp_path: Path) -> Iterator[GitHttpServer]:
    bare = bare_copy(repository, tmp_path / "served" / "sample.git")
    with git_http_server(bare.path.parent) as server:
        yield server


@pytest.fixture
def work(tmp_path: Path) -> Path:
    return tmp_path / "work"


async def until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < deadline, "it did not come true in time"
        await asyncio.sleep(0.02)


def is_empty(folder: Path) -> bool:
    return not folder.exists() or not list(folder.iterdir())


def folders_in(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.is_dir()]


async def test_removes_the_folder_when_the_work_raises(repository: GitFolder, work: Path) -> None:
    async def fail() -> None:
        async with git_adapter(work).open(GitSource(str(repository.path))):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert is_empty(work)


async def test_removes_the_folder_when_opening_fails(repository: GitFolder, work: Path) -> None:
    with pytest.raises(NotFound):
        async with git_adapter(work).open(GitSource(str(repository.path)), "nowhere"):
            pass
    assert is_empty(work)


@pytest.mark.parametrize("where", ["service=git-upload-pack", "/git-upload-pack"])
async def test_removes_the_folder_when_cancelled_while_the_server_is_silent(
    server: GitHttpServer, work: Path, where: str
) -> None:
    server.inject(Fault(where, delay=30))
    opening = asyncio.create_task(_open(work, f"{server.url}/sample.git"))
    await until(lambda: any(where in request.target for request in server.requests))
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    await until(lambda: is_empty(work))


async def test_stops_a_transfer_when_cancelled(repository: GitFolder, server: GitHttpServer, work: Path) -> None:
    repository.write("big.bin", bytes(i * i % 251 for i in range(400_000)))
    repository.commit()
    repository.git("push", "--quiet", f"{server.url}/sample.git", "main")
    server.inject(Fault("/git-upload-pack", piece=500, pause=0.05))
    opening = asyncio.create_task(_open(work, f"{server.url}/sample.git"))
    await until(lambda: any("/git-upload-pack" in request.target for request in server.requests[-2:]))
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    await until(lambda: is_empty(work))


async def test_removes_the_folder_when_cancelled_in_the_middle_of_the_work(repository: GitFolder, work: Path) -> None:
    reached = asyncio.Event()

    async def hold() -> None:
        async with git_adapter(work).open(GitSource(str(repository.path))):
            reached.set()
            await asyncio.Event().wait()

    holding = asyncio.create_task(hold())
    await reached.wait()
    holding.cancel()
    with pytest.raises(asyncio.CancelledError):
        await holding
    assert is_empty(work)


async def test_a_cancelled_push_leaves_the_workspace_usable(server: GitHttpServer, work: Path) -> None:
    source = GitSource(f"{server.url}/sample.git")
    async with git_adapter(work, PATIENT).open(source) as workspace:
        server.inject(Fault("git-receive-pack", delay=0.3))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await workspace.push("new", create("new.txt", b"new\n"), MESSAGE)
        server.inject()
        assert await workspace.read(["README.md"]) == {"README.md": b"# Sample\n"}
    assert is_empty(work)


async def test_removes_the_folder_when_time_is_up(server: GitHttpServer, work: Path) -> None:
    server.inject(Fault("git-upload-pack", delay=30))
    with pytest.raises(RemoteUnavailable, match=r"within 0\.2 s"):
        async with git_adapter(work, GitLimits(timeout_seconds=0.2, stall_seconds=1)).open(
            GitSource(f"{server.url}/sample.git")
        ):
            pass
    await until(lambda: is_empty(work))


async def test_removes_what_a_killed_process_left_behind(repository: GitFolder, work: Path) -> None:
    command = [sys.executable, "-c", DIES_WITH_A_WORKSPACE, str(work), str(repository.path)]
    child = await asyncio.to_thread(subprocess.run, command, check=False)
    assert child.returncode == -9
    assert not is_empty(work)
    async with git_adapter(work).open(GitSource(str(repository.path))):
        assert len(folders_in(work)) == 1
    assert is_empty(work)


def test_a_sweep_leaves_the_folders_of_the_living(tmp_path: Path) -> None:
    folder = claim(tmp_path)
    assert sweep(tmp_path) == 0
    assert folder.path.is_dir()
    folder.remove()
    assert is_empty(tmp_path)


def test_a_sweep_touches_nothing_that_is_not_ours(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "apt.lock").touch()
    assert sweep(tmp_path) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["apt.lock", "photos"]


async def _open(work: Path, url: str) -> None:
    async with git_adapter(work, PATIENT).open(GitSource(url)):
        pass
