"""Who set which label and assigned whom: one line each in the list `events` of an issue's page.

events = ["2026-01-31T09:30:00Z maria labeled ai-help", "2026-01-31T09:41:07Z sam assigned lee"]
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from adapters.local_forge.roster import is_bot
from adapters.local_forge.toml_values import literal, utc
from domain.issue import AssignmentEvent, LabelEvent

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from adapters.local_forge.flat_toml import FlatToml
    from adapters.local_forge.toml_values import Value

_EVENT = re.compile(r"(\S+) (.+?) (labeled|unlabeled|assigned|unassigned) (.+)", re.DOTALL)
_WORDS = {"labels": ("labeled", "unlabeled"), "assignees": ("assigned", "unassigned")}


class _Event(NamedTuple):
    at: datetime
    by: str
    word: str
    about: str


def label_events(facts: FlatToml, agent: str) -> list[LabelEvent]:
    """The page's events about labels; raises `Malformed` for a line that is none."""
    added, removed = _WORDS["labels"]
    return [
        LabelEvent(event.about, event.word == added, event.by, is_bot(event.by, agent), event.at)
        for event in _events(facts)
        if event.word in {added, removed}
    ]


def assignment_events(facts: FlatToml, agent: str) -> list[AssignmentEvent]:
    """The page's events about people, likewise."""
    added, removed = _WORDS["assignees"]
    return [
        AssignmentEvent(event.about, event.word == added, event.by, is_bot(event.by, agent), event.at)
        for event in _events(facts)
        if event.word in {added, removed}
    ]


def with_history(facts: FlatToml, key: str, wanted: Sequence[str], by: str, at: datetime) -> dict[str, Value]:
    """The facts to write where `labels` or `assignees` become these: the list, and what happened to it."""
    present = facts.strings(key)
    added, removed = _WORDS[key]
    happened = [(added, name) for name in wanted if name not in present]
    happened += [(removed, name) for name in present if name not in wanted]
    lines = [f"{literal(at)} {by} {word} {name}" for word, name in happened]
    changes: dict[str, Value] = {key: wanted}
    return {**changes, "events": (*facts.strings("events"), *lines)} if lines else changes


def _events(facts: FlatToml) -> Iterator[_Event]:
    for line in facts.strings("events"):
        event = _event(line)
        if event is None:
            problem = 'each of `events` must read such as "2026-01-31T09:30:00Z maria labeled ai-help"'
            raise facts.problem("events", problem)  # noqa: EM101 - the key's name, not a message
        yield event


def _event(line: str) -> _Event | None:
    found = _EVENT.fullmatch(line)
    try:
        return _Event(utc(datetime.fromisoformat(found[1])), found[2], found[3], found[4]) if found else None
    except ValueError:
        return None
