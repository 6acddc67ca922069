"""Where what Anthropic's API and SDK say becomes an error of ours. Imports the SDK."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, NamedTuple

import anthropic
import httpx2

from application.waiting_time import waiting_time
from domain.conversation import Spend
from domain.errors import AnswerUnusable, CredentialsRefused, InvalidInput, ModelUnavailable, NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta

    from domain.errors import AgentError
    from domain.secret import Secret

_LONGEST_QUOTE = 200


class _Verdict(NamedTuple):
    kind: type[AgentError]
    words: str


_KEY = _Verdict(CredentialsRefused, "does not accept the API key; check it, and what it is allowed to do")
_BILL = _Verdict(CredentialsRefused, "does not serve the account of the API key; check its billing")
_MODEL = _Verdict(NotFound, "does not have the model {model}")
_REQUEST = _Verdict(InvalidInput, "does not accept the request")
_TOO_LONG = _Verdict(InvalidInput, "finds the request too long")
_ELSEWHERE = _Verdict(InvalidInput, "points to another address, which is not followed; correct the one that is set")
_BUSY = _Verdict(ModelUnavailable, "has no capacity for us now")
_ILL = _Verdict(ModelUnavailable, "had an error of its own")
_CUT = _Verdict(ModelUnavailable, "broke off")
_SILENT = _Verdict(ModelUnavailable, "has sent nothing for too long")
_UNREACHED = _Verdict(ModelUnavailable, "cannot be reached")
_GARBLED = _Verdict(ModelUnavailable, "sent something that is no answer")

REFUSALS_BY_TYPE: Final[Mapping[str, _Verdict]] = {
    "invalid_request_error": _REQUEST,
    "authentication_error": _KEY,
    "billing_error": _BILL,
    "permission_error": _KEY,
    "not_found_error": _MODEL,
    "request_too_large": _TOO_LONG,
    "conflict_error": _BUSY,
    "rate_limit_error": _BUSY,
    "overloaded_error": _BUSY,
    "timeout_error": _ILL,
    "api_error": _ILL,
    "memory_precondition_failed_error": _REQUEST,
    "memory_path_conflict_error": _REQUEST,
}
"""By the type that an error's body names; it counts before the status, which in mid-answer is 200."""

_REFUSALS_BY_STATUS: Final[Mapping[int, _Verdict]] = {
    HTTPStatus.UNAUTHORIZED: _KEY,
    HTTPStatus.PAYMENT_REQUIRED: _BILL,
    HTTPStatus.FORBIDDEN: _KEY,
    HTTPStatus.NOT_FOUND: _MODEL,
    HTTPStatus.REQUEST_TIMEOUT: _ILL,
    HTTPStatus.CONFLICT: _BUSY,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: _TOO_LONG,
    HTTPStatus.TOO_EARLY: _BUSY,
    HTTPStatus.TOO_MANY_REQUESTS: _BUSY,
    HTTPStatus.SERVICE_UNAVAILABLE: _BUSY,
    529: _BUSY,
}
"""Statuses that are not here go by their class."""

_FAILURES: Final[Mapping[type[Exception], _Verdict]] = {
    anthropic.APITimeoutError: _SILENT,
    anthropic.APIConnectionError: _UNREACHED,
    anthropic.APIResponseValidationError: _GARBLED,
    anthropic.AnthropicError: _ILL,
    httpx2.TimeoutException: _SILENT,
    httpx2.HTTPError: _CUT,
    httpx2.InvalidURL: _REQUEST,
    httpx2.StreamError: _CUT,
    # What the SDK lets through when an event is not JSON, or not of the documented shape.
    ValueError: _GARBLED,
    LookupError: _GARBLED,
    RecursionError: _GARBLED,
    TypeError: _GARBLED,
    AttributeError: _GARBLED,
    AssertionError: _GARBLED,
}
"""By exception, the nearest class of its ancestry counting; an `APIStatusError` is told by the tables above."""

FAILURES: Final = tuple(_FAILURES)


@dataclass(frozen=True, slots=True)
class Server:
    """The server as its errors name it: where it is (without credentials), and which model was asked for."""

    place: str
    model: str
    key: Secret

    def failed(self, error: Exception) -> AgentError:
        """What an exception of `FAILURES` means; returned, not raised."""
        if isinstance(error, anthropic.APIStatusError):
            return self._refused(error)
        verdict = next(_FAILURES[ancestor] for ancestor in type(error).__mro__ if ancestor in _FAILURES)
        return self._error(verdict, spend=Spend() if _never_sent(error) else None)

    def cut(self) -> AgentError:
        """The stream ended before the answer did."""
        return self._error(_CUT)

    def late(self, seconds: float) -> AgentError:
        """The whole answer took too long."""
        return ModelUnavailable(f"Claude at `{self.place}` had not finished its answer within {seconds:,.0f} s.")

    def _refused(self, error: anthropic.APIStatusError) -> AgentError:
        verdict = REFUSALS_BY_TYPE.get(str(error.type)) or _by_status(error.status_code)
        # In mid-answer the status is 200, and the answer so far was paid for.
        spend = None if error.status_code == HTTPStatus.OK else Spend()
        headers = error.response.headers
        wait = waiting_time(headers.get("retry-after", ""), headers.get("date", ""))
        return self._error(verdict, error.api_message, wait, spend)

    def endless(self, max_tokens: int) -> AgentError:
        """The answer went on, far beyond what was asked for."""
        return AnswerUnusable(
            f"{self.model} did not stop at {max_tokens:,} tokens, and was stopped: it may have been repeating itself. "
            "Ask again, or choose another model."
        )

    def _error(
        self,
        verdict: _Verdict,
        quote: object = None,
        retry_after: timedelta | None = None,
        spend: Spend | None = None,
    ) -> AgentError:
        words = verdict.words.format(model=self.model)
        message = f"Claude at `{self.place}` {words}{self._in_parentheses(quote)}."
        if verdict.kind is ModelUnavailable:
            return ModelUnavailable(message, retry_after=retry_after, spend=spend)
        return verdict.kind(message)

    def _in_parentheses(self, quote: object) -> str:
        """The server's own words, if it has any, and without the key should it quote that."""
        line = " ".join(quote.split()) if isinstance(quote, str) else ""
        line = line.replace(self.key.reveal(), "…")[:_LONGEST_QUOTE]
        return f" ({line})" if line else ""


def _never_sent(error: Exception) -> bool:
    """Whether no connection came about."""
    causes = (error, error.__cause__)
    return any(isinstance(cause, httpx2.ConnectError | httpx2.ConnectTimeout) for cause in causes)


def _by_status(status: int) -> _Verdict:
    by_class = {3: _ELSEWHERE, 4: _REQUEST}
    return _REFUSALS_BY_STATUS.get(status) or by_class.get(status // 100, _ILL)
