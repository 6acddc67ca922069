"""From GitHub's answers to the errors of the domain: the one table.

GitHub says "not now" in several ways: with a header, with none but a remainder of zero, or (the secondary limits, as
its documentation has it) with words only. That one place reads the words, for there is nothing else to read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

import msgspec

from adapters.github.wire import ErrorBody
from domain.errors import CredentialsRefused, ForgeUnavailable, InvalidInput, NotFound, PermissionRefused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.github.wire import GraphQlError
    from domain.errors import AgentError

_WITHOUT_A_HEADER = timedelta(seconds=60)
"""What GitHub's documentation asks for where no header says how long."""
_LIMIT_WORDS = ("rate limit", "abuse detection", "rate-limit")
_LONGEST_QUOTE = 300
_HTTP_ERROR = 400
_SERVER_ERROR = 500


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that is no success; the names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def translate(answer: Answer, what: str, now: datetime) -> AgentError:
    """The domain's error for an answer to a request that was about `what`, such as `acme/shop#12`."""
    said = _said(answer.body)
    if answer.status >= _SERVER_ERROR or answer.status == HTTPStatus.REQUEST_TIMEOUT:
        message = f"GitHub cannot answer now ({answer.status})"
        return ForgeUnavailable(message, retry_after=_asked_to_wait(answer.headers, now))
    if wait := _limited(answer, now):
        return ForgeUnavailable(f"GitHub's rate limit is reached; it asks to wait {_spoken(wait)}", retry_after=wait)
    match answer.status:
        case HTTPStatus.UNAUTHORIZED:
            return CredentialsRefused(f"GitHub does not accept the agent's credentials{said}. {_RENEW}")
        case HTTPStatus.FORBIDDEN:
            return PermissionRefused(f"GitHub does not let the agent do this with {what}{said}.{_needed(answer)}")
        case HTTPStatus.NOT_FOUND:
            return NotFound(f"{what} does not exist on GitHub, or the agent has no access to it")
        case HTTPStatus.GONE:
            return NotFound(f"{what} is no longer there: it was deleted, or the repository has it switched off{said}")
        case HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS:
            return PermissionRefused(f"GitHub has blocked access to {what}{said}")
        case _:
            return InvalidInput(f"GitHub refuses the request about {what} ({answer.status}){said}")


def translate_graphql(errors: list[GraphQlError], what: str) -> AgentError:
    """The domain's error for a GraphQL answer that has errors; one that GitHub gives no kind is trouble of its own."""
    first = errors[0]
    said = f": {_line(first.message)}"
    match first.type:
        case "NOT_FOUND":
            return NotFound(f"{what} does not exist on GitHub, or the agent has no access to it")
        case "FORBIDDEN" | "INSUFFICIENT_SCOPES":
            return PermissionRefused(f"GitHub does not let the agent do this with {what}{said}")
        case "RATE_LIMITED":
            return ForgeUnavailable("GitHub's rate limit is reached", retry_after=_WITHOUT_A_HEADER)
        case "":
            return ForgeUnavailable(f"GitHub cannot answer now{said}")
        case _:
            return InvalidInput(f"GitHub refuses the request about {what}{said}")


def is_error(status: int) -> bool:
    """Whether a status is no success (redirections are seen to before)."""
    return status >= _HTTP_ERROR


def may_pass(status: int) -> bool:
    """Whether the very same request may succeed in a moment: the server's own trouble, not a limit."""
    return status in {
        HTTPStatus.INTERNAL_SERVER_ERROR,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
        HTTPStatus.REQUEST_TIMEOUT,
    }


_RENEW = (
    "Renew GITHUB_TOKEN, or check GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY, "
    "and whether GITHUB_BASE_URL names the server that they are for"
)


def _limited(answer: Answer, now: datetime) -> timedelta | None:
    """How long to wait, where the answer says that there were too many requests."""
    if answer.status not in {HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS}:
        return None
    if wait := _asked_to_wait(answer.headers, now):
        return wait
    error = _error_body(answer.body)
    words = f"{error.message} {error.documentation_url}".lower()
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS or any(word in words for word in _LIMIT_WORDS):
        return _WITHOUT_A_HEADER
    return None


def _asked_to_wait(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """From `Retry-After` (seconds or a date), or from when the limit is reset; at least a second."""
    if after := headers.get("retry-after", "").strip():
        return _at_least_a_second(_retry_after(after, now))
    if headers.get("x-ratelimit-remaining", "").strip() == "0":
        reset = headers.get("x-ratelimit-reset", "").strip()
        until = datetime.fromtimestamp(int(reset), UTC) - now if reset.isdecimal() else _WITHOUT_A_HEADER
        return _at_least_a_second(until)
    return None


def _retry_after(text: str, now: datetime) -> timedelta:
    if text.isdecimal():
        return timedelta(seconds=int(text))
    try:
        return parsedate_to_datetime(text) - now
    except (ValueError, TypeError):
        return _WITHOUT_A_HEADER


def _at_least_a_second(wait: timedelta) -> timedelta:
    return max(wait, timedelta(seconds=1))


def _needed(answer: Answer) -> str:
    """What GitHub says in its headers that it would take."""
    if permissions := answer.headers.get("x-accepted-github-permissions", ""):
        return f" It takes the permission {_line(permissions)}."
    if "required" in answer.headers.get("x-github-sso", ""):
        return " The organization uses single sign-on: authorize the token for it in the token's settings."
    return ""


def _said(body: bytes) -> str:
    """`: ` and GitHub's own words on one line, or nothing."""
    error = _error_body(body)
    details = [each if isinstance(each, str) else each.message or f"{each.field} {each.code}" for each in error.errors]
    words = _line("; ".join(part for part in (error.message, *details) if part.strip()))
    return f": {words}" if words else ""


def _error_body(body: bytes) -> ErrorBody:
    try:
        return msgspec.json.decode(body, type=ErrorBody)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ErrorBody()


def _line(text: str) -> str:
    """On one line, without control characters, and not too long."""
    line = " ".join("".join(each if each.isprintable() else " " for each in text).split()).rstrip(".")
    return line if len(line) <= _LONGEST_QUOTE else f"{line[:_LONGEST_QUOTE]}…"


def _spoken(wait: timedelta) -> str:
    seconds = int(wait.total_seconds())
    return f"{seconds} s" if seconds < 2 * 60 else f"{seconds // 60} minutes"
