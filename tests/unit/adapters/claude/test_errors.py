from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import anthropic
import httpx2
import pytest
from anthropic.types.shared.error_type import ErrorType

from adapters.claude.errors import FAILURES, REFUSALS_BY_TYPE, Server
from domain.errors import CredentialsRefused, InvalidInput, ModelUnavailable, NotFound
from domain.secret import Secret

if TYPE_CHECKING:
    from types import ModuleType

if TYPE_CHECKING:
    from domain.errors import AgentError

SERVER = Server("https://claude.example", "claude-x", Secret("key"))
REQUEST = httpx2.Request("POST", "https://claude.example/v1/messages")

BY_TYPE: dict[str, type[AgentError]] = {
    "invalid_request_error": InvalidInput,
    "authentication_error": CredentialsRefused,
    "billing_error": CredentialsRefused,
    "permission_error": CredentialsRefused,
    "not_found_error": NotFound,
    "request_too_large": InvalidInput,
    "rate_limit_error": ModelUnavailable,
    "timeout_error": ModelUnavailable,
    "api_error": ModelUnavailable,
    "overloaded_error": ModelUnavailable,
    "conflict_error": ModelUnavailable,
    "memory_precondition_failed_error": InvalidInput,
    "memory_path_conflict_error": InvalidInput,
}
BY_STATUS: dict[int, type[AgentError]] = {
    401: CredentialsRefused,
    402: CredentialsRefused,
    403: CredentialsRefused,
    404: NotFound,
    408: ModelUnavailable,
    409: ModelUnavailable,
    425: ModelUnavailable,
    429: ModelUnavailable,
}

# Raised only for a use of the SDK that is not made here.
NOT_FROM_A_REQUEST = {httpx2.CookieConflict, httpx2.HTTPStatusError}


def failed(status: int, body: object = None) -> AgentError:
    response = httpx2.Response(status, request=REQUEST)
    return SERVER.failed(anthropic.APIStatusError("refused", response=response, body=body))


def of_type(kind: str, status: int = 200) -> AgentError:
    return failed(status, {"type": "error", "error": {"type": kind, "message": "because"}})


def exceptions_of(module: ModuleType) -> set[type[Exception]]:
    exported = [getattr(module, name) for name in module.__all__]
    return {kind for kind in exported if isinstance(kind, type) and issubclass(kind, Exception)}


def test_the_table_has_every_type_of_error_that_the_sdk_lists() -> None:
    assert set(REFUSALS_BY_TYPE) == set(BY_TYPE) == {*get_args(ErrorType), "request_too_large"}


@pytest.mark.parametrize("kind", BY_TYPE)
def test_the_type_of_an_error_counts_in_mid_answer_too(kind: str) -> None:
    error = of_type(kind)
    assert type(error) is BY_TYPE[kind]
    assert "(because)" in str(error)


def test_the_status_decides_where_no_type_is_known() -> None:
    for status in range(300, 600):
        expected = BY_STATUS.get(status, InvalidInput if status < 500 else ModelUnavailable)
        assert type(failed(status, "<html>")) is type(of_type("novel_error", status)) is expected


def test_every_exception_of_the_sdk_and_its_transport_is_translated() -> None:
    kinds = (exceptions_of(anthropic) | exceptions_of(httpx2)) - NOT_FROM_A_REQUEST
    assert {kind for kind in kinds if not issubclass(kind, FAILURES)} == set()
    assert len(kinds) > 30


@pytest.mark.parametrize(
    "error",
    [
        anthropic.APITimeoutError(REQUEST),
        anthropic.APIConnectionError(request=REQUEST),
        anthropic.APIResponseValidationError(httpx2.Response(200, request=REQUEST), None),
        anthropic.AnthropicError("odd"),
        httpx2.ReadError("cut"),
        httpx2.ReadTimeout("slow"),
        httpx2.RemoteProtocolError("cut"),
        httpx2.DecodingError("no gzip"),
        httpx2.StreamClosed(),
        ValueError("no JSON"),
        IndexError("no such block"),
        TypeError("no message"),
        AttributeError("no type"),
        AssertionError("no beginning"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_failure_on_the_way_is_transient(error: Exception) -> None:
    assert type(SERVER.failed(error)) is ModelUnavailable


def test_a_model_that_is_not_there_is_named() -> None:
    assert "claude-x" in str(of_type("not_found_error", 404))


def test_the_server_is_quoted_in_one_line_of_bounded_length() -> None:
    text = str(failed(500, {"error": {"type": "api_error", "message": "one\ntwo " + "x" * 5_000}}))
    assert "(one two xxx" in text
    assert len(text) < 400
