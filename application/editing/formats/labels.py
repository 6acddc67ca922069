"""The path that a line names: before a block or a fence, in a heading, in backticks, in a fence's own line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from application.editing.formats.fences import fence_info, is_fence

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

_LONGEST = 300
_LINES_ABOVE = 6
_MARKS = re.compile(r"(?:#{1,6}\s+|[-*+]\s+|\d{1,3}[.)]\s+|>\s+|//\s*|#\s*|--\s+|;+\s+|<!--\s*|/\*+\s*)+")
_NAMED = re.compile(
    r"(?:(?:in|edit|update|modify|change|create|add|new|the|existing|updated|modified|file|filename|file ?path|path)\s+"
    r"|(?:file|filename|file ?path|path)\s*:\s*)+",
    re.IGNORECASE,
)
_TAIL = re.compile(r"\s*(?:\([^()]*\)|-->|\*/)\s*\Z")
_LINE_NUMBERS = re.compile(r":\d+(?:[-:]\d+)?\Z")
_BACKTICKED = re.compile(r"`+([^`]+)`+")
_PLAIN = re.compile(r"[\w@.+~\-/\[\]()$=,{}%!]+\Z")
_HAS_SUFFIX = re.compile(r"[^/]\.\w{1,12}\Z|/[.\w-]+\Z|\A\.[\w.-]+\Z")
_WELL_KNOWN = {
    "Makefile",
    "Dockerfile",
    "LICENSE",
    "README",
    "Gemfile",
    "Rakefile",
    "Procfile",
    "CMakeLists",
    "Jenkinsfile",
}
_MARKER = re.compile(r"\s*(?:<{5}|>{5})")
_COMMENT = re.compile(r"(?:#|//|--|;+|<!--|/\*|%)\s*(?:(?:file(?:name|path)?|path)\s*:\s*)?(\S.*)\Z", re.IGNORECASE)
_LINK = re.compile(r"\[([^\[\]]+)\]\([^()\s]*\)")
_EDGES = "\"'`*_()[]<>:,;=@"
_FEW_WORDS = 8
_DRIVE = re.compile(r"[A-Za-z]:(?=[\\/])")
_INFO_KEY = re.compile(r"""(?:title|file|filename|path|name)\s*=\s*["']?([^"'\s]+)""")


def clean_path(raw: str) -> str:
    """A path without quotes, backticks, `./` or a drive in front, and Windows' separators."""
    path = raw.strip().strip("`'\"*").strip()
    path = _DRIVE.sub("", path)
    path = path.replace("\\", "/") if "\\" in path and "/" not in path else path
    while path.startswith("./"):
        path = path[2:]
    return path


def path_in(line: str, known: Collection[str], *, lonely: bool = False) -> str:
    """The path that a line of prose is, or names in backticks; "" where it names none.

    `lonely` takes a single word without a suffix as well.
    """
    text = line.strip()
    if not text or len(text) > _LONGEST:
        return ""
    if text in known:
        return text
    text = _LINK.sub(r"\1", text)
    in_backticks = [clean_path(each) for each in _BACKTICKED.findall(text)]
    paths = [each for each in in_backticks if each in known or _is_path(each)]
    shown = {path for path in paths if path in known}
    if len(shown) == 1:
        return shown.pop()
    if in_backticks:
        return paths[0] if len(set(paths)) == 1 else ""
    bare = _bare(text)
    if bare in known or _is_path(bare):
        return bare
    if path := _in_words(text, known):
        return path
    is_word = lonely and _PLAIN.match(text) and text[-1] not in ".,!" and not text.startswith(("```", "~~~"))
    return text if is_word else ""


def _in_words(text: str, known: Collection[str]) -> str:
    """The one shown file that a short line, or one that ends with a colon, names among its words."""
    words = text.split()
    if len(words) > _FEW_WORDS and not text.endswith(":"):
        return ""
    named = {
        path for word in words if (path := clean_path(word.strip(_EDGES))) in known and ("/" in path or "." in path)
    }
    return named.pop() if len(named) == 1 else ""


def _bare(text: str) -> str:
    """The line without heading marks, words such as "File:", emphasis, and what follows a path."""
    text = _MARKS.sub("", text, count=1) if _MARKS.match(text) else text
    text = text.strip("*_ ").rstrip(":").strip("*_ ")
    text = _TAIL.sub("", text)
    named = _NAMED.match(text)
    text = text[named.end() :] if named and named.end() < len(text) else text
    return _LINE_NUMBERS.sub("", clean_path(text.strip("*").rstrip(":")))


def _is_path(text: str) -> bool:
    if not _PLAIN.match(text) or text.endswith(("/", "()")) or "//" in text or text in {".", "..", "..."}:
        return False
    if text.startswith(("[", "@")) and "/" not in text.partition("]")[2]:
        return False
    return bool(_HAS_SUFFIX.search(text)) or text.rpartition("/")[2].partition(".")[0] in _WELL_KNOWN


def path_in_fence(line: str, known: Collection[str]) -> str:
    """The path in a fence's opening line: as its whole info, after the language, or as `title=…`."""
    info = fence_info(line)
    if not info:
        return ""
    if found := _INFO_KEY.search(info):
        return clean_path(found[1])
    language, _, rest = info.partition(":") if ":" in info and " " not in info else info.partition(" ")
    for candidate in (clean_path(rest), clean_path(language)):
        if candidate and (candidate in known or (("." in candidate or "/" in candidate) and _is_path(candidate))):
            return candidate
    return ""


def path_in_comment(line: str, known: Collection[str]) -> str:
    """The shown file that a comment names and nothing else, as the first line of a fence often does."""
    mark = _COMMENT.match(line)
    path = clean_path(_TAIL.sub("", mark[1])) if mark and len(line) <= _LONGEST else ""
    return path if path in known and ("/" in path or "." in path) else ""


def label_above(lines: Sequence[str], number: int, floor: int, known: Collection[str], *, lonely: bool = False) -> str:
    """The path named above line `number`, from line `floor` on: fences and blank lines aside, the nearest text decides.

    One more line of prose may stand between the path and the block. `lonely`: a single word right above is a path.
    """
    texts = 0
    for above in range(number - 1, max(floor, number - _LINES_ABOVE) - 1, -1):
        line = lines[above]
        if _MARKER.match(line):
            return ""
        if is_fence(line):
            if path := path_in_fence(line, known):
                return path
        elif line.strip() and line.strip() != "...":
            if path := path_in(line, known, lonely=lonely and texts == 0 and above >= number - 2):
                return path
            texts += 1
            if texts > 1:
                return ""
    return ""
