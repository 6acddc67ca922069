"""The files that an issue names: by path, by module, or in a stack trace."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_MAX_LINE = 500
_MAX_WORD = 300
_WORD = re.compile(r"[\w./\\:@+~-]+")
_PYTHON_FRAME = re.compile(r'File "([^"]+)", line \d+')
_FRAME = re.compile(r"([^:]+\.\w{1,5}):\d+")
_PATH = re.compile(r".*[^/\\]\.\w{1,8}")
_MODULE = re.compile(r"[A-Za-z_]\w*(?:(?:\.|::)[A-Za-z_]\w*)+")
_BARE_NAMES = frozenset({"Dockerfile", "Makefile", "Jenkinsfile", "Gemfile", "Rakefile", "Procfile", "Vagrantfile"})

_ENOUGH = 2
"""So many names of a path must agree, file and folder, where both have as many."""

MAX_NAMESAKES = 3
"""A name that more files than this bear says nothing."""


@dataclass(frozen=True, slots=True)
class Mentions:
    """What an issue names, as it is written there; `frames` of stack traces, the nearest to the failure first."""

    frames: tuple[str, ...]
    paths: tuple[str, ...]
    modules: tuple[str, ...]


def find_mentions(issue_text: str) -> Mentions:
    """Read the names of files out of an issue; the time is linear in its length, whatever a stranger wrote."""
    python: list[str] = []
    others: list[str] = []
    paths: list[str] = []
    modules: list[str] = []
    for line in issue_text.split("\n"):
        quoted = _PYTHON_FRAME.search(line) if len(line) <= _MAX_LINE else None
        if quoted:
            python.append(quoted.group(1))
            continue
        for word in _words(line):
            if frame := _FRAME.search(word):
                (python if frame.group(1).endswith(".py") else others).append(frame.group(1))
            elif _PATH.fullmatch(word) or word in _BARE_NAMES:
                paths.append(word)
            if _MODULE.fullmatch(word):
                modules.append(word)
    # Python prints the call that failed last, the others first.
    return Mentions(_distinct([*reversed(python), *others]), _distinct(paths), _distinct(modules))


def _words(line: str) -> Iterator[str]:
    for word in _WORD.findall(line):
        bare = word.rstrip(".:-~@")
        if 1 < len(bare) <= _MAX_WORD:
            yield bare


def _distinct(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


class PathIndex:
    """The paths of a repository, to be found by what people call them; case does not matter."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._by_name: defaultdict[str, list[str]] = defaultdict(list)
        self._by_stem: defaultdict[str, list[str]] = defaultdict(list)
        for path in paths:
            folder, name = posixpath.split(path.lower())
            stem = posixpath.splitext(name)[0]
            self._by_name[name].append(path)
            self._by_stem[posixpath.basename(folder) if stem in {"__init__", "mod", "index"} else stem].append(path)

    def locate(self, mention: str) -> tuple[str, ...]:
        """The files whose paths end as the mention does, those that agree longest; none if there are too many.

        The mention may begin outside of the repository (`/usr/lib/…/shop/cart.py`, a link to the forge), or within.
        """
        wanted = [part for part in mention.lower().replace("\\", "/").split("/") if part not in {"", ".", ".."}]
        if not wanted:
            return ()
        agreeing: defaultdict[int, list[str]] = defaultdict(list)
        for path in self._by_name.get(wanted[-1], ()):
            parts = path.lower().split("/")
            agreement = _agreement(parts, wanted)
            if agreement >= min(_ENOUGH, len(parts), len(wanted)):
                agreeing[agreement].append(path)
        return _few(agreeing[max(agreeing)] if agreeing else ())

    def locate_module(self, module: str) -> tuple[str, ...]:
        """The files of the longest dotted prefix that is a module, at least two names of it: `shop.cart.Cart.total`."""
        parts = module.lower().replace("::", ".").split(".")
        for length in range(len(parts), 1, -1):
            ending = "/" + "/".join(parts[:length])
            found = [path for path in self._by_stem.get(parts[length - 1], ()) if _module_path(path).endswith(ending)]
            if found:
                return _few(found)
        return ()


def _agreement(path: list[str], wanted: list[str]) -> int:
    """How many of the last names are the same."""
    pairs = zip(reversed(path), reversed(wanted), strict=False)
    return next((count for count, (mine, theirs) in enumerate(pairs) if mine != theirs), min(len(path), len(wanted)))


def _module_path(path: str) -> str:
    stem = posixpath.splitext("/" + path.lower())[0]
    folder, name = posixpath.split(stem)
    return folder if name in {"__init__", "mod", "index"} else stem


def _few(paths: Iterable[str]) -> tuple[str, ...]:
    found = tuple(paths)
    return found if len(found) <= MAX_NAMESAKES else ()
