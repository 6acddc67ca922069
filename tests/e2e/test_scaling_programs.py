"""What `infra/minikube/load` has done in the pods, with real processes: it opens issues, sends webhooks, and counts."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING

from tests.e2e.test_two_processes import SECONDS, gateway
from tests.smoke.scaling.in_pods.ask import ask
from tests.smoke.scaling.in_pods.deliver import deliver
from tests.smoke.scaling.in_pods.look import look
from tests.support.installation import REPOSITORY, Installation

if TYPE_CHECKING:
    from pathlib import Path


async def test_tasks_that_are_asked_for_are_found_done_once(tmp_path: Path) -> None:
    installation = Installation(tmp_path)
    await installation.set_up()
    asked = await ask(installation.environment, REPOSITORY, 2)
    assert [each["issue"] for each in asked] == [2, 3]
    nothing = {"comments": 0, "done": 0, "pull_requests": 0, "commits": 0}
    assert look(tmp_path / "forge", REPOSITORY, 2, 3) == [{"issue": 2, **nothing}, {"issue": 3, **nothing}]

    async with gateway(installation, "serve") as (url, _), asyncio.timeout(SECONDS):
        environment = {**installation.environment, "GATEWAY_PORT": url.rpartition(":")[2]}
        for each in asked:
            assert await asyncio.to_thread(deliver, environment, each["payload"]) == HTTPStatus.ACCEPTED
        while not all(found["done"] for found in look(tmp_path / "forge", REPOSITORY, 2, 3)):  # noqa: ASYNC110 - another process does them
            await asyncio.sleep(0.2)
    once = {"comments": 1, "done": 1, "pull_requests": 1, "commits": 1}
    assert look(tmp_path / "forge", REPOSITORY, 2, 3) == [{"issue": 2, **once}, {"issue": 3, **once}]
