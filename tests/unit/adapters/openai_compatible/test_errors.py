from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.openai_compatible.error_words import read_error
from adapters.openai_compatible.errors import FAILURES, Server
from domain.conversation import Spend
from domain.errors import CredentialsRefused, InvalidInput, ModelUnavailable, NotFound
from domain.secret import Secret

if TYPE_CHECKING:
    from domain.errors import AgentError

SERVER = Server("http://models.example", "qwen2.5-coder", Secret("planted-key"))

# What httpx raises only when it is used wrongly, or when it is asked to: none of it comes from a request.
NOT_FROM_A_REQUEST = {httpx.CookieConflict, httpx.HTTPStatusError}
FOR_GOOD = {httpx.InvalidURL, httpx.UnsupportedProtocol}


def refused(status: int, body: object = None, **headers: str) -> AgentError:
    return SERVER.refused(httpx.Response(status, headers=headers), msgspec.json.encode(body))


def test_every_exception_of_httpx_becomes_an_error_of_ours() -> None:
    exported = {getattr(httpx, name) for name in httpx.__all__}
    exceptions = {kind for kind in exported if isinstance(kind, type) and issubclass(kind, Exception)}
    for kind in exceptions - NOT_FROM_A_REQUEST:
        error = kind.__new__(kind, "it\nwent wrong")
        assert isinstance(error, FAILURES), kind
        assert type(SERVER.failed(error)) is (InvalidInput if kind in FOR_GOOD else ModelUnavailable)


BY_STATUS = {
    401: CredentialsRefused,
    402: CredentialsRefused,
    403: CredentialsRefused,
    404: NotFound,
    408: ModelUnavailable,
    409: ModelUnavailable,
    425: ModelUnavailable,
    429: ModelUnavailable,
}


def test_every_status_is_an_error_of_ours() -> None:
    for status in range(300, 600):
        expected = BY_STATUS.get(status, InvalidInput if status < 500 else ModelUnavailable)
        assert type(refused(status)) is expected, status


TOLD_APART = [
    (
        429,
        {"error": {"message": "You exceeded your quota", "code": "insufficient_quota"}},
        CredentialsRefused,
        "billing",
    ),
    (400, {"error": {"message": "too long", "code": "context_length_exceeded"}}, InvalidInput, "lower CONTEXT_TOKENS"),
    (
        400,
        {"error": {"code": 400, "message": "exceeds the available context size", "type": "exceed_context_size_error"}},
        InvalidInput,
        "lower CONTEXT_TOKENS",
    ),
    (500, {"error": {"message": "the context size is exceeded"}}, InvalidInput, "lower CONTEXT_TOKENS"),
    (404, {"object": "error", "message": "The model `x` does not exist."}, NotFound, "OPENAI_MODEL"),
    (400, {"error": "model 'x' not found"}, NotFound, "OPENAI_MODEL"),
    (404, {"detail": "Not Found"}, NotFound, "ends with /v1"),
    (
        503,
        {"error": {"message": "Loading model", "type": "unavailable_error", "code": 503}},
        ModelUnavailable,
        "loading",
    ),
    (503, None, ModelUnavailable, "no capacity"),
    (401, {"error": {"message": "who are you"}}, CredentialsRefused, "OPENAI_API_KEY"),
]


@pytest.mark.parametrize(("status", "body", "kind", "words"), TOLD_APART)
def test_what_the_status_does_not_tell_the_words_do(
    status: int, body: object, kind: type[AgentError], words: str
) -> None:
    error = refused(status, body)
    assert type(error) is kind
    assert words in str(error)
    assert str(status) in str(error)


def test_a_refusal_has_spent_nothing_and_a_failure_on_the_way_nobody_knows_what() -> None:
    errors = (refused(503), SERVER.failed(httpx.ConnectError("no")), SERVER.failed(httpx.ReadError("cut")))
    assert [getattr(error, "spend", ...) for error in errors] == [Spend(), Spend(), None]


def test_the_key_is_not_shown_should_the_server_repeat_it() -> None:
    assert "planted-key" not in str(refused(401, {"error": {"message": "no such key: planted-key"}}))


def test_the_server_is_quoted_in_one_line_of_bounded_length() -> None:
    text = str(refused(500, {"error": {"message": "one\ntwo " + "x" * 5_000}}))
    assert "one two xxx" in text
    assert len(text) < 400


@pytest.mark.parametrize("body", [None, [], {}, "text", 7, {"error": None}, {"error": {}}, {"other": 1}, [[]]])
def test_a_body_without_an_error_has_no_words(body: object) -> None:
    assert read_error(msgspec.json.encode(body)) is None


@given(
    st.binary()
    | st.recursive(
        st.none() | st.text() | st.integers(),
        lambda s: st.dictionaries(st.sampled_from(["error", "message", "detail", "code", "msg"]), s) | st.lists(s),
    ).map(msgspec.json.encode)
)
def test_whatever_the_body_its_words_are_one_short_line(body: bytes) -> None:
    words = read_error(body)
    assert words is None or (len(words.text) <= 200 and len(words.text.splitlines()) <= 1)
