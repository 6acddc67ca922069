"""The embedder against a scripted server, byte for byte."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from adapters.ollama.embedder import OllamaEmbedder
from domain.errors import AnswerUnusable, CredentialsRefused, InvalidInput, ModelUnavailable, NotFound
from tests.support.model_server_double import model_server
from tests.support.model_server_ollama import refusal
from tests.support.model_server_steps import ABORTED, CLOSED, HUNG, respond, stream

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from domain.errors import AgentError
    from tests.support.model_server_double import ModelServer
    from tests.support.model_server_steps import Script


def vectors(*values: list[float]) -> Script:
    return respond(200, json.dumps({"model": "nomic", "embeddings": values}).encode())


@asynccontextmanager
async def serving(*scripts: Script) -> AsyncIterator[tuple[ModelServer, OllamaEmbedder]]:
    async with model_server(*scripts) as server:
        embedder = OllamaEmbedder(server.url, "nomic", silence_seconds=0.5)
        try:
            yield server, embedder
        finally:
            await embedder.close()


async def test_asks_for_a_vector_a_text() -> None:
    async with serving(vectors([1.0, 0.0], [0.5, 0.5])) as (server, embedder):
        assert await embedder.embed(["a", "b"]) == [[1.0, 0.0], [0.5, 0.5]]
    (request,) = server.requests
    assert (request.method, request.target) == ("POST", "/api/embed")
    assert request.json() == {"model": "nomic", "input": ["a", "b"], "truncate": True}


async def test_asks_for_a_few_texts_at_a_time() -> None:
    async with serving(vectors(*[[1.0]] * 16), vectors([2.0])) as (server, embedder):
        assert await embedder.embed(["x"] * 17) == [[1.0]] * 16 + [[2.0]]
    assert [len(request.json()["input"]) for request in server.requests] == [16, 1]


async def test_no_texts_are_no_question() -> None:
    async with serving(vectors()) as (server, embedder):
        assert await embedder.embed([]) == []
    assert server.requests == []


@pytest.mark.parametrize(
    ("script", "error"),
    [
        (refusal(404, 'model "nomic" not found, try pulling it first'), NotFound),
        (refusal(401, "who are you"), CredentialsRefused),
        (refusal(400, "the input is too long"), InvalidInput),
        (refusal(501, "this model does not support embeddings"), InvalidInput),
        (vectors([1.0]), AnswerUnusable),
        (vectors([1.0], []), AnswerUnusable),
        (vectors([1.0], [1.0, 2.0]), AnswerUnusable),
        (respond(200, b'{"embeddings": "none"}'), AnswerUnusable),
        (respond(200, b"<html>"), AnswerUnusable),
        (ABORTED, ModelUnavailable),
        (HUNG, ModelUnavailable),
        (stream([b'{"embeddings"'], "application/json", end=CLOSED), ModelUnavailable),
    ],
)
async def test_what_is_no_answer_is_an_error_of_ours(script: Script, error: type[AgentError]) -> None:
    async with serving(script) as (_, embedder):
        with pytest.raises(error):
            await embedder.embed(["a", "b"])


async def test_a_model_that_is_not_there_says_how_to_get_it() -> None:
    async with serving(refusal(404, 'model "nomic" not found')) as (_, embedder):
        with pytest.raises(NotFound, match="ollama pull nomic"):
            await embedder.embed(["a"])
