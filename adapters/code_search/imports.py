"""Which of a repository's files a file imports, in whatever language."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from typing import TYPE_CHECKING

from adapters.code_search.paths import module_parts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

_PYTHON_RELATIVE = re.compile(r"(\.+)([^./][^/]*)?")
_SOURCE_SUFFIX = re.compile(r"\.(?:[cm]?[jt]sx?|vue|h|hh|hpp|hxx|inc|php|rb)$")
_BETWEEN_PARTS = re.compile(r"[/.\\:{}, ]+")
_SAYS_NOTHING = frozenset({"", "*", "crate", "self", "super"})
_LONGEST = 300
_MAX_TARGETS = 3
"""An import that may mean more files than this says nothing."""

_MAX_PACKAGE = 12
"""The same where a folder is imported as a whole."""


class ImportIndex:
    """The paths of a repository, to be found by what stands in an import."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._modules: defaultdict[str, list[tuple[str, list[str]]]] = defaultdict(list)
        self._packages: defaultdict[str, list[tuple[str, list[str]]]] = defaultdict(list)
        self._found: dict[tuple[str, bool], frozenset[str]] = {}
        for path in paths:
            parts = module_parts(path)
            self._modules[parts[-1]].append((path, parts))
            if path.endswith(".go"):
                folder = posixpath.dirname(path).lower().split("/")
                self._packages[folder[-1]].append((path, folder))

    def targets(self, path: str, imports: Iterable[str]) -> frozenset[str]:
        """The files that `path` imports, as far as they can be told; itself never."""
        found = (self._targets_of(path, name.strip().lower()) for name in imports if len(name) <= _LONGEST)
        return frozenset().union(*found) - {path}

    def _targets_of(self, path: str, name: str) -> frozenset[str]:
        folder = posixpath.dirname(path).lower().split("/")
        if (relative := _PYTHON_RELATIVE.fullmatch(name)) and "/" not in name:
            base = folder[: len(folder) - len(relative.group(1)) + 1]
            wanted = [*base, *(part for part in (relative.group(2) or "").split(".") if part)]
            return self._best(wanted, len(wanted))
        if name.startswith("."):
            wanted = _SOURCE_SUFFIX.sub("", posixpath.normpath("/".join([*folder, name]))).split("/")
            return self._best(wanted, len(wanted))
        key = name, path.endswith(".go")
        if key not in self._found:
            self._found[key] = self._absolute(*key)
        return self._found[key]

    def _absolute(self, name: str, is_go: bool) -> frozenset[str]:  # noqa: FBT001 - a part of a key
        parts = [part for part in _BETWEEN_PARTS.split(_SOURCE_SUFFIX.sub("", name)) if part not in _SAYS_NOTHING]
        if not parts:
            return frozenset()
        if is_go:
            return self._package(parts)
        found = self._best(parts, min(2, len(parts)))
        if not found and len(parts) > 1:  # the last part may be a name within the module
            found = self._best(parts[:-1], min(2, len(parts) - 1))
        return found

    def _package(self, parts: Sequence[str]) -> frozenset[str]:
        found = [
            path
            for path, folder in self._packages.get(parts[-1], ())
            if _agreement(folder, parts) >= min(2, len(folder))
        ]
        return _few(found, _MAX_PACKAGE)

    def _best(self, wanted: Sequence[str], least: int) -> frozenset[str]:
        """The modules whose last parts agree longest with those that are wanted, `least` of them at least."""
        best = least
        found: list[str] = []
        for path, parts in self._modules.get(wanted[-1], ()) if wanted else ():
            agreement = _agreement(parts, wanted)
            if agreement > best:
                best, found = agreement, []
            if agreement == best:
                found.append(path)
        return _few(found, _MAX_TARGETS)


def _agreement(ours: Sequence[str], theirs: Sequence[str]) -> int:
    """How many of the last parts are the same."""
    pairs = zip(reversed(ours), reversed(theirs), strict=False)
    return next((count for count, (one, other) in enumerate(pairs) if one != other), min(len(ours), len(theirs)))


def _few(paths: Collection[str], most: int) -> frozenset[str]:
    return frozenset(paths if len(paths) <= most else ())
