"""Issues, pull requests and comments of a repository's folder, read as what they are; and the way to change one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.local_forge.pages import read_comment, read_issue, read_pull_request, read_pull_request_as_issue
from adapters.local_forge.repository_folder import ISSUES, PULLS
from domain.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from adapters.local_forge.front_matter import Page
    from adapters.local_forge.repository_folder import RepositoryFolder
    from adapters.local_forge.storage import Stored
    from adapters.local_forge.toml_values import Value
    from domain.issue import Comment, Issue, IssueKey, PullRequest


def issue(folder: RepositoryFolder, key: IssueKey) -> Issue:
    """The issue, or the pull request of that number seen as one."""
    read = read_issue if folder.kind_of(key.number) == ISSUES else read_pull_request_as_issue
    return folder.understood(any_page(folder, key.number), lambda stored: read(stored, key))


def pull_requests(folder: RepositoryFolder) -> list[PullRequest]:
    """All pull requests, oldest first."""
    return [_pull_request(folder, number, page) for number, page in folder.pages(PULLS)]


def pull_request(folder: RepositoryFolder, number: int) -> PullRequest:
    """One pull request."""
    return _pull_request(folder, number, pull_request_page(folder, number))


def comments(folder: RepositoryFolder, number: int) -> list[tuple[Comment, Stored[Page]]]:
    """The comments on an issue or pull request with their pages, oldest first."""
    return [(_comment(folder, id_, page), page) for id_, page in folder.comments(number)]


def comment(folder: RepositoryFolder, number: int, id_: int) -> Comment:
    """One comment."""
    return _comment(folder, id_, comment_page(folder, number, id_))


def any_page(folder: RepositoryFolder, number: int) -> Stored[Page]:
    """The page of an issue or pull request."""
    return _there(folder.page(folder.kind_of(number), number), f"{folder.full_name} has no issue {number}")


def pull_request_page(folder: RepositoryFolder, number: int) -> Stored[Page]:
    """The page of a pull request."""
    return _there(folder.page(PULLS, number), f"{folder.full_name} has no pull request {number}")


def comment_page(folder: RepositoryFolder, number: int, id_: int) -> Stored[Page]:
    """The page of a comment."""
    found = dict(folder.comments(number)).get(id_)
    return _there(found, f"{folder.full_name}#{number} has no comment {id_}")


def save(
    folder: RepositoryFolder,
    stored: Stored[Page],
    now: datetime,
    facts: Mapping[str, Value],
    body: str | None = None,
) -> None:
    """Change a page, and its `updated_at` with it; one that says so already is left alone. The lock must be held."""
    page = folder.understood(stored, lambda stored: stored.value.updated(facts, body))
    if page != stored.value:
        folder.write(stored.path, page.updated({"updated_at": now}))


def _pull_request(folder: RepositoryFolder, number: int, page: Stored[Page]) -> PullRequest:
    return folder.understood(page, lambda stored: read_pull_request(stored, number))


def _comment(folder: RepositoryFolder, id_: int, page: Stored[Page]) -> Comment:
    return folder.understood(page, lambda stored: read_comment(stored, id_))


def _there(page: Stored[Page] | None, problem: str) -> Stored[Page]:
    if page is None:
        raise NotFound(problem)
    return page
