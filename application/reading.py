"""Reading a repository for a request: which paths there are, and what the model is shown of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from application.context import build_context
from application.guidance import GUIDANCE_SHARE, MAX_GUIDANCE_TOKENS, is_guidance, shown_guidance
from application.order import put_first
from application.ports.vcs import EntryKind
from domain.events import FilesChosen, Stage, StageReached

if TYPE_CHECKING:
    from collections.abc import Sequence

    from application.brief import Brief
    from application.context import Context
    from application.discussion import Discussion
    from application.guidance import ShownGuidance
    from application.ports.code_search import CodeSearch, RankedFile
    from application.ports.task_events import TaskEvents
    from application.ports.vcs import TreeEntry, Workspace
    from domain.model_profile import ModelProfile
    from domain.policy import Policy

Rerank = Callable[["Sequence[RankedFile]"], Awaitable["Sequence[RankedFile]"]]

_ROUNDS_TO_LEAVE_ROOM_FOR = 2
_SMALLEST_SHARE = 4
DISCUSSION_SHARE = 0.2
"""What the comments may take of the budget."""

_LIKELY_TO_CHANGE = 8
"""How many of the best files are asked in which folders instructions count."""


@dataclass(frozen=True, slots=True)
class Material:
    """The repository as far as the request needs it."""

    entries: Sequence[TreeEntry]
    context: Context
    guidance: ShownGuidance
    discussion: Discussion

    @property
    def existing(self) -> frozenset[str]:
        """All paths of the tree."""
        return frozenset(entry.path for entry in self.entries)

    @property
    def links(self) -> frozenset[str]:
        """Paths that lead elsewhere: symbolic links and submodules."""
        return frozenset(e.path for e in self.entries if e.kind in {EntryKind.SYMLINK, EntryKind.SUBMODULE})


async def read_repository(
    workspace: Workspace,
    search: CodeSearch,
    brief: Brief,
    policy: Policy,
    *,
    budget_tokens: int,
    events: TaskEvents,
    rerank: Rerank | None = None,
) -> Material:
    """Rank the files for the request; fill `budget_tokens` with the repository's instructions and the best of them.

    `rerank` may change the ranking first, and may raise.
    """
    await events.record(StageReached(Stage.READING))
    entries = await workspace.entries()
    found = await search.rank(workspace, brief.text)
    ranking: Sequence[RankedFile] = [file for file in found if not _is_told_otherwise(file.path, policy)]
    if rerank is not None:
        ranking = await rerank(ranking)
    ranking = put_first(ranking, brief.paths)
    likely = [file.path for file in ranking[:_LIKELY_TO_CHANGE]]
    for_guidance = min(MAX_GUIDANCE_TOKENS, int(GUIDANCE_SHARE * budget_tokens))
    guidance = shown_guidance(brief.rules.guidance, likely, for_guidance)
    discussion = brief.discussion.within(int(DISCUSSION_SHARE * budget_tokens))
    left = budget_tokens - guidance.tokens - discussion.tokens
    context = await build_context(entries, ranking, workspace.read, brief.text, left)
    await events.record(FilesChosen(tuple(file.path for file in context.files), of=len(entries)))
    return Material(entries, context, guidance, discussion)


def _is_told_otherwise(path: str, policy: Policy) -> bool:
    """Instructions that may not be changed: the model is shown them as such, and not what a page hides in them."""
    return is_guidance(path) and policy.path_problem(path) is not None


def context_budget(model: ModelProfile, wanted_tokens: int) -> int:
    """How many tokens of repository fit a request: `wanted_tokens`, or what the model's window leaves.

    A repaired answer repeats the conversation so far, so room for two answers is kept free.
    """
    free = model.context_tokens - _ROUNDS_TO_LEAVE_ROOM_FOR * model.max_answer_tokens
    return min(wanted_tokens, max(free, model.context_tokens // _SMALLEST_SHARE))
