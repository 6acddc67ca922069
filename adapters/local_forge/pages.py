"""What the pages of issues, pull requests and comments say, and what they are written with."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from adapters.local_forge.front_matter import new_page
from adapters.local_forge.history import with_history
from adapters.local_forge.roster import is_bot
from domain.issue import Comment, Issue, IssueState, PullRequest, PullRequestState

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from adapters.local_forge.flat_toml import FlatToml
    from adapters.local_forge.front_matter import Page
    from adapters.local_forge.storage import Stored
    from adapters.local_forge.toml_values import Value
    from domain.issue import IssueKey, PullRequestDraft, Reaction

Choice = TypeVar("Choice", bound=StrEnum)


def read_issue(stored: Stored[Page], key: IssueKey) -> Issue:
    """The issue; a file without `updated_at` was updated when it was last written."""
    facts = stored.value.facts
    return Issue(
        key=key,
        title=facts.string("title"),
        body=stored.value.body,
        author=facts.string("author"),
        state=choice(facts, IssueState.OPEN),
        labels=frozenset(facts.strings("labels")),
        assignees=frozenset(facts.strings("assignees")),
        updated_at=facts.time("updated_at", stored.written_at),
        edited_at=facts.optional_time("edited_at"),
    )


def read_pull_request_as_issue(stored: Stored[Page], key: IssueKey) -> Issue:
    """The pull request seen as an issue, as forges show it too: a merged one is closed."""
    facts = stored.value.facts
    is_open = choice(facts, PullRequestState.OPEN) is PullRequestState.OPEN
    return Issue(
        key=key,
        title=facts.string("title"),
        body=stored.value.body,
        author=facts.string("author"),
        state=IssueState.OPEN if is_open else IssueState.CLOSED,
        labels=frozenset(facts.strings("labels")),
        assignees=frozenset(facts.strings("assignees")),
        updated_at=facts.time("updated_at", stored.written_at),
        edited_at=facts.optional_time("edited_at"),
    )


def read_pull_request(stored: Stored[Page], number: int) -> PullRequest:
    """The pull request; its `url` is the path of its file."""
    facts = stored.value.facts
    return PullRequest(
        number=number,
        title=facts.string("title"),
        body=stored.value.body,
        head=facts.string("head"),
        base=facts.string("base"),
        draft=facts.boolean("draft", default=False),
        state=choice(facts, PullRequestState.OPEN),
        author=facts.string("author"),
        labels=frozenset(facts.strings("labels")),
        url=str(stored.path),
    )


def read_comment(stored: Stored[Page], number: int, agent: str) -> Comment:
    """The comment; times that are not written down are the file's."""
    facts = stored.value.facts
    created_at = facts.time("created_at", stored.written_at)
    author = facts.string("author")
    return Comment(
        id=number,
        author=author,
        body=stored.value.body,
        created_at=created_at,
        updated_at=facts.time("updated_at", max(created_at, stored.written_at)),
        edited_at=facts.optional_time("edited_at"),
        author_is_bot=is_bot(author, agent),
    )


def issue_page(title: str, body: str, author: str, labels: Iterable[str], now: datetime) -> Page:
    """The page of a new, open issue."""
    facts: dict[str, Value] = {
        "title": title,
        "author": author,
        "state": IssueState.OPEN.value,
        "labels": (),
        "assignees": (),
        "created_at": now,
        "updated_at": now,
    }
    page = new_page(facts, body)
    return page.updated(with_history(page.facts, "labels", sorted(labels), author, now))


def pull_request_page(draft: PullRequestDraft, author: str, now: datetime) -> Page:
    """The page of a new, open pull request."""
    facts: dict[str, Value] = {
        "title": draft.title,
        "author": author,
        "head": draft.head,
        "base": draft.base,
        "draft": draft.draft,
        "state": PullRequestState.OPEN.value,
        "labels": (),
        "created_at": now,
        "updated_at": now,
    }
    return new_page(facts, draft.body)


def comment_page(author: str, body: str, now: datetime) -> Page:
    """The page of a new comment."""
    return new_page({"author": author, "created_at": now, "updated_at": now}, body)


def with_reaction(page: Page, reaction: Reaction, login: str) -> Page:
    """The page with a person's reaction added; all others stay."""
    reactions = dict(page.facts.string_lists("reactions"))
    people = reactions.get(reaction.value, ())
    if login in people:
        return page
    return page.updated({"reactions": {**reactions, reaction.value: (*people, login)}})


def choice(facts: FlatToml, default: Choice) -> Choice:
    """A page's `state`, one of the values of the default's class."""
    choices = type(default)
    try:
        return choices(facts.string("state", default.value))
    except ValueError as error:
        allowed = " or ".join(f'"{choice.value}"' for choice in choices)
        problem = facts.problem("state", f"`state` must be {allowed}")
        raise problem from error
