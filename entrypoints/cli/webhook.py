"""A webhook as GitHub sends it, for the local forge, which sends none by itself."""

from __future__ import annotations

import hashlib
import hmac
import json
import uuid
from typing import TYPE_CHECKING

import httpx

from domain.errors import InvalidInput, RemoteUnavailable

if TYPE_CHECKING:
    from domain.issue import Issue
    from domain.secret import Secret

_SECONDS = 10.0


def labelled(issue: Issue, label: str, sender: str) -> dict[str, object]:
    """The payload of `issues.labeled`: the fields of GitHub's that matter to the gateway."""
    repository = issue.key.repository
    return {
        "action": "labeled",
        "label": {"name": label},
        "issue": {
            "number": issue.key.number,
            "title": issue.title,
            "body": issue.body,
            "state": issue.state.value,
            "labels": [{"name": name} for name in sorted(issue.labels)],
            "assignees": [{"login": login} for login in sorted(issue.assignees)],
            "updated_at": issue.updated_at.isoformat(),
        },
        "repository": {"id": repository.id, "full_name": repository.full_name},
        "sender": {"login": sender, "type": "User"},
    }


async def send(url: str, secret: Secret, payload: dict[str, object]) -> dict[str, object]:
    """Deliver an `issues` event, signed; return the gateway's answer.

    Raises `RemoteUnavailable` when no gateway answers there or it cannot take the event now, `InvalidInput` when it
    refuses it.
    """
    body = json.dumps(payload).encode()
    signature = hmac.new(secret.reveal().encode(), body, hashlib.sha256).hexdigest()
    headers = {
        "Content-Type": "application/json",
        "X-GitHub-Event": "issues",
        "X-GitHub-Delivery": str(uuid.uuid4()),
        "X-Hub-Signature-256": f"sha256={signature}",
    }
    try:
        async with httpx.AsyncClient(timeout=_SECONDS, trust_env=False) as client:
            response = await client.post(f"{url}/webhook/github", content=body, headers=headers)
    except httpx.TransportError as error:
        message = f"No gateway answers at {url} ({type(error).__name__}). Start one: coding-agent serve"
        raise RemoteUnavailable(message) from None
    if response.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
        message = f"The gateway cannot take the event now: {response.text}"
        raise RemoteUnavailable(message)
    if response.is_error:
        message = f"The gateway refuses the event ({response.status_code}): {response.text}"
        raise InvalidInput(message)
    answer: dict[str, object] = response.json()
    return answer
