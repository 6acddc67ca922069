"""Closing an issue stops the work on it, also while the model writes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import httpx

from tests.e2e.test_two_processes import gateway, logged, running
from tests.support import model_server_ollama as ollama
from tests.support.installation import REPOSITORY, SECRET, Installation
from tests.support.model_server_double import model_server
from tests.support.model_server_steps import HUNG
from tests.support.webhooks import IssueFacts, issue_webhook

if TYPE_CHECKING:
    from pathlib import Path

    from domain.issue import IssueKey
    from tests.support.webhooks import Webhook


def webhook(issue: IssueKey, action: str) -> Webhook:
    """What a forge sends when the sample's issue is labelled, or closed."""
    facts = IssueFacts(
        action=action,
        number=issue.number,
        repository=REPOSITORY,
        repository_id=issue.repository.id,
        sender=issue.repository.owner,
        state="closed" if action == "closed" else "open",
    )
    return issue_webhook(facts, secret=SECRET.reveal())


async def deliver(url: str, delivery: Webhook) -> int:
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.post(f"{url}/webhook/github", content=delivery.body, headers=dict(delivery.headers))
        return answer.status_code


async def test_closing_the_issue_stops_the_worker_in_the_middle_of_an_answer(tmp_path: Path) -> None:
    async with model_server(ollama.part("Let me think", then=HUNG), looks=ollama.known()) as model:
        installation = Installation(tmp_path, {"LLM": "ollama", "OLLAMA_URL": model.url})
        issue = await installation.set_up()
        async with gateway(installation) as (url, _), running(installation, "worker") as worker:
            assert await deliver(url, webhook(issue, "labeled")) == 202
            await logged(worker, "model_asked")
            async with installation.parts() as parts:
                await asyncio.to_thread(parts.local_forge_admin().close_issue, issue)
            assert await deliver(url, webhook(issue, "closed")) == 202
            assert (await logged(worker, "attempt_ended"))["outcome"] == "Cancelled"
        assert await model.lost_clients() == 1
    (comment,) = await installation.agent_comments(issue)
    assert f"**Cancelled** by {issue.repository.owner}" in comment.body
    assert await installation.pull_requests(issue) == []
    assert installation.left_behind() == []
