"""What a repository tells whoever works on it: AGENTS.md and CLAUDE.md, CONTRIBUTING, the pull request's template."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from application.ports.vcs import EntryKind
from application.token_estimate import estimate_tokens
from domain.repository_config import CONFIG_PATH
from domain.visible_text import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from application.ports.vcs import TreeEntry, Workspace

LARGEST_FILE = 256_000
"""Bytes; what is larger is not read."""

MAX_FILES_READ = 300

GUIDANCE_SHARE = 0.2
MAX_GUIDANCE_TOKENS = 6_000
"""What all of it may take of a context."""

FILE_OVERHEAD_TOKENS = 40
"""What is set aside for each file's fence."""

_AGENTS = frozenset({"agents.md", "claude.md"})
_CONTRIBUTING = ("contributing.md", "contributing.rst", "contributing.txt", "contributing")
_TEMPLATE = ("pull_request_template.md", "pull_request_template.txt", "pull_request_template")
_PLACES = (".github/", "", "docs/")
"""Where forges look for the latter two, in their order."""


@dataclass(frozen=True, slots=True)
class Guidance:
    """The files as they are, by path. `instructions`: the words in the repository's configuration."""

    files: Mapping[str, bytes] = field(default_factory=dict)
    instructions: str = ""


@dataclass(frozen=True, slots=True)
class GuidanceFile:
    """A file as the model is shown it: without hidden text, cut at a line's end where it is long."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class ShownGuidance:
    """What fits. `files`: the one that counts most comes last. `template`: the pull request's."""

    files: tuple[GuidanceFile, ...] = ()
    template: GuidanceFile | None = None
    left_out: tuple[str, ...] = ()
    tokens: int = 0


async def read_guidance(workspace: Workspace, instructions: str = "") -> Guidance:
    """Everything that may be shown later, from this revision; no link is followed."""
    entries = [entry for entry in await workspace.entries() if entry.kind in {EntryKind.FILE, EntryKind.EXECUTABLE}]
    wanted = sorted(filter(_is_wanted, entries), key=lambda entry: (entry.path.count("/"), entry.path))
    contents = await workspace.read([entry.path for entry in wanted[:MAX_FILES_READ]])
    return Guidance({path: contents[path] for path in sorted(contents)}, instructions)


def is_guidance(path: str) -> bool:
    """Whether a file at this path tells people and agents how to work here."""
    folder, _, name = path.lower().rpartition("/")
    in_place = _is_place(folder) and name in {*_CONTRIBUTING, *_TEMPLATE}
    return name in _AGENTS or in_place or _in_template_folder(path)


def _is_wanted(entry: TreeEntry) -> bool:
    return is_guidance(entry.path) and entry.size <= LARGEST_FILE and entry.path.isprintable()


def _is_place(folder: str) -> bool:
    return folder in {place.rstrip("/") for place in _PLACES}


def _in_template_folder(path: str) -> bool:
    folder, _, name = path.lower().rpartition("/")
    outer, _, inner = folder.rpartition("/")
    return inner == "pull_request_template" and _is_place(outer) and name.endswith((".md", ".txt"))


def shown_guidance(guidance: Guidance, likely: Sequence[str], budget_tokens: int) -> ShownGuidance:
    """What of it concerns the files that are likely to change, within `budget_tokens`.

    Of AGENTS.md and CLAUDE.md those count that lie in the folders of these files or above them. There is room for the
    nearest first; the rest is cut or left out, and that is said.
    """
    template = _template(guidance.files)
    by_weight = [*_contributing(guidance.files), *_configured(guidance), *_agents(guidance.files, likely)]
    first_come = [*reversed(by_weight), *([template] if template else [])]
    room = _Room(budget_tokens, len(first_come))
    placed = {path: file for path, text in first_come if (file := room.placed(path, text))}
    files = tuple(placed[path] for path, _ in by_weight if path in placed)
    shown_template = placed.get(template[0]) if template else None
    return ShownGuidance(files, shown_template, tuple(room.left_out), budget_tokens - room.free)


class _Room:
    """The tokens that are left for so many files: each gets its share at least, and what others have not used."""

    def __init__(self, tokens: int, files: int) -> None:
        self.free = tokens
        self.left_out: list[str] = []
        self._waiting = files

    def placed(self, path: str, text: str) -> GuidanceFile | None:
        """The file, or as much of it as there is room for."""
        allowance = self.free // self._waiting - FILE_OVERHEAD_TOKENS
        self._waiting -= 1
        lines = text.splitlines(keepends=True)
        fitting = _fitting(lines, allowance)
        if missing := len(lines) - fitting:
            self.left_out.append(f"Of {path} {_lines(missing)} not shown." if fitting else f"{path} is not shown.")
        if not fitting:
            return None
        shown = "".join(lines[:fitting])
        self.free -= estimate_tokens(shown) + FILE_OVERHEAD_TOKENS
        return GuidanceFile(path, shown)


def _fitting(lines: Sequence[str], allowance: int) -> int:
    """How many of the first lines cost no more than the allowance."""
    cost = 0
    for count, line in enumerate(lines):
        cost += estimate_tokens(line)
        if cost > allowance:
            return count
    return len(lines)


def _lines(count: int) -> str:
    return "the last line is" if count == 1 else f"the last {count:,} lines are"


def _agents(files: Mapping[str, bytes], likely: Iterable[str]) -> list[tuple[str, str]]:
    """The files in the folders above the likely ones, the root's first; two of the same text count once."""
    folders = {"", *(folder for path in likely for folder in _folders_above(path))}
    found: dict[tuple[str, str], str] = {}
    for path in sorted(files, key=lambda path: (path.count("/"), path)):
        folder, _, name = path.rpartition("/")
        if name.lower() in _AGENTS and folder in folders and (text := _text(files[path])):
            found.setdefault((folder, text), path)
    return [(path, text) for (_, text), path in found.items()]


def _folders_above(path: str) -> list[str]:
    parts = path.split("/")[:-1]
    return ["/".join(parts[:depth]) for depth in range(len(parts) + 1)]


def _contributing(files: Mapping[str, bytes]) -> list[tuple[str, str]]:
    found = _first_of(files, _CONTRIBUTING)
    return [found] if found else []


def _configured(guidance: Guidance) -> list[tuple[str, str]]:
    text = visible(guidance.instructions).strip()
    return [(CONFIG_PATH, f"{text}\n")] if text else []


def _template(files: Mapping[str, bytes]) -> tuple[str, str] | None:
    """The pull request's template; of several in a folder the first by name."""
    if found := _first_of(files, _TEMPLATE):
        return found
    several = [(path, text) for path in sorted(files) if _in_template_folder(path) and (text := _text(files[path]))]
    return several[0] if several else None


def _first_of(files: Mapping[str, bytes], names: Sequence[str]) -> tuple[str, str] | None:
    paths = {path.lower(): path for path in files}
    candidates = (paths[wanted] for place in _PLACES for name in names if (wanted := f"{place}{name}") in paths)
    return next(((path, text) for path in candidates if (text := _text(files[path]))), None)


def _text(content: bytes) -> str:
    """What a reader of the page would see, ending with a line end; "" for what is empty or no text."""
    try:
        text = visible(content.decode()).strip()
    except UnicodeDecodeError:
        return ""
    return f"{text}\n" if text else ""
