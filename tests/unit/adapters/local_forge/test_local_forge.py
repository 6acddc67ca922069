"""What the local forge does besides the port's promises: branches, locks, threads, broken ground."""

from __future__ import annotations

import asyncio
import re
import shutil
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from adapters.local_forge.forge import LocalForge
from adapters.local_forge.storage import Storage
from domain.errors import ForgeUnavailable, InvalidInput, NotFound
from domain.issue import IssueKey, PullRequestDraft, Reaction
from domain.repository import RepositoryRef
from tests.fakes.ticking_clock import TickingClock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from domain.errors import PermanentError
    from tests.contract.forge_scene import LocalScene

MARKER = "<!-- status -->"


@contextmanager
def lock_held(folder: Path) -> Iterator[threading.Event]:
    """Somebody else holds a folder's lock, at the latest until the event is set."""
    held, release = threading.Event(), threading.Event()

    def hold() -> None:
        with Storage(folder, 10).locked(folder):
            held.set()
            release.wait(30)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(10)
    try:
        yield release
    finally:
        release.set()
        thread.join()


def _draft(head: str, base: str = "main") -> PullRequestDraft:
    return PullRequestDraft("Fix", "text", head, base, draft=False)


@pytest.mark.parametrize(
    ("head", "base", "problem"),
    [
        ("missing", "main", NotFound("acme/shop has no branch 'missing'")),
        ("fix", "missing", NotFound("acme/shop has no branch 'missing'")),
        ("../../HEAD", "main", NotFound("acme/shop has no branch '../../HEAD'")),
        ("", "main", NotFound("acme/shop has no branch ''")),
        ("fix", "fix", InvalidInput("there is nothing to merge: 'fix' has no commit that 'fix' has not")),
        ("behind", "fix", InvalidInput("there is nothing to merge: 'behind' has no commit that 'fix' has not")),
    ],
)
async def test_says_why_a_pull_request_cannot_be_opened(
    scene: LocalScene, shop: RepositoryRef, head: str, base: str, problem: PermanentError
) -> None:
    scene.create_branch(shop, "fix")
    scene.create_branch(shop, "behind", commits=0)

    with pytest.raises(type(problem), match=re.escape(str(problem))):
        await scene.forge.open_pull_request(shop, _draft(head, base))


async def test_a_branch_in_packed_references_counts(scene: LocalScene, shop: RepositoryRef) -> None:
    scene.create_branch(shop, "fix")
    bare = scene.root / "acme/shop.git"
    loose = {path: path.read_text().strip() for path in (bare / "refs/heads").iterdir()}
    (bare / "packed-refs").write_text("".join(f"{id_} refs/heads/{path.name}\n" for path, id_ in sorted(loose.items())))
    for path in loose:
        path.unlink()

    assert (await scene.forge.open_pull_request(shop, _draft("fix"))).head == "fix"


async def test_an_effect_does_not_wait_forever_for_another_process(scene: LocalScene, issue: IssueKey) -> None:
    forge = LocalForge(scene.root, TickingClock(), lock_timeout_s=0.02)

    with lock_held(scene.root / "acme/shop"), pytest.raises(ForgeUnavailable, match="acme/shop"):
        await forge.upsert_comment(issue, MARKER, MARKER)

    assert list(await forge.comments(issue)) == []


async def test_reading_waits_for_nobody(scene: LocalScene, issue: IssueKey) -> None:
    forge = LocalForge(scene.root, TickingClock(), lock_timeout_s=0)

    with lock_held(scene.root / "acme/shop"), lock_held(scene.root):
        assert (await forge.issue(issue)).title == "Wrong total"
        assert list(await forge.pull_requests(issue.repository, "")) == []


async def test_the_event_loop_runs_on_while_an_effect_waits(scene: LocalScene, issue: IssueKey) -> None:
    with lock_held(scene.root / "acme/shop") as release:
        waiting = asyncio.create_task(scene.forge.upsert_comment(issue, MARKER, MARKER))
        for _ in range(20):
            await asyncio.sleep(0.001)
        assert not waiting.done()
        release.set()
        assert (await waiting).body == MARKER


async def test_another_repositorys_lock_is_in_nobodys_way(scene: LocalScene, issue: IssueKey) -> None:
    scene.create_repository("acme/other")
    forge = LocalForge(scene.root, TickingClock(), lock_timeout_s=0)

    with lock_held(scene.root / "acme/other"):
        assert (await forge.upsert_comment(issue, MARKER, MARKER)).body == MARKER


async def test_tasks_of_one_process_open_one_pull_request(scene: LocalScene, shop: RepositoryRef) -> None:
    scene.create_branch(shop, "fix")

    made = await asyncio.gather(*(scene.forge.open_pull_request(shop, _draft("fix")) for _ in range(8)))

    assert len({pull.number for pull in made}) == 1


async def test_what_a_killed_writer_left_is_taken_over(scene: LocalScene, issue: IssueKey) -> None:
    scratch = scene.root / "acme/shop/.writing"
    scratch.write_text("+++\nhalf a pa")

    await scene.forge.upsert_comment(issue, MARKER, MARKER)

    assert not scratch.exists()
    assert [comment.body for comment in await scene.forge.comments(issue)] == [MARKER]


async def test_never_writes_through_a_link_left_in_its_way(scene: LocalScene, issue: IssueKey, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (scene.root / "acme/shop/.writing").symlink_to(victim)

    await scene.forge.upsert_comment(issue, MARKER, MARKER)

    assert victim.read_text() == "precious"


async def test_the_references_that_it_gives_carry_its_name(scene: LocalScene, shop: RepositoryRef) -> None:
    forge = LocalForge(scene.root, TickingClock(), name="folder")

    assert (await forge.repository(shop)).ref == RepositoryRef("folder", shop.id, "acme/shop")


async def test_another_repository_that_has_the_name_now_is_not_taken_for_it(
    scene: LocalScene, shop: RepositoryRef
) -> None:
    with pytest.raises(NotFound):
        await scene.forge.repository(RepositoryRef("local", shop.id + 1, "acme/shop"))


async def test_a_bare_repository_that_is_gone_is_missing(scene: LocalScene, shop: RepositoryRef) -> None:
    shutil.rmtree(scene.root / "acme/shop.git")

    with pytest.raises(NotFound):
        await scene.forge.git_source(shop)


async def test_a_bare_repository_that_is_broken_is_named(scene: LocalScene, shop: RepositoryRef) -> None:
    shutil.rmtree(scene.root / "acme/shop.git/objects")

    with pytest.raises(InvalidInput, match=r"^acme/shop"):
        await scene.forge.open_pull_request(shop, _draft("fix"))


async def test_a_forge_whose_folder_is_missing_has_no_repository(tmp_path: Path) -> None:
    forge = LocalForge(tmp_path / "missing", TickingClock())
    issue = IssueKey(RepositoryRef("local", 1, "acme/shop"), 1)

    for call in (forge.issue(issue), forge.react(issue, Reaction.EYES), forge.repository(issue.repository)):
        with pytest.raises(NotFound):
            await call
    assert not (tmp_path / "missing").exists()


def test_making_one_touches_nothing(tmp_path: Path) -> None:
    LocalForge(tmp_path / "forge", TickingClock())

    assert list(tmp_path.iterdir()) == []
