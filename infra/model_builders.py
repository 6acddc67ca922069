"""How each model is made from the settings, and what it costs.

As in `infra.builders`, a technology is imported in the function that needs it.
"""
# ruff: noqa: PLC0415

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from domain.conversation import FREE, Price
from domain.errors import InvalidInput
from infra.settings import overridden

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AsyncExitStack

    from application.ports.language_model import LanguageModel
    from infra.network import Network
    from infra.settings import Settings


def model_name(settings: Settings) -> str:
    """Which model was chosen.

    Raises `InvalidInput` where none was: a model is never chosen for the user.
    """
    if not settings.llm:
        message = "LLM: no model is chosen. Set it to `ollama`, `claude` (costs money), `openai` or `scripted`."
        raise InvalidInput(message)
    return settings.llm


def named_models(settings: Settings, network: Network, stack: AsyncExitStack) -> dict[str, Callable[[], LanguageModel]]:
    """Those of `ALLOWED_MODELS` by name, made when first asked for: other models of the technology that is set."""
    makers = {
        "ollama": (ollama_model, "ollama_model"),
        "claude": (claude_model, "claude_model"),
        "openai": (openai_model, "openai_model"),
    }
    if settings.llm not in makers:
        return {}
    make, setting = makers[settings.llm]
    return {
        name: partial(make, overridden(settings, **{setting: name}), network, stack) for name in settings.allowed_models
    }


def scripted_model(settings: Settings, stack: AsyncExitStack) -> LanguageModel:
    """Stored answers."""
    from adapters.scripted.model import ScriptedModel

    if settings.script_path is None:
        message = "SCRIPT_PATH: the scripted model needs a file of its answer, or a folder of numbered ones."
        raise InvalidInput(message)
    model = ScriptedModel(settings.script_path, pause_seconds=settings.script_pause_seconds)
    stack.push_async_callback(model.close)
    return model


def ollama_model(settings: Settings, network: Network, stack: AsyncExitStack) -> LanguageModel:
    """A model on a machine of the team's."""
    from adapters.ollama.model import OllamaModel

    model = OllamaModel(
        settings.ollama_url,
        settings.ollama_model,
        context_tokens=settings.ollama_context_tokens,
        max_answer_tokens=settings.ollama_max_answer_tokens,
        temperature=settings.ollama_temperature,
        price=price(settings, settings.ollama_model) or FREE,
        route=network.route_to(settings.ollama_url),
    )
    stack.push_async_callback(model.close)
    return model


def claude_model(settings: Settings, network: Network, stack: AsyncExitStack) -> LanguageModel:
    """Claude, by the vendor's SDK."""
    from adapters.claude.model import DEFAULT_MODEL, DEFAULT_URL, ClaudeModel

    if not settings.anthropic_api_key:
        message = "ANTHROPIC_API_KEY: Claude needs a key."
        raise InvalidInput(message)
    name = settings.claude_model or DEFAULT_MODEL
    model = ClaudeModel(
        settings.anthropic_api_key,
        name,
        base_url=settings.anthropic_base_url or None,
        price=price(settings, name),
        max_answer_tokens=settings.claude_max_answer_tokens,
        temperature=settings.claude_temperature,
        route=network.route_to(settings.anthropic_base_url or DEFAULT_URL),
    )
    stack.push_async_callback(model.close)
    return model


def openai_model(settings: Settings, network: Network, stack: AsyncExitStack) -> LanguageModel:
    """A model behind a server of OpenAI's chat completions."""
    from adapters.openai_compatible import OpenAiCompatibleModel

    if not settings.openai_base_url:
        message = (
            "OPENAI_BASE_URL: say where the server answers, for example http://127.0.0.1:8000/v1 (vLLM), "
            "http://127.0.0.1:8080/v1 (llama.cpp) or http://127.0.0.1:1234/v1 (LM Studio)."
        )
        raise InvalidInput(message)
    if not settings.openai_model:
        message = f"OPENAI_MODEL: name the model; {settings.openai_base_url.rstrip('/')}/models lists those there are."
        raise InvalidInput(message)
    known = price(settings, settings.openai_model)
    model = OpenAiCompatibleModel(
        settings.openai_base_url,
        settings.openai_model,
        settings.openai_api_key,
        price=known or (FREE if settings.openai_costs_nothing else None),
        context_tokens=settings.openai_context_tokens,
        max_answer_tokens=settings.openai_max_answer_tokens,
        temperature=settings.openai_temperature,
        route=network.route_to(settings.openai_base_url),
    )
    stack.push_async_callback(model.close)
    return model


def price(settings: Settings, model: str) -> Price | None:
    """What the settings say that a model costs; None where they say nothing."""
    told = settings.model_prices.get(model)
    if told is None:
        return None
    return Price(
        told.input_usd_per_million_tokens,
        told.output_usd_per_million_tokens,
        told.cache_read_usd_per_million_tokens,
        told.cache_write_usd_per_million_tokens,
    )
