"""What Ollama's `/api/show` says of a model: bytes in, facts out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from adapters.ollama.errors import Server

_COMPLETION = "completion"


class _Body(msgspec.Struct):
    model_info: object = None
    capabilities: object = None


_DECODER = msgspec.json.Decoder(_Body)


@dataclass(frozen=True, slots=True)
class ShownModel:
    """`context_tokens`: what the model was made for, None where it is not said. `completes`: it can write an answer."""

    context_tokens: int | None = None
    completes: bool = True


def read_shown_model(body: bytes, server: Server) -> ShownModel:
    """The facts; one that is left out (servers of before 2025) or of another form is taken to be no obstacle.

    Raises `ModelUnavailable` for what is no such answer at all.
    """
    try:
        shown = _DECODER.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise server.garbled() from error
    can = shown.capabilities
    return ShownModel(_context(shown.model_info), completes=not isinstance(can, list) or _COMPLETION in can)


def _context(info: object) -> int | None:
    if not isinstance(info, dict):
        return None
    length = info.get(f"{info.get('general.architecture')}.context_length")
    return length if isinstance(length, int) and not isinstance(length, bool) and length > 0 else None
