"""What is asked of the agent during the trouble: issues by the thousand, and the webhooks about them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from http import HTTPStatus
from importlib import resources
from typing import TYPE_CHECKING

import httpx

from domain.repository import Permission
from tests.support.installation import LABEL, SECRET
from tests.support.webhooks import IssueFacts, issue_webhook

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator
    from pathlib import Path

    from domain.issue import IssueKey
    from domain.repository import RepositoryRef
    from infra.composition import Parts

OWNER = "acme"
ISSUES_A_REPOSITORY = 50
_SENDERS = 4
_PAUSE_SECONDS = 0.5


@dataclass
class Tally:
    """What the gateway answered."""

    accepted: int = 0
    unavailable: int = 0
    cancelled: set[IssueKey] = field(default_factory=set)


def make_issues(parts: Parts, folder: Path, count: int) -> list[IssueKey]:
    """Repositories with the sample in them, and labelled issues."""
    admin = parts.local_forge_admin()
    keys: list[IssueKey] = []
    with resources.as_file(resources.files("entrypoints.cli") / "demo_data" / "repository") as files:
        for index in range(-(-count // ISSUES_A_REPOSITORY)):
            repository = admin.create_repository(f"{OWNER}/durations-{index}", files)
            admin.grant(OWNER, Permission.ADMIN, repository)
            left = min(ISSUES_A_REPOSITORY, count - len(keys))
            keys += [_issue(parts, repository, number) for number in range(left)]
    with resources.as_file(
        resources.files("entrypoints.cli") / "demo_data" / "answers" / "fix" / "01-fix.md"
    ) as answer:
        (folder / "answer.md").write_bytes(answer.read_bytes())
    return keys


def _issue(parts: Parts, repository: RepositoryRef, number: int) -> IssueKey:
    title = f"Durations, once more: {number}"
    return parts.local_forge_admin().create_issue(repository, author=OWNER, title=title, labels=[LABEL])


class Crowd:
    """People who label issues and close some of them again, and a forge that tells the gateway until it listens."""

    def __init__(self, url: str, parts: Parts, chance: random.Random, cancel_share: float) -> None:
        self._url = url
        self._parts = parts
        self._chance = chance
        self._cancel_share = cancel_share
        self.tally = Tally()

    async def ask(self, issues: list[IssueKey], within_seconds: float) -> None:
        """Label all issues, spread over the time; close a share of them a while later."""
        waiting = iter(issues)
        pause = within_seconds * _SENDERS / max(1, len(issues))
        async with httpx.AsyncClient(trust_env=False, timeout=10) as client, asyncio.TaskGroup() as group:
            for _ in range(_SENDERS):
                group.create_task(self._ask_some(client, waiting, pause, group))

    async def _ask_some(
        self, client: httpx.AsyncClient, waiting: Iterator[IssueKey], pause: float, group: asyncio.TaskGroup
    ) -> None:
        for issue in waiting:
            await self._deliver(client, issue, "labeled")
            self.tally.accepted += 1
            if self._chance.random() < self._cancel_share:
                group.create_task(self._close_later(client, issue))
            await asyncio.sleep(pause)

    async def _close_later(self, client: httpx.AsyncClient, issue: IssueKey) -> None:
        await asyncio.sleep(self._chance.uniform(0, 20))
        await asyncio.to_thread(self._parts.local_forge_admin().close_issue, issue)
        await self._deliver(client, issue, "closed")
        self.tally.cancelled.add(issue)

    async def _deliver(self, client: httpx.AsyncClient, issue: IssueKey, action: str) -> None:
        """As a forge does, and again until it is accepted."""
        facts = IssueFacts(
            action=action,
            number=issue.number,
            repository=issue.repository.full_name,
            repository_id=issue.repository.id,
            sender=OWNER,
            state="closed" if action == "closed" else "open",
        )
        webhook = issue_webhook(facts, secret=SECRET.reveal())
        while True:
            try:
                answer = await client.post(
                    f"{self._url}/webhook/github", content=webhook.body, headers=dict(webhook.headers)
                )
            except httpx.TransportError:
                status = HTTPStatus.SERVICE_UNAVAILABLE
            else:
                status = HTTPStatus(answer.status_code)
            if status == HTTPStatus.ACCEPTED:
                return
            assert status == HTTPStatus.SERVICE_UNAVAILABLE, status
            self.tally.unavailable += 1
            await asyncio.sleep(_PAUSE_SECONDS)
