"""Issues, pull requests and comments of a repository's folder, read as what they are; and the way to change one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.local_forge.pages import read_comment, read_issue, read_pull_request, read_pull_request_as_issue
from adapters.local_forge.repository_folder import ISSUES, PULLS
from adapters.local_forge.reviews import read_review
from domain.errors import NotFound
from domain.issue import IssueKey

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from adapters.local_forge.front_matter import Page
    from adapters.local_forge.repository_folder import RepositoryFolder
    from adapters.local_forge.storage import Stored
    from adapters.local_forge.toml_values import Value
    from domain.issue import Comment, Issue, PullRequest, Review
    from domain.repository import RepositoryRef


def issue(folder: RepositoryFolder, key: IssueKey) -> Issue:
    """The issue, or the pull request of that number seen as one."""
    return _issue_and_page(folder, key)[0]


def pull_requests(folder: RepositoryFolder) -> list[PullRequest]:
    """All pull requests, oldest first."""
    return [_pull_request(folder, number, stored) for number, stored in folder.pages(PULLS)]


def pull_request(folder: RepositoryFolder, number: int) -> PullRequest:
    """One pull request."""
    return pull_request_and_page(folder, number)[0]


def issues(folder: RepositoryFolder, ref: RepositoryRef) -> list[Issue]:
    """All issues, oldest first."""
    return [_issue(folder, IssueKey(ref, number), stored) for number, stored in folder.pages(ISSUES)]


def comments(folder: RepositoryFolder, number: int, agent: str) -> list[tuple[Comment, Stored[Page]]]:
    """The comments on an issue or pull request with their pages, oldest first; `agent` is the agent's account."""
    return [(_comment(folder, id_, stored, agent), stored) for id_, stored in folder.comments(number)]


def comment(folder: RepositoryFolder, number: int, id_: int, agent: str) -> Comment:
    """One comment."""
    return _comment_and_page(folder, number, id_, agent)[0]


def reviews(folder: RepositoryFolder, number: int, agent: str) -> list[Review]:
    """The reviews of a pull request, oldest first."""
    return [_review(folder, id_, stored, agent) for id_, stored in folder.reviews(number)]


def page(folder: RepositoryFolder, key: IssueKey, comment_id: int | None = None) -> Stored[Page]:
    """The page of an issue or pull request, or of a comment on it.

    It can be read as what it is: a page with a mistake is reported, never written over.
    """
    if comment_id is None:
        return _issue_and_page(folder, key)[1]
    return _comment_and_page(folder, key.number, comment_id, agent="")[1]


def pull_request_and_page(folder: RepositoryFolder, number: int) -> tuple[PullRequest, Stored[Page]]:
    """One pull request with its page."""
    stored = _there(folder.page(PULLS, number), f"{folder.full_name} has no pull request {number}")
    return _pull_request(folder, number, stored), stored


def save(
    folder: RepositoryFolder,
    stored: Stored[Page],
    now: datetime,
    facts: Mapping[str, Value],
    body: str | None = None,
) -> None:
    """Change a page, and its `updated_at` with it; one that says so already is left alone. The lock must be held.

    With another title or text, `edited_at` moves too.
    """
    old = stored.value
    new = folder.understood(stored, lambda stored: stored.value.updated(facts, body))
    if new == old:
        return
    edited = new.body != old.body or new.facts.values.get("title") != old.facts.values.get("title")
    folder.write(stored.path, new.updated({"updated_at": now, **({"edited_at": now} if edited else {})}))


def _issue_and_page(folder: RepositoryFolder, key: IssueKey) -> tuple[Issue, Stored[Page]]:
    kind = folder.kind_of(key.number)
    read = read_issue if kind == ISSUES else read_pull_request_as_issue
    stored = _there(folder.page(kind, key.number), f"{folder.full_name} has no issue {key.number}")
    return folder.understood(stored, lambda stored: read(stored, key)), stored


def _comment_and_page(folder: RepositoryFolder, number: int, id_: int, agent: str) -> tuple[Comment, Stored[Page]]:
    for comment, stored in comments(folder, number, agent):
        if comment.id == id_:
            return comment, stored
    message = f"{folder.full_name}#{number} has no comment {id_}"
    raise NotFound(message)


def _issue(folder: RepositoryFolder, key: IssueKey, stored: Stored[Page]) -> Issue:
    return folder.understood(stored, lambda stored: read_issue(stored, key))


def _review(folder: RepositoryFolder, id_: int, stored: Stored[Page], agent: str) -> Review:
    return folder.understood(stored, lambda stored: read_review(stored, id_, agent))


def _pull_request(folder: RepositoryFolder, number: int, stored: Stored[Page]) -> PullRequest:
    return folder.understood(stored, lambda stored: read_pull_request(stored, number))


def _comment(folder: RepositoryFolder, id_: int, stored: Stored[Page], agent: str) -> Comment:
    return folder.understood(stored, lambda stored: read_comment(stored, id_, agent))


def _there(stored: Stored[Page] | None, problem: str) -> Stored[Page]:
    if stored is None:
        raise NotFound(problem)
    return stored
