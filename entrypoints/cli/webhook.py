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
    from domain.issue import Comment, Issue, PullRequest, Review
    from domain.secret import Secret

_SECONDS = 10.0
_LONGEST_QUOTE = 200


def labelled(issue: Issue, label: str, sender: str) -> dict[str, object]:
    """The payload of `issues.labeled`."""
    return about(issue, "labeled", sender, label={"name": label})


def commented(seen: Issue, comment: Comment, *, on_pull_request: bool) -> dict[str, object]:
    """The payload of `issue_comment.created`; a pull request is `seen` as an issue."""
    told = about(seen, "created", comment.author, comment=comment_fields(comment))
    return with_pull_request_mark(told) if on_pull_request else told


def reviewed(seen: Issue, pull_request: PullRequest, review: Review) -> dict[str, object]:
    """The payload of `pull_request_review.submitted`; the pull request is `seen` as an issue, too."""
    return about_pull_request(seen, pull_request, "submitted", review.author, review=review_fields(review))


def about(issue: Issue, action: str, sender: str, **more: object) -> dict[str, object]:
    """The payload of an event about an issue: the fields of GitHub's that matter to the gateway."""
    fields = {
        **_fields(issue),
        "labels": [{"name": name} for name in sorted(issue.labels)],
        "assignees": [{"login": login} for login in sorted(issue.assignees)],
    }
    return {"action": action, **more, "issue": fields, **_common(issue, sender)}


def about_pull_request(
    seen: Issue, pull_request: PullRequest, action: str, sender: str, **more: object
) -> dict[str, object]:
    """The payload of an event about a pull request, which is `seen` as an issue, too."""
    head = {"ref": pull_request.head, "repo": _repository(seen)}
    return {"action": action, **more, "pull_request": {**_fields(seen), "head": head}, **_common(seen, sender)}


def with_pull_request_mark(payload: dict[str, object]) -> dict[str, object]:
    """The same, of an issue that is in truth a pull request."""
    issue = payload["issue"]
    return {**payload, "issue": {**(issue if isinstance(issue, dict) else {}), "pull_request": {}}}


def comment_fields(comment: Comment) -> dict[str, object]:
    """What a payload says of a comment."""
    return {"id": comment.id, "body": comment.body, "created_at": comment.created_at.isoformat()}


def review_fields(review: Review) -> dict[str, object]:
    """What a payload says of a review."""
    at = review.submitted_at.isoformat()
    return {"id": review.id, "body": review.body, "state": review.state.value, "submitted_at": at}


def _fields(seen: Issue) -> dict[str, object]:
    return {
        "number": seen.key.number,
        "title": seen.title,
        "body": seen.body,
        "state": seen.state.value,
        "updated_at": seen.updated_at.isoformat(),
    }


def _common(seen: Issue, sender: str) -> dict[str, object]:
    return {"repository": _repository(seen), "sender": {"login": sender, "type": "User"}}


def _repository(seen: Issue) -> dict[str, object]:
    return {"id": seen.key.repository.id, "full_name": seen.key.repository.full_name}


async def send(url: str, secret: Secret, payload: dict[str, object], *, event: str = "issues") -> dict[str, object]:
    """Deliver an event, signed; return the gateway's answer.

    Raises `RemoteUnavailable` when no gateway answers there or it cannot take the event now, `InvalidInput` when it
    refuses it, or is no gateway.
    """
    body = json.dumps(payload).encode()
    signature = hmac.new(secret.reveal().encode(errors="surrogateescape"), body, hashlib.sha256).hexdigest()
    headers = {
        "Content-Type": "application/json",
        "X-GitHub-Event": event,
        "X-GitHub-Delivery": str(uuid.uuid4()),
        "X-Hub-Signature-256": f"sha256={signature}",
    }
    try:
        async with httpx.AsyncClient(timeout=_SECONDS, trust_env=False) as client:
            response = await client.post(f"{url.rstrip('/')}/webhook/github", content=body, headers=headers)
    except (httpx.InvalidURL, httpx.UnsupportedProtocol):
        message = f"{url} is no gateway's address; one looks like http://127.0.0.1:8080"
        raise InvalidInput(message) from None
    except httpx.TransportError as error:
        message = (
            f"No gateway answers at {url} ({type(error).__name__}). Start one with `coding-agent serve`, "
            "and give this command again."
        )
        raise RemoteUnavailable(message) from None
    return _understood(response, url)


def _understood(response: httpx.Response, url: str) -> dict[str, object]:
    """What the gateway answers, its refusals as errors."""
    if response.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
        message = f"The gateway cannot take the event now: {_words(response)}. Give this command again in a while."
        raise RemoteUnavailable(message)
    if response.status_code == httpx.codes.UNAUTHORIZED:
        message = f"The gateway at {url} has another WEBHOOK_SECRET: set the same one here and there."
        raise InvalidInput(message)
    answer = _json_object(response)
    if response.is_error or answer is None:
        message = f"The gateway at {url} refuses the event ({response.status_code}): {_words(response)}"
        raise InvalidInput(message)
    return answer


def _words(response: httpx.Response) -> str:
    """The server's own, on one line and not too many; a gateway's come as JSON."""
    answer = _json_object(response) or {}
    return " ".join(str(answer.get("error", response.text)).split())[:_LONGEST_QUOTE]


def _json_object(response: httpx.Response) -> dict[str, object] | None:
    try:
        answer = response.json()
    except ValueError:
        return None
    return answer if isinstance(answer, dict) else None
