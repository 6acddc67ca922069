"""Reading a model's answer, in whichever of the known formats it is written.

The format that is asked for is told by `application/prompts`; the others are read because models fall back into the
conventions that they have seen most.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from application.editing.answer import Answer
from application.editing.formats.detection import read_foreign
from application.editing.formats.envelopes import split_answer
from application.editing.formats.file_tags import read_file_tags
from application.editing.formats.search_replace import opens_block
from application.editing.formats.sections import take_sections
from application.editing.formats.tags import SECTIONS, hides_file_tag, read_file_tag
from application.editing.merge import merged

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from application.editing.answer import FileEdit

_MAX_PROBLEMS = 20
_THOUGHTS = re.compile(r"<(think|thinking|thought|thoughts|reasoning)>")
_END_OF_THOUGHTS = re.compile(r"^</(think|thinking)>[ \t]*$", re.MULTILINE)
_EMPTY = (
    "the answer holds no change: write one `<file …>` for each file that changes, or `<nothing>reason</nothing>`, or "
    "`<questions>…</questions>`"
)


def parse_answer(text: str, known: Collection[str] = frozenset()) -> Answer:
    """What the answer says; never raises, takes time in proportion to the text's length.

    `known` are paths that the model has seen: a line that is one of them names a file whatever it looks like.
    """
    lines = _lines(_without_thoughts(text))
    if not _is_own(lines):
        rest, sections = take_sections(lines)
        foreign = read_foreign(rest, known)
        if foreign is not None:
            edits, problems = merged(foreign)
            return _checked(edits, problems, sections)
    envelopes = split_answer(_stripped(lines))
    edits, problems = read_file_tags(envelopes)
    return _checked(edits, problems, envelopes.sections)


def _is_own(lines: Sequence[str]) -> bool:
    """Whether the answer is in our own format: the tag of a file stands in it before any block does."""
    for line in lines:
        if opens_block(line):
            return False
        if "<file" in line and _names_file(line):
            return True
    return False


def _names_file(line: str) -> bool:
    tag = read_file_tag(line.lstrip("\ufeff \t"))
    return (tag is not None and not tag.attributes.keys().isdisjoint({"path", "action"})) or hides_file_tag(line)


def _without_thoughts(text: str) -> str:
    """The text after the thoughts that some models write in front, drafts of the answer among them."""
    start = text.lstrip()
    opened = _THOUGHTS.match(start)
    if opened:
        return start.partition(f"</{opened[1]}>")[2]
    closed = _END_OF_THOUGHTS.search(text)
    return text[closed.end() :] if closed and f"<{closed[1]}>" not in text[: closed.start()] else text


def _lines(text: str) -> list[str]:
    return [line.removesuffix("\r") for line in text.removeprefix("\ufeff").split("\n")]


def _stripped(lines: Sequence[str]) -> list[str]:
    """Without the white space around the whole answer."""
    return "\n".join(lines).strip().removeprefix("\ufeff").split("\n")


def _checked(edits: Sequence[FileEdit], problems: Sequence[str], sections: Sequence[tuple[str, str]]) -> Answer:
    """The answer, with the problems that only the whole of it shows."""
    title, summary, nothing, questions = (_section(sections, name) for name in SECTIONS)
    found = list(problems)
    named = {name for name, _ in sections}
    texts = {"nothing": nothing, "questions": questions}
    found += [f"`<{name}>` is empty: say why" for name, text in texts.items() if name in named and not text]
    said = [bool(edits), bool(nothing), bool(questions)]
    if sum(said) > 1:
        found.append("give either `<file …>` changes, or `<nothing>`, or `<questions>`: they exclude each other")
    if not any(said) and not found:
        found.append(_EMPTY)
    return Answer(" ".join(title.split()), summary, tuple(edits), nothing, questions, tuple(_capped(found)))


def _section(sections: Sequence[tuple[str, str]], name: str) -> str:
    return next((text for found, text in sections if found == name and text), "")


def _capped(problems: list[str]) -> list[str]:
    more = len(problems) - _MAX_PROBLEMS
    return [*problems[:_MAX_PROBLEMS], f"and {more} more problems like these"] if more > 0 else problems
