"""What of a Markdown text is code for certain, so that it is shown on a page exactly as it stands.

To be certain matters more than to be complete. A forge and this module may read an odd text differently; whoever wrote
it could make use of that, and hide on the page what passes for code here. So only the plain cases count: a fence that
begins at the margin, and back ticks in pairs within a line, and neither where something before may have changed what
they are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from domain.code_fences import fence_after
from domain.code_spans import code_and_prose

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_COMMENT = "<!--"
_COMMENT_END = "-->"
_HTML_LINE = re.compile(r"[ \t]*</?[A-Za-z!?]")
_HTML_TO_ITS_END = re.compile(r"[ \t]*<(?:/?(?:pre|script|style|textarea)\b|[!?])", re.IGNORECASE)
_MAYBE_FENCE = re.compile(r"`{3}|~{3}")
_MASK = re.compile("\ue000(\\d+)\ue001")


def mask(text: str) -> tuple[str, list[str]]:
    """The text without HTML comments and with each piece of code as a mark for which `unmask` puts it back.

    The text has no private characters, of which the marks are made.
    """
    masked = _Masked()
    for line in _LINE.findall(text):
        masked.add(line)
    return "".join(masked.prose), masked.code


def unmask(text: str, code: list[str]) -> str:
    """The text with its code again."""
    return _MASK.sub(lambda found: code[int(found[1])], text)


@dataclass(slots=True)
class _Masked:
    """`doubt`: from here on nothing is certain; `unsure`: nothing until the next blank line."""

    prose: list[str] = field(default_factory=list)
    code: list[str] = field(default_factory=list)
    fence: str = ""
    in_comment: bool = False
    doubt: bool = False
    unsure: bool = False

    def add(self, line: str) -> None:
        if self.in_comment:
            self._add_in_comment(line)
        elif self.fence:
            self._add_code(line)
            self.fence = fence_after(line.rstrip("\n"), self.fence)
        elif not line.strip(" \t\n"):
            self.unsure = False
            self.prose.append(line)
        elif fence := self._opened_fence(line):
            self._add_code(line)
            self.fence = fence
        else:
            self._add_prose(line)

    def _opened_fence(self, line: str) -> str:
        """The fence that the line opens for certain."""
        if self.doubt or self.unsure or not line.startswith(("`", "~")):
            return ""
        return fence_after(line.rstrip("\n"), "")

    def _add_prose(self, line: str) -> None:
        self.doubt = self.doubt or bool(_HTML_TO_ITS_END.match(line)) or self._hints_at_a_fence(line)
        self.unsure = self.unsure or bool(_HTML_LINE.match(line)) or "\\`" in line
        pieces = [line] if self.doubt or self.unsure else code_and_prose(line)
        for place, piece in enumerate(pieces):
            if place % 2:
                self._add_code(piece)
                continue
            before, comment, _ = piece.partition(_COMMENT)
            if comment:
                self.prose.append(before)
                self.in_comment = True
                self._add_in_comment("".join(pieces[place:])[len(before) + len(_COMMENT) :])
                return
            self.unsure = self.unsure or "<" in piece or "`" in piece
            self.prose.append(piece)

    def _hints_at_a_fence(self, line: str) -> bool:
        """Whether the line may open or close a fence in a way that is not followed here."""
        starts_comment_first = _COMMENT in line and not _MAYBE_FENCE.search(line.partition(_COMMENT)[0])
        return bool(_MAYBE_FENCE.search(line)) and not starts_comment_first

    def _add_in_comment(self, line: str) -> None:
        _, end, rest = line.partition(_COMMENT_END)
        if end:
            self.in_comment = False
            self.unsure = True
            if rest.strip("\n"):
                self._add_prose(rest)
            else:
                self.prose.append(rest)

    def _add_code(self, piece: str) -> None:
        self.prose.append(f"\ue000{len(self.code)}\ue001")
        self.code.append(piece)
