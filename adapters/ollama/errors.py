"""Where what Ollama and httpx say becomes an error of ours: one table for refusals, one for failures."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import httpx
import msgspec

from domain.errors import CredentialsRefused, InvalidInput, ModelUnavailable, NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

    from domain.errors import AgentError

_LONGEST_QUOTE = 200
_SECONDS = re.compile(r"\d{1,6}")

_REFUSALS: Final[Mapping[int, type[AgentError]]] = {
    HTTPStatus.UNAUTHORIZED: CredentialsRefused,
    HTTPStatus.FORBIDDEN: CredentialsRefused,
    HTTPStatus.NOT_FOUND: NotFound,
    HTTPStatus.REQUEST_TIMEOUT: ModelUnavailable,
    HTTPStatus.CONFLICT: ModelUnavailable,
    HTTPStatus.TOO_EARLY: ModelUnavailable,
    HTTPStatus.TOO_MANY_REQUESTS: ModelUnavailable,
}
"""Statuses of 300 to 499 that are not here are `InvalidInput`; all the rest are `ModelUnavailable`."""

_NOT_THERE = (ModelUnavailable, "does not answer: start it with `ollama serve`, or correct its address")
_NOT_AN_ADDRESS = (InvalidInput, "is no address that can be asked")

FAILURES: Final[Mapping[type[Exception], tuple[type[AgentError], str]]] = {
    httpx.ConnectError: _NOT_THERE,
    httpx.ConnectTimeout: _NOT_THERE,
    httpx.TimeoutException: (ModelUnavailable, "has sent nothing for too long"),
    httpx.UnsupportedProtocol: _NOT_AN_ADDRESS,
    httpx.InvalidURL: _NOT_AN_ADDRESS,
    httpx.HTTPError: (ModelUnavailable, "broke off"),
    httpx.StreamError: (ModelUnavailable, "broke off"),
}
"""By exception, the nearest class of its ancestry counting; every exception of httpx that a request can end in."""


class _ErrorBody(msgspec.Struct):
    error: str


@dataclass(frozen=True, slots=True)
class Server:
    """The server as its errors name it: where it was looked for (without credentials), and which model was asked for.

    The error in each case is returned, not raised.
    """

    place: str
    model: str

    def refused(self, response: httpx.Response) -> AgentError:
        """What a response says whose status is not 200; its body has been read."""
        quote = _quote(response.content)
        status = response.status_code
        kind = _REFUSALS.get(status) or (InvalidInput if 300 <= status < 500 else ModelUnavailable)  # noqa: PLR2004 - the class of a status
        if kind is NotFound:
            return self._not_found(known=bool(quote))
        message = f"Ollama at `{self.place}` answered {status}{_in_parentheses(quote)}."
        if kind is ModelUnavailable:
            return ModelUnavailable(message, retry_after=_retry_after(response))
        return kind(message)

    def _not_found(self, *, known: bool) -> AgentError:
        if known:
            return NotFound(f"Ollama at `{self.place}` does not have {self.model}: run `ollama pull {self.model}`")
        return NotFound(f"There is no Ollama at `{self.place}`; correct its address.")

    def failed(self, error: Exception) -> AgentError:
        """What an exception of `FAILURES` means."""
        kind, words = next(FAILURES[ancestor] for ancestor in type(error).__mro__ if ancestor in FAILURES)
        return kind(f"Ollama at `{self.place}` {words}{_in_parentheses(_one_line(str(error)))}.")

    def silent(self, seconds: float) -> AgentError:
        """It stopped sending."""
        return ModelUnavailable(f"Ollama at `{self.place}` has sent nothing for {seconds:g} s.")

    def late(self, seconds: float) -> AgentError:
        """The whole answer took too long."""
        return ModelUnavailable(f"Ollama at `{self.place}` had not finished its answer within {seconds:g} s.")


def _quote(body: bytes) -> str:
    """What the server says, if it is Ollama that says it."""
    try:
        return _one_line(msgspec.json.decode(body, type=_ErrorBody).error)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""


def _one_line(text: str) -> str:
    return " ".join(text.split())[:_LONGEST_QUOTE]


def _in_parentheses(text: str) -> str:
    return f" ({text})" if text else ""


def _retry_after(response: httpx.Response) -> timedelta | None:
    value = response.headers.get("retry-after", "")
    return timedelta(seconds=int(value)) if _SECONDS.fullmatch(value) else None
