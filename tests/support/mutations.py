"""True fixes as answers that went wrong on the way: what models and the tools around them do to white space.

A block's two texts are spoilt by one rule at a time. What must come of the answer is the true fix, or a refusal.
"""

from __future__ import annotations

import json
import random
import textwrap
from difflib import SequenceMatcher
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from application.editing.apply import apply_edits
from application.editing.parse import parse_answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from tests.support.renderings import Fix

    Lines = list[str]
    Spoiling = Callable[["Quote"], "Quote"]
    Writing = Callable[[str, Sequence["Quote"]], str]

CONTEXTS = (0, 1, 3)
_LEVEL = 4


class Quote(NamedTuple):
    """A block's two texts, in lines."""

    search: Lines
    replace: Lines


class Spoilt(NamedTuple):
    """An answer, the files that it is for, and what must come of them; None: it must be refused."""

    name: str
    answer: str
    before: Mapping[str, bytes]
    after: Mapping[str, bytes] | None


def spoilt_answers(fix: Fix, seed: str) -> Iterator[Spoilt]:
    """The fix in every spelling that it can be given: each rule, in each format, with more or less context."""
    before = {path: text for path, text in fix.before.items() if text is not None and fix.after[path] is not None}
    after = {path: text for path, text in fix.after.items() if text is not None and path in before}
    for path in fix.paths():
        if path in before:
            for context in CONTEXTS:
                quotes = _quotes(before[path], after[path], context)
                if quotes:
                    chance = random.Random(f"{seed} {context}")  # noqa: S311  # repeatable, nothing secret
                    yield from _spoilt(path, quotes, (before[path], after[path]), chance)


def ending(spoilt: Spoilt) -> str:
    """`right`, `refused`, `wrong`, or `wrong blanks` where only blank lines or the ends of lines differ."""
    answer = parse_answer(spoilt.answer, spoilt.before)
    applied = apply_edits(answer.edits, spoilt.before)
    if answer.problems or applied.problems:
        return "refused"
    made = {**spoilt.before, **applied.changes.writes()}
    if made == spoilt.after:
        return "right"
    if spoilt.after is not None and _without_blanks(made) == _without_blanks(spoilt.after):
        return "wrong blanks"
    return "wrong"


def _without_blanks(files: Mapping[str, bytes]) -> dict[str, list[bytes]]:
    return {path: [line.rstrip() for line in text.split(b"\n") if line.strip()] for path, text in files.items()}


def _quotes(before: str, after: str, context: int) -> list[Quote]:
    """The differences with so many lines around them; none where one of them would not be the only such place."""
    if before.endswith("\n") != after.endswith("\n"):
        return []  # blocks do not say so
    old, new = before.removesuffix("\n").split("\n"), after.removesuffix("\n").split("\n")
    groups = SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(context)
    found = [Quote(old[g[0][1] : g[-1][2]], new[g[0][3] : g[-1][4]]) for g in groups]
    return found if all(_is_unique(quote.search, before) for quote in found) else []


def _is_unique(search: Lines, text: str) -> bool:
    wanted = _text(search)
    whole = f"\n{text.removesuffix(chr(10))}\n"
    at = whole.find(f"\n{wanted}")
    return any(line.strip() for line in search) and at >= 0 and whole.find(f"\n{wanted}", at + 1) < 0


def _spoilt(path: str, quotes: Sequence[Quote], texts: tuple[str, str], chance: random.Random) -> Iterator[Spoilt]:
    before, after = {path: _bytes(texts[0])}, {path: _bytes(texts[1])}
    for rule, spoil in {**SPOILINGS, "one line indented wrongly": _one_line_wrong(chance)}.items():
        spoilt = [spoil(Quote(list(quote.search), list(quote.replace))) for quote in quotes]
        if (spoilt == quotes and rule != "as written") or not all(_is_filled(quote.search) for quote in spoilt):
            continue
        for writing, write in WRITINGS.items():
            yield Spoilt(f"{rule}, {writing}", write(path, spoilt), before, after)
    blocks = _blocks(path, quotes)
    crlf = {path: _bytes(texts[0].replace("\n", "\r\n"))}, {path: _bytes(texts[1].replace("\n", "\r\n"))}
    yield Spoilt("answer in CRLF", blocks.replace("\n", "\r\n"), before, after)
    yield Spoilt("file in CRLF", blocks, *crlf)
    yield Spoilt("without its last line feed", blocks.rstrip("\n"), before, after)
    yield Spoilt("every block twice", _blocks(path, [*quotes, *quotes]), before, after)
    other = f"other/{path}x"
    yield Spoilt("another file's path", _blocks(other, quotes), {**before, other: b"import this\n\n\nrun()\n"}, None)
    twice = texts[0].rstrip("\n") + "\n" + _text(quotes[0].search)
    yield Spoilt("two places", blocks, {path: _bytes(twice)}, None)
    yield Spoilt("a place that is gone", blocks, {path: _bytes(_without(texts[0], quotes[0].search))}, None)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _without(text: str, search: Lines) -> str:
    return f"\n{text}\n".replace(f"\n{_text(search)}", "\n", 1)[1:-1]


def _is_filled(lines: Lines) -> bool:
    return any(line.strip() for line in lines)


def _text(lines: Lines) -> str:
    return "".join(f"{line}\n" for line in lines)


def _blocks(path: str, quotes: Sequence[Quote]) -> str:
    written = "".join(
        f"<<<<<<< SEARCH\n{_text(quote.search)}=======\n{_text(quote.replace)}>>>>>>> REPLACE\n" for quote in quotes
    )
    return f"{path}\n```python\n{written}```\n"


def _strings(path: str, quotes: Sequence[Quote]) -> str:
    edits = [{"path": path, "old_string": old, "new_string": new} for old, new in map(_string_pair, quotes)]
    return json.dumps({"edits": edits})


def _string_pair(quote: Quote) -> tuple[str, str]:
    """The texts without their last line feeds; where lines go, with the line feed that goes with them."""
    return "\n".join(quote.search) + ("" if quote.replace else "\n"), "\n".join(quote.replace)


WRITINGS: Mapping[str, Writing] = {"blocks": _blocks, "strings": _strings}
"""Blocks hold whole lines; the strings of a tool call may begin and end within a line."""


def _each_line(change: Callable[[str], str]) -> Spoiling:
    return lambda quote: Quote([change(line) for line in quote.search], [change(line) for line in quote.replace])


def _each_text(change: Callable[[Lines], Lines]) -> Spoiling:
    return lambda quote: Quote(change(quote.search), change(quote.replace))


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _scaled(numerator: int, denominator: int) -> Callable[[str], str]:
    return lambda line: " " * (_depth(line) * numerator // denominator) + line.lstrip(" ")


def _tabbed(line: str) -> str:
    tabs, blanks = divmod(_depth(line), _LEVEL)
    return "\t" * tabs + " " * blanks + line.lstrip(" ")


def _outdented(quote: Quote) -> Quote:
    both = [line for line in (*quote.search, *quote.replace) if line.strip()]
    least = min(map(_depth, both), default=0)
    return _each_line(lambda line: line[least:] if line.strip() else line)(quote)


def _dedented(lines: Lines) -> Lines:
    return textwrap.dedent("\n".join(lines)).split("\n") if lines else []


def _trimmed(lines: Lines) -> Lines:
    text = "\n".join(lines).strip()
    return text.split("\n") if text else []


def _first_lost(lines: Lines) -> Lines:
    return [lines[0].lstrip(" "), *lines[1:]] if lines else []


def _filled(lines: Lines) -> Lines:
    return [line for line in lines if line.strip()]


def _single_blanks(lines: Lines) -> Lines:
    return lines[:1] + [line for above, line in pairwise(lines) if above.strip() or line.strip()]


def _spread(lines: Lines) -> Lines:
    return [piece for line in lines for piece in ((line, "") if line.strip() else (line,))]


def _framed(lines: Lines) -> Lines:
    return ["", *lines, ""] if lines else []


def _numbered(form: str) -> Callable[[Lines], Lines]:
    return lambda lines: [form.format(number, line) for number, line in enumerate(lines, start=41)]


def _typographic(line: str) -> str:
    opened = line.replace(' "', " \u201c").replace('("', "(\u201c").replace(" '", " \u2018").replace("('", "(\u2018")
    return opened.replace('"', "\u201d").replace("'", "\u2019")


def _one_line_wrong(chance: random.Random) -> Spoiling:
    def spoil(quote: Quote) -> Quote:
        at = chance.randrange(len(quote.search))
        line = quote.search[at]
        wrong = f" {line}" if chance.random() < 1 / 2 else line.replace(" " * _LEVEL, "   ", 1)
        return Quote([*quote.search[:at], wrong, *quote.search[at + 1 :]], quote.replace)

    return spoil


def _cut(quote: Quote) -> Quote:
    """A search text that ends two lines early, where these are context."""
    kept = len(quote.search) > len(CONTEXTS) and quote.search[-2:] == quote.replace[-2:]
    return Quote(quote.search[:-2], quote.replace) if kept else quote


def _dotted(quote: Quote) -> Quote:
    """Dots for the longest row of lines that both texts have, but its first and last."""
    matcher = SequenceMatcher(None, quote.search, quote.replace, autojunk=False)
    i, j, size = matcher.find_longest_match()
    if size <= len(CONTEXTS):
        return quote
    return Quote(_hidden(quote.search, i, size), _hidden(quote.replace, j, size))


def _hidden(lines: Lines, start: int, size: int) -> Lines:
    return [*lines[: start + 1], "...", *lines[start + size - 1 :]]


SPOILINGS: Mapping[str, Spoiling] = {
    "as written": lambda quote: quote,
    "outdented together": _outdented,
    "outdented each": _each_text(_dedented),
    "indented by a level": _each_line(lambda line: " " * _LEVEL + line if line.strip() else line),
    "texts trimmed": _each_text(_trimmed),
    "first lines outdented": _each_text(_first_lost),
    "first line of SEARCH outdented": lambda quote: Quote(_first_lost(quote.search), quote.replace),
    "every line outdented": _each_line(lambda line: line.lstrip(" ")),
    "every line of SEARCH outdented": lambda quote: Quote([line.lstrip(" ") for line in quote.search], quote.replace),
    "two blanks for four": _each_line(_scaled(1, 2)),
    "four blanks for two": _each_line(_scaled(2, 1)),
    "tabs for blanks": _each_line(_tabbed),
    "one blank less": _each_line(lambda line: line.removeprefix(" ")),
    "one blank more": _each_line(lambda line: f" {line}" if line.strip() else line),
    "blank lines lost": _each_text(_filled),
    "blank lines of SEARCH lost": lambda quote: Quote(_filled(quote.search), quote.replace),
    "one blank line for several": _each_text(_single_blanks),
    "outdented, blank lines lost": lambda quote: _each_text(_filled)(_outdented(quote)),
    "trimmed, blank lines lost": lambda quote: _each_text(_filled)(_each_text(_trimmed)(quote)),
    "a blank line after each": _each_text(_spread),
    "blank lines around": _each_text(_framed),
    "blanks at line ends": _each_line(lambda line: f"{line}  "),
    "blanks at line ends lost": _each_line(str.rstrip),
    "blanks doubled within lines": _each_line(lambda line: line[: _depth(line)] + line.lstrip(" ").replace(" ", "  ")),
    "typographic quotes": _each_line(_typographic),
    "no-break blanks": _each_line(lambda line: line.replace(" ", "\u00a0")),
    "numbered `12 | `": _each_text(_numbered("{} | {}")),
    "numbered `12: `": _each_text(_numbered("{}: {}")),
    "SEARCH cut short": _cut,
    "dots for what is kept": _dotted,
}
"""What is done to a block, by name."""
