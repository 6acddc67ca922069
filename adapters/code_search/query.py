"""What is looked for: an issue, read once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.code_search.file_kinds import FileKind
from adapters.code_search.mentions import find_mentions
from application.issue_terms import issue_terms, readable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.code_search.mentions import Mentions

_ABOUT_TESTS = re.compile(
    r"\b(add|fix|flaky|failing|broken|missing|skip(ped)?|slow|unstable)\b.{0,40}\btests?\b"
    r"|\btests?\b.{0,20}\b(is|are) (broken|failing|flaky|missing|slow)\b|\btest (suite|coverage|cases?)\b",
    re.IGNORECASE,
)
_ABOUT_DOCUMENTATION = re.compile(r"\b(docs?|documentation|readme|changelog|tutorial|typos?)\b", re.IGNORECASE)
_MAX_TITLE = 300


@dataclass(frozen=True, slots=True)
class Query:
    """Terms and their weights, what the issue names, the kinds and the paths that its title says it is about."""

    terms: Mapping[str, float]
    mentions: Mentions
    about: frozenset[FileKind]
    title_paths: tuple[str, ...]


def read_query(issue_text: str) -> Query:
    """Read an issue; its first line is its title."""
    text = readable(issue_text)
    title = text.partition("\n")[0][:_MAX_TITLE]
    return Query(issue_terms(text), find_mentions(text), _about(title), find_mentions(title).paths)


def _about(title: str) -> frozenset[FileKind]:
    kinds = {FileKind.TEST: _ABOUT_TESTS, FileKind.DOCUMENTATION: _ABOUT_DOCUMENTATION}
    return frozenset(kind for kind, pattern in kinds.items() if pattern.search(title))
