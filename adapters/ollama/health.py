"""What a look at Ollama means for the tasks that will be given to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.model_health import ModelHealth

if TYPE_CHECKING:
    from adapters.ollama.shown_model import ShownModel
    from domain.model_profile import ModelProfile


def health_of(wanted: ModelProfile, shown: ShownModel) -> ModelHealth:
    """The installed model against what is wanted of it."""
    context = wanted.context_tokens if shown.context_tokens is None else shown.context_tokens
    return ModelHealth(
        wanted.name,
        reachable=True,
        problems=tuple(filter(None, (_cannot_write(wanted, shown), _no_room(wanted, context)))),
        remarks=tuple(filter(None, (_smaller(wanted, context),))),
        facts=(f"context {_context(shown)}", f"{wanted.context_tokens:,} tokens used at most"),
        context_tokens=min(wanted.context_tokens, context),
    )


def _cannot_write(wanted: ModelProfile, shown: ShownModel) -> str:
    if shown.completes:
        return ""
    return (
        f"{wanted.name} cannot write answers (it is for embeddings or the like): "
        "run `ollama pull qwen2.5-coder:7b` and set OLLAMA_MODEL=qwen2.5-coder:7b."
    )


def _no_room(wanted: ModelProfile, context: int) -> str:
    if context > wanted.max_answer_tokens:
        return ""
    return (
        f"{wanted.name} reads {context:,} tokens, and an answer alone may have {wanted.max_answer_tokens:,}: "
        f"set OLLAMA_MAX_ANSWER_TOKENS={max(256, context // 4)}, or choose a model with more."
    )


def _smaller(wanted: ModelProfile, context: int) -> str:
    if not wanted.max_answer_tokens < context < wanted.context_tokens:
        return ""
    return (
        f"{wanted.name} has a context of {context:,} tokens, fewer than the {wanted.context_tokens:,} of "
        "OLLAMA_CONTEXT_TOKENS: less of the repository is shown to it."
    )


def _context(shown: ShownModel) -> str:
    return "not said" if shown.context_tokens is None else f"{shown.context_tokens:,} tokens"
