"""Where what Ollama and httpx say becomes an error of ours: two tables for refusals, one for failures."""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, NamedTuple

import httpx
import msgspec

from application.waiting_time import waiting_time
from domain.conversation import Spend
from domain.errors import AnswerUnusable, CredentialsRefused, InvalidInput, ModelUnavailable, NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta

    from domain.errors import AgentError

_LONGEST_QUOTE = 200

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


class WindowTooSmall(Exception):
    """The prompt has more tokens than the window that was asked for; `error` is what that means, if it is the last."""

    def __init__(self, error: AgentError) -> None:
        super().__init__(str(error))
        self.error = error


class _Told(NamedTuple):
    pattern: re.Pattern[str]
    kind: type[AgentError]
    words: str


_TOO_LONG = _Told(
    re.compile(r"exceed_context_size|exceeds the (available )?context|longer than the context"),
    InvalidInput,
    "finds the prompt longer than what {model} can read: lower CONTEXT_TOKENS, raise OLLAMA_CONTEXT_TOKENS as far "
    "as the model allows, or choose a model with more context",
)
_BY_WORDS: Final = (
    _TOO_LONG,
    _Told(
        re.compile(r"""(^|invalid )option\b"""),
        InvalidInput,
        "does not accept an option of the request: bring Ollama up to date",
    ),
    _Told(
        re.compile(r"does not support"),
        InvalidInput,
        "says that {model} cannot do this: choose a model that can chat, such as qwen2.5-coder:7b",
    ),
    _Told(
        re.compile(r"requires more system memory|out of memory|unable to allocate"),
        ModelUnavailable,
        "has not the memory for {model}: free some, lower OLLAMA_CONTEXT_TOKENS, or choose a smaller model",
    ),
    _Told(
        re.compile(r"runner process|runner has"),
        ModelUnavailable,
        "lost the process that ran {model}, often for want of memory; its log says why",
    ),
)
"""What its status does not tell: Ollama answers 500 for all of these, or 200 and an error in mid-answer."""

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


class _Inner(msgspec.Struct):
    message: str


class _Wrapped(msgspec.Struct):
    error: _Inner


@dataclass(frozen=True, slots=True)
class Server:
    """The server as its errors name it: where it was looked for (without credentials), and which model was asked for.

    The error in each case is returned, not raised.
    """

    place: str
    model: str

    def refused(self, response: httpx.Response, body: bytes) -> AgentError | WindowTooSmall:
        """What a response says whose status is not 200, and its body as far as it was read. Nothing was spent."""
        quote = _quote(body)
        status = response.status_code
        wait = waiting_time(response.headers.get("retry-after", ""), response.headers.get("date", ""))
        if told := self._told(quote, wait, spend=Spend()):
            return told
        kind = _REFUSALS.get(status) or (InvalidInput if 300 <= status < 500 else ModelUnavailable)  # noqa: PLR2004 - the class of a status
        if kind is NotFound:
            return self._not_found(known=bool(quote))
        elsewhere = ", which points to another address and is not followed: correct OLLAMA_URL" * (300 <= status < 400)  # noqa: PLR2004 - as above
        message = f"Ollama at `{self.place}` answered {status}{_in_parentheses(quote)}{elsewhere}."
        if kind is ModelUnavailable:
            return ModelUnavailable(message, retry_after=wait, spend=Spend())
        return kind(message)

    def gave_up(self, words: str) -> AgentError | WindowTooSmall:
        """It sent an error in mid-answer."""
        quote = _quote_of(words)
        return self._told(quote) or ModelUnavailable(f"Ollama at `{self.place}` gave up in mid-answer ({quote}).")

    def stopped(self) -> AgentError:
        """The stream ended before the answer did."""
        return ModelUnavailable(f"Ollama at `{self.place}` stopped in mid-answer; its log says why.")

    def garbled(self) -> AgentError:
        """What came is no answer of Ollama's."""
        return ModelUnavailable(f"What is at `{self.place}` sent something that is no answer; is it Ollama?")

    def endless(self, max_tokens: int) -> AgentError:
        """The answer went on, far beyond what was asked for."""
        return AnswerUnusable(
            f"{self.model} did not stop at {max_tokens:,} tokens, and was stopped: it may have been repeating itself. "
            "Ask again, or choose another model."
        )

    def _told(
        self, quote: str, retry_after: timedelta | None = None, *, spend: Spend | None = None
    ) -> AgentError | WindowTooSmall | None:
        """What its words tell, where the status does not."""
        found = next((told for told in _BY_WORDS if told.pattern.search(quote)), None)
        if found is None:
            return None
        words = found.words.format(model=self.model)
        message = f"Ollama at `{self.place}` {words} ({quote})."
        if found.kind is ModelUnavailable:
            return ModelUnavailable(message, retry_after=retry_after, spend=spend)
        error = found.kind(message)
        return WindowTooSmall(error) if found is _TOO_LONG else error

    def _not_found(self, *, known: bool) -> AgentError:
        if known:
            return NotFound(f"Ollama at `{self.place}` does not have {self.model}: run `ollama pull {self.model}`")
        return NotFound(f"There is no Ollama at `{self.place}`; correct its address.")

    def failed(self, error: Exception) -> AgentError:
        """What an exception of `FAILURES` means."""
        kind, words = next(FAILURES[ancestor] for ancestor in type(error).__mro__ if ancestor in FAILURES)
        message = f"Ollama at `{self.place}` {words}{_in_parentheses(_one_line(str(error)))}."
        if (kind, words) == _NOT_THERE:
            return ModelUnavailable(message, spend=Spend())
        return kind(message)

    def silent(self, seconds: float) -> AgentError:
        """It stopped sending."""
        return ModelUnavailable(f"Ollama at `{self.place}` has sent nothing for {seconds:g} s.")

    def late(self, seconds: float) -> AgentError:
        """The whole answer took too long."""
        return ModelUnavailable(f"Ollama at `{self.place}` had not finished its answer within {seconds:,.0f} s.")


def _quote(body: bytes) -> str:
    """What the server says, if it is Ollama that says it."""
    try:
        return _quote_of(msgspec.json.decode(body, type=_ErrorBody).error)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""


def _quote_of(words: str) -> str:
    """Its words in one line; an error of its runner's comes as JSON inside the text."""
    try:
        return _one_line(msgspec.json.decode(words, type=_Wrapped).error.message)
    except (msgspec.DecodeError, RecursionError):
        return _one_line(words)


def _one_line(text: str) -> str:
    return " ".join(text.split())[:_LONGEST_QUOTE]


def _in_parentheses(text: str) -> str:
    return f" ({text})" if text else ""
