"""What people do on the stand-in for GitHub, in the words of the demo's story."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.issue import Comment, Review
from entrypoints.cli.demo_people import Hands

if TYPE_CHECKING:
    from collections.abc import Iterable

    from domain.issue import IssueKey, ReviewState
    from domain.repository import RepositoryRef
    from tests.support.github_double.world import World


class GitHubHands(Hands):
    """They need no permission here; whether they have it, the agent has to ask."""

    def __init__(self, world: World) -> None:
        self._world = world

    def add_label(self, issue: IssueKey, label: str, *, by: str) -> None:
        thread = self._world.thread(issue.repository.id, issue.number)
        self._world.set_labels(issue.repository.id, issue.number, [*thread.labels, label], by)

    def add_comment(self, issue: IssueKey, *, author: str, body: str) -> Comment:
        made = self._world.add_comment(issue.repository.id, issue.number, author, body)
        return Comment(made.id, author, body, made.created_at, made.updated_at)

    def edit_comment(self, issue: IssueKey, comment_id: int, body: str) -> None:
        self._world.edit_comment(issue.repository.id, comment_id, body)

    def add_review(
        self,
        repository: RepositoryRef,
        number: int,
        *,
        author: str,
        state: ReviewState,
        remarks: Iterable[tuple[str, int | None, str]],
    ) -> Review:
        word = state.value.upper()
        made = self._world.add_review(repository.id, number, author, word, comments=remarks)
        return Review(made.id, author, author_is_bot=False, state=state, body="", submitted_at=made.submitted_at)
