"""What a model is shown of a repository: its tree, and the best files, within a number of tokens."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from application.passages import likelihoods, passages_of
from application.repository_tree import folded_tree
from application.selection import Source, cost_of, select
from application.token_estimate import estimate_tokens

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

    from application.ports.code_search import RankedFile
    from application.ports.vcs import TreeEntry
    from application.shown_file import ShownFile

MAX_FILES = 20
"""How many files a model is shown at most; more distract it, however large its context."""

TREE_SHARE = 0.1
MAX_TREE_TOKENS = 4_000
"""What the tree may take of the budget."""

NOTES_SHARE = 0.05
MAX_NOTES_TOKENS = 400
"""What the words about what is left out may take of the budget."""

_MAX_LISTED = 5


@dataclass(frozen=True, slots=True)
class Context:
    """What a model is shown: data only, to be fenced by whoever writes it into a prompt.

    `tree`: the folded tree, "" where there is no room for it. `files`: best first. `left_out`: what the model does not
    see, one sentence each. `tokens`: the estimate for all of it, `FILE_OVERHEAD_TOKENS` a file included; it never
    exceeds the budget.
    """

    tree: str
    files: tuple[ShownFile, ...]
    left_out: tuple[str, ...]
    tokens: int

    @property
    def shown(self) -> frozenset[str]:
        """The paths that the model saw, whole or in part, and so may edit."""
        return frozenset(file.path for file in self.files)


async def build_context(
    entries: Sequence[TreeEntry],
    ranking: Sequence[RankedFile],
    read: Callable[[Iterable[str]], Awaitable[Mapping[str, bytes]]],
    issue_text: str,
    budget_tokens: int,
) -> Context:
    """Choose what to show of a repository for an issue (its first line is its title).

    `entries` are the whole tree, sorted; `read` is `Workspace.read`. The best files are shown whole if they fit; if
    not, by the passages that are most likely what the fix changes. The same arguments give the same context.
    """
    best = [file.path for file in ranking[:MAX_FILES] if file.path.isprintable()]
    contents = await read(best)
    texts = {path: _text(contents[path]) for path in best if path in contents}
    return await asyncio.to_thread(_composed, entries, ranking, texts, issue_text, budget_tokens)


def _composed(
    entries: Sequence[TreeEntry],
    ranking: Sequence[RankedFile],
    texts: Mapping[str, str | None],
    issue_text: str,
    budget_tokens: int,
) -> Context:
    tree = folded_tree(entries, list(texts), min(MAX_TREE_TOKENS, int(TREE_SHARE * budget_tokens)))
    tree_tokens = estimate_tokens(tree.text)
    for_notes = min(MAX_NOTES_TOKENS, int(NOTES_SHARE * budget_tokens))
    readable = {path: text for path, text in texts.items() if text is not None}
    files = _shown_files(readable, ranking[:MAX_FILES], issue_text, budget_tokens - tree_tokens - for_notes)
    shown = {file.path for file in files}
    notes = _fitting_notes(
        [
            _listed("Too long for the room that was left", [path for path in readable if path not in shown]),
            _listed("Not UTF-8 text", [path for path, text in texts.items() if text is None]),
            _counted(len(ranking) - len(texts), "file that matches less is", "files that match less are", "not shown"),
            _counted(tree.folded, "folder of the tree is", "folders of the tree are", "folded"),
        ],
        for_notes,
    )
    tokens = tree_tokens + sum(map(cost_of, files)) + sum(map(estimate_tokens, notes))
    return Context(tree.text, files, notes, tokens)


def _text(content: bytes) -> str | None:
    """The text, or None for what is none: bytes that are not UTF-8 would not survive the way to a model and back."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text


def _shown_files(
    texts: Mapping[str, str], ranking: Sequence[RankedFile], issue_text: str, room: int
) -> tuple[ShownFile, ...]:
    ranked = [file for file in ranking if file.path in texts]
    passages = [passages_of(file.path, texts[file.path], file.definitions) for file in ranked]
    chances = likelihoods(passages, [file.score for file in ranked], issue_text)
    sources = [
        Source(file.path, texts[file.path], pieces, chance, file.definitions)
        for file, pieces, chance in zip(ranked, passages, chances, strict=True)
    ]
    return select(sources, room)


def _listed(what: str, paths: Sequence[str]) -> str:
    if not paths:
        return ""
    more = f" and {len(paths) - _MAX_LISTED} more" if len(paths) > _MAX_LISTED else ""
    return f"{what}, so not shown: {', '.join(paths[:_MAX_LISTED])}{more}."


def _counted(count: int, one: str, many: str, what: str) -> str:
    return f"{count:,} {one if count == 1 else many} {what}." if count > 0 else ""


def _fitting_notes(notes: Sequence[str], budget_tokens: int) -> tuple[str, ...]:
    """Those of the notes for which there is room, the first ones first."""
    fitting: list[str] = []
    for note in notes:
        cost = estimate_tokens(note)
        if note and cost <= budget_tokens:
            fitting.append(note)
            budget_tokens -= cost
    return tuple(fitting)
