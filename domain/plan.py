"""A plan for an issue, and the digest that an approval is bound to."""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan's text as people read it, and the paths that it names."""

    text: str
    files: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """64 hexadecimal digits over the text; line ends, Unicode forms and trailing blanks do not count."""
        return hashlib.sha256(normalised(self.text).encode("utf-8", "surrogatepass")).hexdigest()

    @property
    def short_digest(self) -> str:
        """The first 12 digits, as shown to people."""
        return self.digest[:12]


def normalised(text: str) -> str:
    """LF line ends, Unicode NFC, no white space at the end of a line or of the text."""
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).rstrip("\n")
