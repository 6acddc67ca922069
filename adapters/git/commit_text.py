"""A commit's message as text: subject, body, and trailers in the last paragraph."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from application.ports.vcs import CommitMessage

_TRAILER = re.compile(r"([A-Za-z0-9][A-Za-z0-9-]*):(?: (.*))?")


def written(message: CommitMessage) -> str:
    """The message as git keeps it. A subject or trailer is one line, whatever it held."""
    trailers = "\n".join(f"{key}: {_one_line(value)}" for key, value in message.trailers)
    paragraphs = (_one_line(message.subject), _body(message.body), trailers)
    text = "\n\n".join(paragraph for paragraph in paragraphs if paragraph) + "\n"
    return text.encode("utf-8", "replace").decode("utf-8")  # lone surrogates, which a model's JSON may hold


def trailers_of(text: str) -> Mapping[str, str]:
    """The trailers of a commit's message, if its last paragraph holds nothing else; of a repeated key the last."""
    paragraphs = text.strip().split("\n\n")
    found = [_TRAILER.fullmatch(line) for line in paragraphs[-1].split("\n")]
    if len(paragraphs) == 1 or not all(found):
        return {}
    return {match[1]: (match[2] or "").strip() for match in found if match}


def _body(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").strip()


def _one_line(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())
