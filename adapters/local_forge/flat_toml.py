"""TOML that a program and a person both edit: read strictly, changed key by key, everything else left as it stands."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from adapters.local_forge.toml_values import key as key_literal
from adapters.local_forge.toml_values import literal, utc

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.local_forge.toml_values import Value

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_NEVER = datetime.max.replace(tzinfo=UTC)
_POSITION = re.compile(r" \(at [^)]*\)$")


class Malformed(Exception):
    """The text is not what it must be: on which line (counted from 1), and what would be right."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(f"line {line}: {problem}")
        self.line = line
        self.problem = problem


@dataclass(frozen=True, slots=True)
class _Statement:
    """One `key = value` with all its lines, or a line that is blank or a comment (its key is "")."""

    text: str
    line: int
    key: str


@dataclass(frozen=True, slots=True)
class FlatToml:
    """Top-level keys with typed readers, each of which raises `Malformed` for a value of another kind.

    `tables` is what begins at the first `[table]`: a person's own, kept and not looked into.
    """

    statements: tuple[_Statement, ...]
    tables: str
    values: Mapping[str, object]
    first_line: int = 1

    @property
    def text(self) -> str:
        """The whole, as it is written to disk."""
        return "".join(statement.text for statement in self.statements) + self.tables

    def updated(self, changes: Mapping[str, Value]) -> FlatToml:
        """The same with these values; a key that has its value already keeps its lines, comments included."""
        changed = {name: value for name, value in changes.items() if self.values.get(name) != _as_read(value)}
        waiting = {name: _line(name, value) for name, value in changed.items()}
        kept = [
            waiting.pop(statement.key, "") if statement.key in changed else statement.text
            for statement in self.statements
        ]
        return parse_flat_toml(_ended("".join(kept)) + "".join(waiting.values()) + self.tables, self.first_line)

    def line_of(self, name: str) -> int:
        """The line of a key; the first line of all where it is not set."""
        return next((statement.line for statement in self.statements if statement.key == name), self.first_line)

    def string(self, name: str, default: str | None = None) -> str:
        """A string; without a default it must be there."""
        value = self.values.get(name, default)
        if isinstance(value, str):
            return value
        raise self.problem(name, f"there must be a line such as `{name} = {literal('text')}`")

    def boolean(self, name: str, *, default: bool) -> bool:
        """True or false."""
        value = self.values.get(name, default)
        if isinstance(value, bool):
            return value
        raise self.problem(name, f"`{name}` must be true or false, without quotes")

    def optional_time(self, name: str) -> datetime | None:
        """A time, in UTC, or None where it is not set."""
        return self.time(name, _NEVER) if name in self.values else None

    def optional_positive(self, name: str) -> int | None:
        """A whole number above 0, or None where it is not set."""
        return self.positive(name) if name in self.values else None

    def positive(self, name: str) -> int:
        """A whole number above 0, which must be there."""
        value = self.values.get(name)
        if isinstance(value, int) and not isinstance(value, bool) and value > 0:
            return value
        raise self.problem(name, f"there must be a line `{name} = …` with a whole number above 0")

    def time(self, name: str, default: datetime) -> datetime:
        """A time, in UTC."""
        value = self.values.get(name, default)
        if isinstance(value, datetime):
            return utc(value)
        raise self.problem(name, f"`{name}` must be a time such as 2026-01-31T09:30:00Z, without quotes")

    def strings(self, name: str) -> tuple[str, ...]:
        """A list of strings; empty where it is not set."""
        names = _strings(self.values.get(name, []))
        if names is None:
            raise self.problem(name, f'`{name}` must be a list of strings such as `{name} = ["one", "two"]`')
        return names

    def string_lists(self, name: str) -> Mapping[str, tuple[str, ...]]:
        """An inline table of lists of strings; empty where it is not set."""
        value = self.values.get(name, {})
        lists = {inner: _strings(names) for inner, names in value.items()} if isinstance(value, dict) else {"": None}
        known = {inner: names for inner, names in lists.items() if names is not None}
        if known == lists and (name not in self.values or self._is_statement(name)):
            return known
        raise self.problem(name, f'`{name}` must read such as `{name} = {{ eyes = ["sam"] }}`, above any [table]')

    def problem(self, name: str, what_is_right: str) -> Malformed:
        """The error to raise about a key."""
        return Malformed(self.line_of(name), what_is_right)

    def _is_statement(self, name: str) -> bool:
        return any(statement.key == name for statement in self.statements)


def parse_flat_toml(text: str, first_line: int = 1) -> FlatToml:
    """Read TOML whose first line is line `first_line` of its file; raises `Malformed` naming where the error begins."""
    statements: list[_Statement] = []
    done = 0
    while done < len(text) and not text[done:].lstrip(" \t").startswith("["):
        statement = _next_statement(text, done, first_line + text.count("\n", 0, done))
        statements.append(statement)
        done += len(statement.text)
    try:
        values = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise Malformed(first_line + text.count("\n", 0, done), _reason(error)) from error
    return FlatToml(tuple(statements), text[done:], values, first_line)


def _next_statement(text: str, start: int, line: int) -> _Statement:
    """The shortest run of lines from `start` that is TOML, also together with all that stands before it."""
    problem = ""
    for found in _LINE.finditer(text, start):
        try:
            tomllib.loads(text[: found.end()])
        except (ValueError, RecursionError) as error:
            problem = problem or _reason(error)
            continue
        own = text[start : found.end()]
        return _Statement(own, line, next(iter(tomllib.loads(own)), ""))
    raise Malformed(line, problem)


def _reason(error: Exception) -> str:
    """The parser's words without its position, which counts from where the parsing began."""
    return f"this is not TOML: {_POSITION.sub('', str(error))}"


def _line(name: str, value: Value) -> str:
    return f"{key_literal(name)} = {literal(value)}\n"


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else text + "\n"


def _as_read(value: Value) -> object:
    """The value in the form that `tomllib` gives, to compare with."""
    return tomllib.loads(f"value = {literal(value)}")["value"]


def _strings(value: object) -> tuple[str, ...] | None:
    if isinstance(value, list) and all(isinstance(name, str) for name in value):
        return tuple(value)
    return None
