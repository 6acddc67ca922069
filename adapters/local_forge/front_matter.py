"""A page: facts in TOML between two lines `+++`, then a text in Markdown, which comes back exactly as it was given."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from adapters.local_forge.flat_toml import Malformed, parse_flat_toml

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.local_forge.flat_toml import FlatToml
    from adapters.local_forge.toml_values import Value

_FENCE = "+++"
_OPENING = re.compile(r"\+\+\+[ \t]*(\r?\n)")
_CLOSING = re.compile(r"^\+\+\+[ \t\r]*$\n?", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Page:
    """The facts and the text of one file."""

    facts: FlatToml
    body: str

    def updated(self, facts: Mapping[str, Value], body: str | None = None) -> Page:
        """The same page with these facts, and another text where one is given."""
        return replace(self, facts=self.facts.updated(facts), body=self.body if body is None else body)

    @property
    def text(self) -> str:
        """The whole file: the text stands below a blank line and ends with a line feed of the file's own."""
        return f"{_FENCE}\n{self.facts.text}{_FENCE}\n\n{self.body}\n"


def new_page(facts: Mapping[str, Value], body: str) -> Page:
    """A page with these facts, in this order."""
    return Page(parse_flat_toml("", first_line=2).updated(facts), body)


def parse_page(text: str) -> Page:
    """Read a file's text; raises `Malformed` with the line of the file.

    A person may leave out the blank line and the last line feed, and write the file with CRLF throughout.
    """
    opening = _OPENING.match(text)
    if not opening:
        raise Malformed(1, f"the first line must be `{_FENCE}`, and so must the line below the facts")
    closing = _CLOSING.search(text, opening.end())
    if not closing:
        raise Malformed(1, f"the facts must end with a line `{_FENCE}`; there is none")
    facts = parse_flat_toml(text[opening.end() : closing.start()], first_line=2)
    newline = opening.group(1)
    return Page(facts, text[closing.end() :].removeprefix(newline).removesuffix(newline))
