from __future__ import annotations

import contextlib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.ollama.errors import Server
from adapters.ollama.shown_model import ShownModel, read_shown_model
from domain.errors import ModelUnavailable

SERVER = Server("http://ollama.example", "double:1b")
MODEL = {"general.architecture": "llama", "llama.context_length": 131_072, "other.context_length": 1}


def shown(**body: object) -> ShownModel:
    return read_shown_model(msgspec.json.encode(body), SERVER)


def test_the_context_is_that_of_the_models_own_architecture() -> None:
    assert shown(model_info=MODEL).context_tokens == 131_072


def test_a_model_that_says_what_it_can_do_must_say_that_it_writes() -> None:
    assert shown(capabilities=["completion", "tools"]).completes
    assert not shown(capabilities=["embedding"]).completes


def test_a_server_that_does_not_say_is_given_the_benefit_of_the_doubt() -> None:
    assert shown() == ShownModel(None, completes=True)


@pytest.mark.parametrize("length", [0, -1, "8192", True, None, 1.5])
def test_a_context_of_another_form_is_not_said(length: object) -> None:
    assert shown(model_info={**MODEL, "llama.context_length": length}).context_tokens is None


@given(st.binary())
def test_whatever_comes_is_no_obstacle_or_no_ollama(body: bytes) -> None:
    with contextlib.suppress(ModelUnavailable):
        assert read_shown_model(body, SERVER).completes


def test_what_is_no_ollama_at_all_is_said() -> None:
    with pytest.raises(ModelUnavailable, match="is it Ollama"):
        read_shown_model(b"<html>", SERVER)
