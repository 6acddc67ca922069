"""Each use case is killed after each of its effects in turn: what another worker leaves is what one alone would have.

Over SQLite here; `make test-kill` does it over RabbitMQ, and with the connection cut in place of a death.
"""

from __future__ import annotations

import signal
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from application.effects import effects_of
from application.ports.audit_log import AuditLog
from application.ports.forge import Forge
from application.ports.vcs import Workspace
from tests.support.mortal_workers import mortal_workers
from tests.support.use_case_scenes import USE_CASES, copied, picture, scene_before

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.mortal_workers import MortalWorkers
    from tests.support.use_case_scenes import Scene

EFFECTS = {f"{port.__name__}.{name}" for port in (AuditLog, Forge, Workspace) for name in effects_of(port)}
EACH = {"AuditLog.append", "Forge.react", "Forge.upsert_comment"}
OPENS = {"Forge.open_pull_request", "Forge.add_labels", "Workspace.push"}
ENDS = {"Forge.close_pull_request", "Forge.delete_branch", "Forge.remove_label"}
OF = {
    "quick_fix": EACH | OPENS,
    "propose_plan": EACH | OPENS,
    "revise_plan": EACH,
    "execute_plan": EACH | {"Workspace.push", "Forge.update_pull_request", "Forge.mark_ready", "Forge.remove_label"},
    "reject_plan": EACH | ENDS,
    "cancel_work": EACH | ENDS,
    "tell_status": EACH,
    "tidy_up": {"AuditLog.append"} | ENDS,
    "follow_up": EACH | {"Workspace.push", "Forge.reply_to_review"},
    "retry_task": EACH | OPENS,
}


@pytest.fixture(scope="module")
def workers() -> Iterator[MortalWorkers]:
    with mortal_workers() as workers:
        yield workers


def let_the_lease_run_out(scene: Scene) -> None:
    """What half a minute does."""
    with closing(sqlite3.connect(scene.installation.folder / "queue.sqlite")) as queue:
        queue.execute("UPDATE tasks SET expires = 0 WHERE state = 'held'")
        queue.commit()


def test_every_effect_of_every_port_has_a_use_case_that_is_killed_after_it() -> None:
    assert OF.keys() == USE_CASES.keys()
    assert set.union(*OF.values()) == EFFECTS


@pytest.mark.parametrize("use_case", USE_CASES)
async def test_killed_after_any_effect_it_ends_as_if_nothing_had_happened(
    tmp_path: Path, workers: MortalWorkers, use_case: str
) -> None:
    before = await scene_before(use_case, tmp_path / "before", workers)
    effects, wanted = await undisturbed(before, tmp_path / "alone", workers)
    assert set(effects) == OF[use_case]
    for number, effect in enumerate(effects, 1):
        scene = copied(before, tmp_path / str(number))
        died = workers.work(scene.installation.environment, die_after=number)
        assert (died.code, died.effects) == (-signal.SIGKILL, effects[:number])
        let_the_lease_run_out(scene)
        assert workers.work(scene.installation.environment).code == 0
        assert await picture(scene) == wanted, f"after {effect}, effect {number} of {use_case}"


async def undisturbed(before: Scene, folder: Path, workers: MortalWorkers) -> tuple[tuple[str, ...], object]:
    """The effects of a worker that lives, and what is to be seen afterwards."""
    scene = copied(before, folder)
    ended = workers.work(scene.installation.environment)
    assert ended.code == 0
    return ended.effects, await picture(scene)
