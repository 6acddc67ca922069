from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import msgspec
import pytest

from adapters.ollama.errors import FAILURES, Server, WindowTooSmall
from domain.conversation import Spend
from domain.errors import CredentialsRefused, InvalidInput, ModelUnavailable, NotFound

if TYPE_CHECKING:
    from domain.errors import AgentError

SERVER = Server("http://ollama.example:11434", "qwen2.5-coder:7b")

# What httpx raises only when it is used wrongly, or when it is asked to: none of it comes from a request.
NOT_FROM_A_REQUEST = {httpx.CookieConflict, httpx.HTTPStatusError}

EXPECTED: dict[type[Exception], type[AgentError]] = {
    httpx.CloseError: ModelUnavailable,
    httpx.ConnectError: ModelUnavailable,
    httpx.ConnectTimeout: ModelUnavailable,
    httpx.DecodingError: ModelUnavailable,
    httpx.HTTPError: ModelUnavailable,
    httpx.InvalidURL: InvalidInput,
    httpx.LocalProtocolError: ModelUnavailable,
    httpx.NetworkError: ModelUnavailable,
    httpx.PoolTimeout: ModelUnavailable,
    httpx.ProtocolError: ModelUnavailable,
    httpx.ProxyError: ModelUnavailable,
    httpx.ReadError: ModelUnavailable,
    httpx.ReadTimeout: ModelUnavailable,
    httpx.RemoteProtocolError: ModelUnavailable,
    httpx.RequestError: ModelUnavailable,
    httpx.RequestNotRead: ModelUnavailable,
    httpx.ResponseNotRead: ModelUnavailable,
    httpx.StreamClosed: ModelUnavailable,
    httpx.StreamConsumed: ModelUnavailable,
    httpx.StreamError: ModelUnavailable,
    httpx.TimeoutException: ModelUnavailable,
    httpx.TooManyRedirects: ModelUnavailable,
    httpx.TransportError: ModelUnavailable,
    httpx.UnsupportedProtocol: InvalidInput,
    httpx.WriteError: ModelUnavailable,
    httpx.WriteTimeout: ModelUnavailable,
}


def refused(status: int, body: bytes = b"") -> AgentError:
    error = SERVER.refused(httpx.Response(status), body)
    return error.error if isinstance(error, WindowTooSmall) else error


TOLD_APART = [
    ('option "num_ctx" must be of type integer', InvalidInput, "bring Ollama up to date"),
    ("invalid option provided: num_ctxt", InvalidInput, "bring Ollama up to date"),
    ('"nomic-embed-text" does not support chat', InvalidInput, "choose a model that can chat"),
    ("model requires more system memory (9.9 GiB) than is available (7.6 GiB)", ModelUnavailable, "smaller model"),
    ("llama runner process has terminated: signal: killed", ModelUnavailable, "want of memory"),
    ("the prompt is longer than the context length currently available", InvalidInput, "CONTEXT_TOKENS"),
    ("something else", ModelUnavailable, "answered 500"),
]


@pytest.mark.parametrize(("words", "kind", "remedy"), TOLD_APART)
def test_what_ollama_answers_500_for_is_told_apart_by_its_words(
    words: str, kind: type[AgentError], remedy: str
) -> None:
    error = refused(500, msgspec.json.encode({"error": words}))
    assert type(error) is kind
    assert remedy in str(error)
    assert words in str(error)


@pytest.mark.parametrize(("words", "kind", "remedy"), TOLD_APART[3:-1])
def test_the_same_words_in_mid_answer_mean_the_same(words: str, kind: type[AgentError], remedy: str) -> None:
    error = SERVER.gave_up(words)
    error = error.error if isinstance(error, WindowTooSmall) else error
    assert type(error) is kind
    assert remedy in str(error)


def test_a_refusal_has_spent_nothing_and_a_death_in_mid_answer_nobody_knows_what() -> None:
    refusal, death = refused(503), SERVER.gave_up("runner process has terminated")
    unreached = SERVER.failed(httpx.ConnectError("no"))
    assert [getattr(error, "spend", ...) for error in (refusal, unreached, death)] == [Spend(), Spend(), None]


def test_the_table_has_every_exception_of_httpx() -> None:
    exported = {getattr(httpx, name) for name in httpx.__all__}
    exceptions = {kind for kind in exported if isinstance(kind, type) and issubclass(kind, Exception)}
    assert exceptions - NOT_FROM_A_REQUEST == set(EXPECTED)


@pytest.mark.parametrize("kind", EXPECTED, ids=lambda kind: kind.__name__)
def test_every_failure_becomes_an_error_of_ours(kind: type[Exception]) -> None:
    error = kind.__new__(kind, "it\nwent wrong")
    assert isinstance(error, tuple(FAILURES))
    assert type(SERVER.failed(error)) is EXPECTED[kind]


def test_the_statuses_to_try_again_after_are_the_servers_own_and_four_of_ours() -> None:
    transient = {status for status in range(100, 600) if isinstance(refused(status), ModelUnavailable)}
    assert transient == {408, 409, 425, 429, *range(100, 300), *range(500, 600)}


def test_a_model_that_is_not_pulled_says_how_to_pull_it() -> None:
    error = refused(404, b'{"error": "model not found"}')
    assert isinstance(error, NotFound)
    assert "`ollama pull qwen2.5-coder:7b`" in str(error)


def test_a_page_that_is_not_there_does_not_speak_of_the_model() -> None:
    error = refused(404, b"<html>404</html>")
    assert isinstance(error, NotFound)
    assert "pull" not in str(error)
    assert "no Ollama at `http://ollama.example:11434`" in str(error)


def test_a_server_that_is_not_there_says_where_and_how_to_start_it() -> None:
    text = str(SERVER.failed(httpx.ConnectError("refused")))
    assert "http://ollama.example:11434" in text
    assert "`ollama serve`" in text


@pytest.mark.parametrize("status", [401, 403])
def test_a_gateway_that_asks_for_credentials_refuses_ours(status: int) -> None:
    assert type(refused(status)) is CredentialsRefused


def test_the_server_is_quoted_in_one_line_of_bounded_length() -> None:
    text = str(refused(500, b'{"error": "one\\ntwo ' + b"x" * 5_000 + b'"}'))
    assert "(one two xxx" in text
    assert len(text) < 400


@pytest.mark.parametrize("body", [b"", b"\xff", b"[]", b'{"error": {"message": "x"}}', b'{"error": 1}'])
def test_a_body_of_another_form_is_not_quoted(body: bytes) -> None:
    assert str(refused(500, body)) == "Ollama at `http://ollama.example:11434` answered 500."
