"""GitHub's answers, read only as far as they are needed.

Servers of different ages give different answers, so whatever the agent can do without has a default. What is unknown
is ignored.
"""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - msgspec reads the annotations

from msgspec import Struct, field

GHOST = "ghost"
"""Whom GitHub shows in place of an account that was deleted."""


class Account(Struct):
    """A person, an App's bot, or an organization."""

    login: str = GHOST
    type: str = ""

    @property
    def is_bot(self) -> bool:
        """Only Apps' logins end in `[bot]`; some servers leave out the type."""
        return self.type == "Bot" or self.login.endswith("[bot]")


class Label(Struct):
    """A label; in some answers it is a string only."""

    name: str = ""


class PullRequestLink(Struct):
    """Present where an issue is in truth a pull request."""


class Issue(Struct):
    """An issue, or a pull request seen as one."""

    number: int
    node_id: str
    updated_at: datetime
    created_at: datetime
    title: str = ""
    body: str | None = None
    state: str = "open"
    user: Account | None = None
    labels: list[Label | str] = field(default_factory=list)
    assignees: list[Account | None] | None = None
    pull_request: PullRequestLink | None = None
    repository_url: str = ""

    def is_in(self, full_name: str) -> bool:
        """Whether it is this repository's: one that was transferred answers under its old address too."""
        return not self.repository_url or self.repository_url.casefold().endswith(f"/{full_name.casefold()}")


class Comment(Struct):
    """A comment on an issue or a pull request."""

    id: int
    node_id: str
    created_at: datetime
    updated_at: datetime
    body: str | None = None
    user: Account | None = None


class RepositoryName(Struct):
    """Which repository a branch is in."""

    id: int


class Branch(Struct):
    """One end of a pull request; the repository is missing where a fork was deleted."""

    ref: str
    repo: RepositoryName | None = None


class PullRequest(Struct):
    """A pull request."""

    number: int
    node_id: str
    head: Branch
    base: Branch
    html_url: str = ""
    title: str = ""
    body: str | None = None
    state: str = "open"
    draft: bool | None = None
    merged_at: datetime | None = None
    user: Account | None = None
    labels: list[Label | str] = field(default_factory=list)


class Review(Struct):
    """A review; one that is not submitted yet has no time."""

    id: int
    state: str
    body: str | None = None
    user: Account | None = None
    submitted_at: datetime | None = None


class ReviewComment(Struct):
    """A review's comment on a line."""

    id: int
    created_at: datetime
    path: str = ""
    line: int | None = None
    body: str | None = None
    diff_hunk: str = ""
    user: Account | None = None
    in_reply_to_id: int | None = None
    pull_request_review_id: int | None = None


class Event(Struct):
    """Something that happened to an issue."""

    event: str = ""
    created_at: datetime | None = None
    actor: Account | None = None
    assigner: Account | None = None
    label: Label | None = None
    assignee: Account | None = None


class Permissions(Struct):
    """What somebody may do in a repository, by GitHub's five levels."""

    admin: bool = False
    maintain: bool = False
    push: bool = False
    triage: bool = False
    pull: bool = False


class Repository(Struct):
    """A repository; `permissions` are those of who asks."""

    id: int
    full_name: str
    default_branch: str = ""
    archived: bool = False
    has_issues: bool = True
    permissions: Permissions | None = None


class Collaborator(Struct):
    """Somebody's permission: the old word, and the role, which may be one of the organization's own."""

    permission: str = "none"
    role_name: str = ""


class Reference(Struct):
    """A branch or tag by its full name."""

    ref: str


class Viewer(Struct):
    """The account of a token: it must be named, for the agent's comments are known by it."""

    login: str


class App(Struct):
    """The App itself, likewise."""

    slug: str


class Installation(Struct):
    """Where the App is installed, and what it was granted there."""

    id: int
    app_slug: str = ""
    permissions: dict[str, str] = field(default_factory=dict)
    suspended_at: datetime | None = None


class InstallationToken(Struct):
    """A token that is good for a while."""

    token: str
    expires_at: datetime


class ErrorDetail(Struct):
    """One thing that is wrong with a request."""

    message: str | None = None
    field: str | None = None
    code: str | None = None


class ErrorBody(Struct):
    """What GitHub says of a request that failed."""

    message: str = ""
    documentation_url: str = ""
    errors: list[ErrorDetail | str] = field(default_factory=list)


class GraphQlError(Struct):
    """One thing that went wrong in GraphQL."""

    message: str = ""
    type: str = ""


class Renamed(Struct, rename="camel"):
    """When an issue was given another title."""

    created_at: datetime | None = None


class Renames(Struct):
    """The last of them."""

    nodes: list[Renamed | None] = field(default_factory=list)


class Edited(Struct, rename="camel"):
    """When a text was last edited, and its title."""

    id: str = ""
    last_edited_at: datetime | None = None
    timeline_items: Renames = field(default_factory=Renames)

    @property
    def edited_at(self) -> datetime | None:
        """The later of the two; None: never."""
        renamed = (node.created_at for node in self.timeline_items.nodes if node)
        return max((at for at in (self.last_edited_at, *renamed) if at), default=None)


class EditedNodes(Struct):
    """The texts that were asked for, in that order; None for what is no longer there."""

    nodes: list[Edited | None] = field(default_factory=list)


class EditedAnswer(Struct):
    """GraphQL's answer about edits."""

    data: EditedNodes | None = None
    errors: list[GraphQlError] = field(default_factory=list)


class Anything(Struct):
    """Data that nobody looks at."""


class MutationAnswer(Struct):
    """GraphQL's answer to a change."""

    data: Anything | None = None
    errors: list[GraphQlError] = field(default_factory=list)
