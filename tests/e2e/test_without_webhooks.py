"""A service that no forge can reach: it looks for its work by itself."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import httpx

from entrypoints.cli.child_process import started
from tests.e2e.test_local_forge_command import user, with_issue
from tests.e2e.test_two_processes import SECONDS, logged
from tests.support.command_line import CommandLine

if TYPE_CHECKING:
    from pathlib import Path


def unreachable(folder: Path) -> CommandLine:
    """Neither a secret nor a gateway; probes are answered."""
    person = user(folder, ALLOWED_REPOSITORIES="me/project", WORKER_HTTP_PORT="0")
    return CommandLine(folder, {**person.settings, "WEBHOOK_SECRET": ""})


async def test_a_label_is_found_and_becomes_a_pull_request_once(tmp_path: Path) -> None:
    person = unreachable(tmp_path)
    await with_issue(person)
    async with started("serve", person.environment, tmp_path, "--poll", "1s") as service:
        port = (await logged(service, "answering_probes"))["port"]
        async with httpx.AsyncClient(trust_env=False, base_url=f"http://127.0.0.1:{port}") as probe:
            assert (await probe.get("/ready")).json()["status"] == "ready"
        labelled = await person.run(
            *("local-forge", "label", "me/project", "1", "ai-help", "--as", "me", "--no-webhook")
        )
        assert labelled.code == 0, labelled.err
        assert (await logged(service, "trigger_found"))["by"] == "me"
        assert (await logged(service, "attempt_ended"))["outcome"] == "Done"
        again = await person.run("reconcile", "--json")
        assert (again.json()["queued"], again.json()["known"]) == ([], 0)
        service.signal(signal.SIGTERM)
        assert await service.exit_code(within_seconds=SECONDS) == 0


async def test_a_worker_by_itself_finds_what_a_lost_webhook_would_have_told(tmp_path: Path) -> None:
    person = unreachable(tmp_path)
    await with_issue(person)
    await person.run("local-forge", "label", "me/project", "1", "ai-help", "--as", "me", "--no-webhook")
    async with started("worker", person.environment, tmp_path) as worker:
        assert (await logged(worker, "attempt_ended"))["outcome"] == "Done"


async def test_a_pause_holds_for_a_worker_that_is_started_later(tmp_path: Path) -> None:
    person = unreachable(tmp_path)
    await with_issue(person)
    assert (await person.run("pause")).code == 0
    assert (await person.run("enqueue", "--repo", "me/project", "--issue", "1")).code == 0
    async with started("worker", person.environment, tmp_path) as worker:
        port = (await logged(worker, "answering_probes"))["port"]
        async with httpx.AsyncClient(trust_env=False, base_url=f"http://127.0.0.1:{port}") as probe:
            assert (await probe.get("/ready")).json()["paused"]
        status = (await person.run("queue", "status", "--json")).json()
        assert (status["due"], status["held"]) == (1, 0)
        assert (await person.run("resume")).code == 0
        assert (await logged(worker, "attempt_ended"))["outcome"] == "Done"


async def test_polling_needs_repositories_to_look_at(tmp_path: Path) -> None:
    person = user(tmp_path)
    ended = await person.run("serve", "--poll", "30s")
    assert ended.code == 2
    assert "ALLOWED_REPOSITORIES" in ended.err


async def test_without_polling_a_service_still_needs_its_secret(tmp_path: Path) -> None:
    ended = await unreachable(tmp_path).run("serve")
    assert ended.code == 2
    assert "WEBHOOK_SECRET" in ended.err
