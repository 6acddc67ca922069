"""A text that has lost its blank lines: the file's stay, and where new lines among them have none is not known.

What is put in place all the same was so in nearly all true changes that were tried, or differs from what was meant by a
blank line beside a statement. Definitions, long new text and prose need theirs: there the text is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from application.editing.alignment import Part, fresh, kept

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_LEAVES = ("return", "raise", "continue", "break", "throw")
_LONG = 5
_COMMENT = ("#", "//", "/*")
_DEFINITION = re.compile(
    r"\s*(?:@\w|(?:(?:async|export|default|public|private|protected|internal|static|abstract|final|pub|inline|virtual)"
    r"\s+)*(?:def|class|func|function|fn|interface|struct|enum|trait|impl|module|namespace)\b)"
)
_IMPORT = re.compile(r"\s*(?:import|from|use|using|require|#include)\b")


def needs_blank_lines(new: Sequence[str]) -> bool:
    """Whether new text that has no blank lines must have lost some: it is long, or it defines something."""
    return len(new) > _LONG or (len(new) > 1 and any(_DEFINITION.match(line) for line in new))


@dataclass(frozen=True, slots=True)
class Spread:
    """Lines without blank ones, and the number of the file's line that each stands for, counted from the first."""

    search: Sequence[str]
    replace: Sequence[str]
    parts: Sequence[Part]
    offsets: Sequence[int]

    def doubt(self, *, prose: bool) -> str:
        """Why it is not clear where blank lines belong; or ""."""
        if any(self._is_unclear(part, prose=prose) for part in self.parts if not part.keeps):
            return "SEARCH has lost the file's blank lines, and it is not clear where they belong among the new lines"
        return ""

    def _is_unclear(self, part: Part, *, prose: bool) -> bool:
        old, new = part.i2 - part.i1, part.j2 - part.j1
        if old == new:
            return False
        above, below = self._gap(part.i1), self._gap(part.i2)
        if not new:
            return prose or (above != below if above and below else below > 0)
        inside = old > 0 and self.offsets[part.i2 - 1] - self.offsets[part.i1] >= old
        stray = old == 0 and above > 0 and self._imports(part) and self._import_above(part) == self._import_below(part)
        return prose or inside or stray or needs_blank_lines(self.replace[part.j1 : part.j2])

    def _gap(self, number: int) -> int:
        """How many blank lines the file has before a line."""
        if not 0 < number < len(self.offsets):
            return 0
        return self.offsets[number] - self.offsets[number - 1] - 1

    def with_gaps(self) -> Iterator[Part]:
        """The parts with the file's blank lines among those that are kept: they stay after the line that they follow.

        Of two gaps around lines that go one stays. Between blank lines and new ones the answer does not decide: one
        line, and those that end by leaving (a guard clause), come above, others below, as a paragraph of their own.
        """
        position = 0
        for part in self.parts:
            begins = self.offsets[part.i1] if part.i1 < len(self.offsets) else position
            if part.i1 == part.i2 and self._joins_above(part):
                begins = position
            if part.j1 == part.j2 and self._gap(part.i1) and self._gap(part.i2):
                yield fresh(position, begins, part.j1, part.j1)
            elif position < begins:
                yield kept(position, begins, part.j1, part.j1)
            position = self.offsets[part.i2 - 1] + 1 if part.i1 < part.i2 else begins
            if not part.keeps and part.i2 - part.i1 == part.j2 - part.j1:
                yield from self._line_by_line(part)
            else:
                yield Part(part.keeps, begins, position, part.j1, part.j2)

    def _joins_above(self, part: Part) -> bool:
        if self._imports(part):
            return self._import_above(part)
        last = self.replace[part.j2 - 1].strip()
        return last.startswith(_LEAVES) or (part.j2 - part.j1 == 1 and not last.startswith(_COMMENT))

    def _imports(self, part: Part) -> bool:
        return all(_IMPORT.match(line) for line in self.replace[part.j1 : part.j2])

    def _import_above(self, part: Part) -> bool:
        return part.i1 > 0 and _IMPORT.match(self.search[part.i1 - 1]) is not None

    def _import_below(self, part: Part) -> bool:
        return part.i1 < len(self.search) and _IMPORT.match(self.search[part.i1]) is not None

    def _line_by_line(self, part: Part) -> Iterator[Part]:
        """As many new lines as old ones: the blank lines between them stay."""
        position = self.offsets[part.i1] if part.i1 < part.i2 else 0
        for number in range(part.i2 - part.i1):
            at, new = self.offsets[part.i1 + number], part.j1 + number
            if position < at:
                yield kept(position, at, new, new)
            yield fresh(at, at + 1, new, new + 1)
            position = at + 1
