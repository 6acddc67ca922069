"""What a look at such a server means for the tasks that will be given to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.model_health import ModelHealth, price_unknown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.openai_compatible.listed_models import ListedModel
    from domain.model_profile import ModelProfile

_NAMES_SHOWN = 10


def health_of(wanted: ModelProfile, listed: Sequence[ListedModel]) -> ModelHealth:
    """The models that the server has against the one that is wanted."""
    found = next((model for model in listed if model.name == wanted.name), None)
    if found is None:
        return ModelHealth(wanted.name, reachable=True, problems=(_not_listed(wanted, listed),))
    context = wanted.context_tokens if found.context_tokens is None else found.context_tokens
    return ModelHealth(
        wanted.name,
        reachable=True,
        problems=tuple(filter(None, (_no_room(wanted, context),))),
        remarks=tuple(filter(None, (_smaller(wanted, context), *remarks_on_price(wanted)))),
        facts=(
            f"context {'not said' if found.context_tokens is None else f'{context:,} tokens'}",
            f"{wanted.context_tokens:,} tokens used at most",
        ),
        context_tokens=min(wanted.context_tokens, context),
    )


def not_said(wanted: ModelProfile) -> ModelHealth:
    """The server answers, and lists no models."""
    remark = f"The server does not say whether it has {wanted.name}."
    return ModelHealth(wanted.name, reachable=True, remarks=(remark, *remarks_on_price(wanted)))


def remarks_on_price(wanted: ModelProfile) -> tuple[str, ...]:
    """What is to be said where no price is known."""
    return () if wanted.price else (price_unknown(wanted.name),)


def _not_listed(wanted: ModelProfile, listed: Sequence[ListedModel]) -> str:
    if not listed:
        return "The server has no model: start it with one."
    names = ", ".join(model.name for model in listed[:_NAMES_SHOWN])
    more = f" and {len(listed) - _NAMES_SHOWN} more" if len(listed) > _NAMES_SHOWN else ""
    return f"The server does not have {wanted.name}: set OPENAI_MODEL to one that it has ({names}{more})."


def _no_room(wanted: ModelProfile, context: int) -> str:
    if context > wanted.max_answer_tokens:
        return ""
    return (
        f"{wanted.name} is served with {context:,} tokens, and an answer alone may have {wanted.max_answer_tokens:,}: "
        f"set OPENAI_MAX_ANSWER_TOKENS={max(256, context // 4)}, or start the server with a larger context."
    )


def _smaller(wanted: ModelProfile, context: int) -> str:
    if not wanted.max_answer_tokens < context < wanted.context_tokens:
        return ""
    return (
        f"{wanted.name} is served with {context:,} tokens, fewer than the {wanted.context_tokens:,} of "
        "OPENAI_CONTEXT_TOKENS: less of the repository is shown to it."
    )
