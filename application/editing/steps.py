"""Whether new lines go deeper as the file's do, where nothing else shows that they are indented as it is."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from application.editing.indentation import indent_of

if TYPE_CHECKING:
    from collections.abc import Sequence

_STATEMENT = re.compile(
    r"\s*(?:async |def |class |if |elif |else\b|for |while |try\b|except\b|finally\b|with |match |case ).*:\s*\Z"
)
_COMMENT = ("#", "//", "/*", "*")


def strange_step(lines: Sequence[str], unit: int) -> str:
    """The first line that opens a block which is not one level of `unit` blanks deeper; "" where there is none."""
    if not unit:
        return ""
    filled = [line for line in lines if line.strip() and not line.lstrip().startswith(_COMMENT)]
    return next((one.strip() for one, other in pairwise(filled) if _is_strange(one, other, unit)), "")


def _is_strange(one: str, other: str, unit: int) -> bool:
    if "\t" in indent_of(one) + indent_of(other):
        return False
    step = len(indent_of(other)) - len(indent_of(one))
    if _STATEMENT.match(one):
        return step != unit or len(indent_of(one)) % unit > 0
    return one.rstrip().endswith("{") and not other.rstrip().endswith(":") and step > 0 and step != unit
