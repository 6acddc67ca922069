"""What `/v1/models` says: bytes in, facts out."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

_CONTEXT_KEYS = ("max_model_len", "context_length", "max_context_length", "context_window", "n_ctx")
"""vLLM and SGLang, gateways, LM Studio, others, llama.cpp."""


class _Body(msgspec.Struct):
    data: list[dict[str, object]]


_DECODER = msgspec.json.Decoder(_Body)


@dataclass(frozen=True, slots=True)
class ListedModel:
    """`context_tokens`: what prompt and answer may have together, None where it is not said."""

    name: str
    context_tokens: int | None


def read_models(body: bytes) -> tuple[ListedModel, ...]:
    """The models that a server has. Raises `ValueError` or `RecursionError` for what is no such list."""
    return tuple(
        ListedModel(name, _context(entry))
        for entry in _DECODER.decode(body).data
        if (name := entry.get("id"))
        if isinstance(name, str)
    )


def _context(entry: dict[str, object]) -> int | None:
    meta = entry.get("meta")
    places = (entry, meta if isinstance(meta, dict) else {})
    found = (place.get(key) for place in places for key in _CONTEXT_KEYS)
    return next((n for n in found if isinstance(n, int) and not isinstance(n, bool) and n > 0), None)
