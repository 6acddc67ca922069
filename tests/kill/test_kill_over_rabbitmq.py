"""What the gate does over SQLite, over a real RabbitMQ: each use case dies, or is cut off, after each effect."""

from __future__ import annotations

import asyncio
import signal
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.contract.queue_harness import until
from tests.e2e.test_kill_after_each_effect import assert_resumed, effects_in, printed_until
from tests.e2e.test_kill_each_use_case import undisturbed
from tests.e2e.test_two_processes import SECONDS
from tests.support import rabbit
from tests.support.mortal_worker import ANY
from tests.support.mortal_workers import mortal_workers
from tests.support.use_case_scenes import USE_CASES, copied, picture, scene_before

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from tests.support.broker import Broker
    from tests.support.mortal_workers import MortalWorkers
    from tests.support.use_case_scenes import Scene


@pytest.fixture(scope="module")
def workers() -> Iterator[MortalWorkers]:
    with mortal_workers() as workers:
        yield workers


@asynccontextmanager
async def on_rabbitmq(before: Scene, folder: Path, broker: Broker) -> AsyncIterator[Scene]:
    """A copy of the scene whose task waits on the broker, in queues that are gone at the end of the block."""
    scene = copied(before, folder)
    async with scene.installation.parts() as parts:
        lease = await parts.queue().take()
    settings = rabbit.settings_for(broker)
    moved = replace(scene, installation=replace(scene.installation, settings=settings))
    async with moved.installation.parts() as parts:
        await parts.queue_admin().set_up()
        await parts.queue().publish(lease.task)
    yield moved
    await rabbit.forgotten(broker, settings)


async def assert_as_if_nothing_had_happened(scene: Scene, wanted: object, after: str) -> None:
    async def nothing_is_held() -> bool:
        async with scene.installation.parts() as parts:
            return not (await parts.queue_admin().status()).held

    await until(nothing_is_held)
    assert await picture(scene) == wanted, after


@pytest.mark.parametrize("use_case", USE_CASES)
async def test_killed_after_any_effect_it_ends_as_if_nothing_had_happened(
    tmp_path: Path, workers: MortalWorkers, broker: Broker, use_case: str
) -> None:
    before = await scene_before(use_case, tmp_path / "before", workers)
    effects, wanted = await undisturbed(before, tmp_path / "alone", workers)
    for number, effect in enumerate(effects, 1):
        async with on_rabbitmq(before, tmp_path / str(number), broker) as scene:
            died = await asyncio.to_thread(workers.work, scene.installation.environment, die_after=number)
            assert (died.code, died.effects) == (-signal.SIGKILL, effects[:number])
            await assert_resumed(scene.installation)
            await assert_as_if_nothing_had_happened(scene, wanted, f"after {effect}, effect {number}")


@pytest.mark.parametrize("use_case", USE_CASES)
async def test_cut_off_after_any_effect_it_does_nothing_more(
    tmp_path: Path, workers: MortalWorkers, broker: Broker, use_case: str
) -> None:
    before = await scene_before(use_case, tmp_path / "before", workers)
    effects, wanted = await undisturbed(before, tmp_path / "alone", workers)
    for number, effect in enumerate(effects, 1):
        end_of_deafness = tmp_path / f"hear-{number}"
        async with on_rabbitmq(before, tmp_path / str(number), broker) as scene:
            old = await scene.installation.start("tests.support.mortal_worker", ANY, str(number), str(end_of_deafness))
            assert effects_in(await printed_until(old, "cut")) == list(effects[:number])
            await assert_resumed(scene.installation)
            end_of_deafness.touch()
            after, errors = await asyncio.wait_for(old.communicate(), 5 * SECONDS)
            assert (old.returncode, effects_in(after.decode().splitlines())) == (0, []), errors
            await assert_as_if_nothing_had_happened(scene, wanted, f"after {effect}, effect {number}")
