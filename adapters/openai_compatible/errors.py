"""Where what such a server and httpx say becomes an error of ours."""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, NamedTuple

import httpx

from adapters.openai_compatible.error_words import ErrorWords, read_error
from application.waiting_time import waiting_time
from domain.conversation import Spend
from domain.errors import AnswerUnusable, CredentialsRefused, InvalidInput, ModelUnavailable, NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta

    from domain.errors import AgentError
    from domain.secret import Secret


class _Verdict(NamedTuple):
    kind: type[AgentError]
    words: str


_KEY = _Verdict(CredentialsRefused, "does not accept the key: set OPENAI_API_KEY, or correct it")
_BILL = _Verdict(CredentialsRefused, "does not serve the account of the key: check its billing")
_MODEL = _Verdict(NotFound, "does not have the model {model}: correct OPENAI_MODEL (`coding-agent doctor` lists them)")
_PAGE = _Verdict(NotFound, "has no chat completions there: OPENAI_BASE_URL usually ends with /v1")
_REQUEST = _Verdict(InvalidInput, "does not accept the request")
_TOO_LONG = _Verdict(
    InvalidInput,
    "finds the prompt too long for {model}: lower CONTEXT_TOKENS, or start the server with a larger context",
)
_ELSEWHERE = _Verdict(InvalidInput, "points to another address, which is not followed: correct OPENAI_BASE_URL")
_LOADING = _Verdict(ModelUnavailable, "is still loading the model")
_BUSY = _Verdict(ModelUnavailable, "has no capacity for us now")
_ILL = _Verdict(ModelUnavailable, "had an error of its own")
_CUT = _Verdict(ModelUnavailable, "broke off")
_SILENT = _Verdict(ModelUnavailable, "has sent nothing for too long")
_UNREACHED = _Verdict(ModelUnavailable, "does not answer: start the server, or correct OPENAI_BASE_URL")
_GARBLED = _Verdict(ModelUnavailable, "sent something that is no answer of OpenAI's chat completions")
_NO_ADDRESS = _Verdict(InvalidInput, "is no address that can be asked")

_BY_STATUS: Final[Mapping[int, _Verdict]] = {
    HTTPStatus.UNAUTHORIZED: _KEY,
    HTTPStatus.PAYMENT_REQUIRED: _BILL,
    HTTPStatus.FORBIDDEN: _KEY,
    HTTPStatus.REQUEST_TIMEOUT: _ILL,
    HTTPStatus.CONFLICT: _BUSY,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: _TOO_LONG,
    HTTPStatus.TOO_EARLY: _BUSY,
    HTTPStatus.TOO_MANY_REQUESTS: _BUSY,
    HTTPStatus.SERVICE_UNAVAILABLE: _BUSY,
    529: _BUSY,
}
"""Statuses that are not here go by their class."""

_BY_WORDS: Final[tuple[tuple[re.Pattern[str], _Verdict], ...]] = (
    (re.compile(r"insufficient_quota|billing_hard_limit"), _BILL),
    (
        re.compile(r"context_length_exceeded|exceed_context_size|context (size|length|window)|maximum context"),
        _TOO_LONG,
    ),
    (re.compile(r"model_not_found|model\b.{0,80}\b(does not exist|not found)"), _MODEL),
    (re.compile(r"(?i)loading model|model is loading"), _LOADING),
    (re.compile(r"(?i)overloaded|rate.?limit"), _BUSY),
)
"""What the status does not tell, or no status can tell in mid-answer; by the error's code and text."""

_FAILURES: Final[Mapping[type[Exception], _Verdict]] = {
    httpx.ConnectError: _UNREACHED,
    httpx.ConnectTimeout: _UNREACHED,
    httpx.TimeoutException: _SILENT,
    httpx.UnsupportedProtocol: _NO_ADDRESS,
    httpx.InvalidURL: _NO_ADDRESS,
    httpx.HTTPError: _CUT,
    httpx.StreamError: _CUT,
}
"""By exception, the nearest class of its ancestry counting; every exception of httpx that a request can end in."""

FAILURES: Final = tuple(_FAILURES)


@dataclass(frozen=True, slots=True)
class Server:
    """The server as its errors name it: where it is (without credentials), and which model was asked for.

    The error in each case is returned, not raised.
    """

    place: str
    model: str
    key: Secret

    def refused(self, response: httpx.Response, body: bytes) -> AgentError:
        """What a response says whose status is not 200, and its body as far as it was read. Nothing was spent."""
        words = read_error(body) or ErrorWords()
        verdict = _by_words(words) or _by_status(response.status_code, words)
        wait = waiting_time(response.headers.get("retry-after", ""), response.headers.get("date", ""))
        return self._error(verdict, words.text, wait, Spend(), status=response.status_code)

    def reported(self, event: bytes) -> AgentError | None:
        """The error that an event in mid-answer is, None where it is none."""
        words = read_error(event)
        return self._error(_by_words(words) or _ILL, words.text) if words else None

    def failed(self, error: Exception) -> AgentError:
        """What an exception of `FAILURES` means."""
        verdict = next(_FAILURES[ancestor] for ancestor in type(error).__mro__ if ancestor in _FAILURES)
        words = " ".join(str(error).split())
        return self._error(verdict, words, spend=Spend() if verdict is _UNREACHED else None)

    def stopped(self) -> AgentError:
        """The stream ended before the answer did."""
        return ModelUnavailable(f"The model server at `{self.place}` stopped in mid-answer; its log says why.")

    def garbled(self) -> AgentError:
        """What came is no answer."""
        return self._error(_GARBLED)

    def silent(self, seconds: float) -> AgentError:
        """It stopped sending."""
        return ModelUnavailable(f"The model server at `{self.place}` has sent nothing for {seconds:g} s.")

    def late(self, seconds: float) -> AgentError:
        """The whole answer took too long."""
        return ModelUnavailable(
            f"The model server at `{self.place}` had not finished its answer within {seconds:,.0f} s."
        )

    def endless(self, max_tokens: int) -> AgentError:
        """The answer went on, far beyond what was asked for."""
        return AnswerUnusable(
            f"{self.model} did not stop at {max_tokens:,} tokens, and was stopped: it may have been repeating itself. "
            "Ask again, or choose another model."
        )

    def _error(
        self,
        verdict: _Verdict,
        quote: str = "",
        retry_after: timedelta | None = None,
        spend: Spend | None = None,
        *,
        status: int | None = None,
    ) -> AgentError:
        words = verdict.words.format(model=self.model)
        message = f"The model server at `{self.place}` {words}{self._in_parentheses(quote, status)}."
        if verdict.kind is ModelUnavailable:
            return ModelUnavailable(message, retry_after=retry_after, spend=spend)
        return verdict.kind(message)

    def _in_parentheses(self, quote: str, status: int | None) -> str:
        """Status and the server's own words, without the key should it quote that."""
        shown = quote.replace(self.key.reveal(), "…") if self.key else quote
        parts = [*([str(status)] if status else []), *([shown[:200]] if shown else [])]
        return f" ({': '.join(parts)})" if parts else ""


def _by_words(words: ErrorWords) -> _Verdict | None:
    said = f"{words.code} {words.text}"
    return next((verdict for pattern, verdict in _BY_WORDS if pattern.search(said)), None)


def _by_status(status: int, words: ErrorWords) -> _Verdict:
    if status == HTTPStatus.NOT_FOUND:
        return _MODEL if "model" in words.text.lower() else _PAGE
    by_class = {3: _ELSEWHERE, 4: _REQUEST}
    return _BY_STATUS.get(status) or by_class.get(status // 100, _ILL)
