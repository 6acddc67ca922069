"""`GitHubForge`: the port, on GitHub."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

from githubkit.cache import MemCacheStrategy
from githubkit.config import get_config

from adapters.github import reading, wire
from adapters.github.address import parsed
from adapters.github.client import GitHubClient
from adapters.github.credentials import AppCredentials, TokenCredentials
from adapters.github.issues import Issues
from adapters.github.place import Places
from adapters.github.pulls import Pulls
from adapters.github.traffic import nobody
from adapters.github.transport import SharedTransport
from application.ports.forge import Forge
from domain.addresses import DIRECT
from domain.errors import NotFound
from domain.repository import ForgeAccess, GitSource, Permission, Repository, RepositoryRef

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from githubkit.config import Config

    from adapters.github.credentials import Credentials
    from adapters.github.traffic import Exchange
    from application.ports.clock import Clock
    from domain.addresses import Route
    from domain.issue import (
        AssignmentEvent,
        Comment,
        Issue,
        IssueKey,
        LabelEvent,
        PullRequest,
        PullRequestDraft,
        Reaction,
        Review,
    )
    from domain.secret import Secret

_GIT_USER = "x-access-token"
_USER_AGENT = "coding-agent"


@dataclass(frozen=True, slots=True)
class TokenAccount:
    """The agent is whoever the token is for."""

    token: Secret


@dataclass(frozen=True, slots=True)
class AppAccount:
    """The agent is a GitHub App's bot; the key is in PEM form."""

    app_id: str
    private_key: Secret


class GitHubForge(Forge):
    """github.com, or the GitHub Enterprise Server at `base_url`; `name` is what references call the forge.

    Connections are kept until `close`. `seconds` bounds each try at a request; `pauses` are those before one that may
    be repeated is. `git_seconds` is how long a token for git must be good for (an App's last an hour). The environment
    is asked for no proxy: `route` says which, if any. `told` hears of each request.

    Raises `InvalidInput` for an address or a key that is none.
    """

    def __init__(  # noqa: PLR0913 - each by its name
        self,
        account: TokenAccount | AppAccount,
        clock: Clock,
        *,
        name: str = "github",
        base_url: str = "",
        seconds: float = 30.0,
        pauses: Sequence[float] = (0.5, 2.0),
        git_seconds: float = 2_400.0,
        route: Route = DIRECT,
        told: Callable[[Exchange], None] = nobody,
    ) -> None:
        self._name = name
        self._address = parsed(base_url)
        self._transport = SharedTransport(route, told)
        self._git_validity = timedelta(seconds=git_seconds)
        config = get_config(
            base_url=self._address.rest,
            user_agent=_USER_AGENT,
            follow_redirects=False,
            timeout=seconds,
            trust_env=False,
            async_transport=self._transport,
            http_cache=False,
            cache_strategy=MemCacheStrategy(),
            auto_retry=False,
        )
        client = GitHubClient(self._address, config, clock, seconds=seconds, pauses=pauses)
        self._credentials = _credentials(account, client, config, clock)
        self._places = Places(client, self._credentials, clock)
        self._issues = Issues(self._places, self._credentials)
        self._pulls = Pulls(self._places, self._credentials)

    async def close(self) -> None:
        """Close the connections."""
        await self._transport.shut()

    # -- The repository and people -----------------------------------------------------------------

    async def agent_login(self) -> str:
        """`slug[bot]` of an App, or the token's account."""
        return await self._credentials.login()

    async def repository(self, repository: RepositoryRef) -> Repository:
        """See `Forge`; its name is the one that it has now."""
        place = await self._places.looked_up(repository)
        return Repository(place.ref, place.facts.default_branch)

    async def find_repository(self, full_name: str) -> Repository:
        """See `Forge`."""
        return await self.repository(RepositoryRef(self._name, 0, full_name))

    async def git_source(self, repository: RepositoryRef) -> GitSource:
        """With the token, or one that an App's installation gives for this repository only."""
        place = await self._places.at(repository)
        token = await place.token(self._git_validity)
        return GitSource(self._address.git_url(place.ref.full_name), _GIT_USER, token)

    async def permission(self, repository: RepositoryRef, login: str) -> Permission:
        """See `Forge`; a role of the organization's own counts as the one that it is built on."""
        place = await self._places.at(repository)
        path = f"/collaborators/{quote(login, safe='')}/permission"
        try:
            reply = await place.get(path, f"{login} in {repository}")
        except NotFound:
            return Permission.NONE
        return reading.read_permission(reply.read(wire.Collaborator))

    async def check(self, repository: RepositoryRef) -> ForgeAccess:
        """What the App's installation, or the token's owner, was not granted, and what the repository rules out."""
        missing = list(await self._credentials.missing(repository))
        facts = (await self._places.looked_up(repository)).facts if not missing else None
        if facts is not None:
            missing += _missing(facts)
        return ForgeAccess(await self._credentials.login(), tuple(missing))

    # -- Issues ------------------------------------------------------------------------------------

    async def issue(self, issue: IssueKey) -> Issue:
        """See `Forge`."""
        return await self._issues.issue(issue)

    async def open_issues(self, repository: RepositoryRef, since: datetime | None = None) -> Sequence[Issue]:
        """See `Forge`."""
        return await self._issues.open_issues(repository, since)

    async def comments(self, issue: IssueKey) -> Sequence[Comment]:
        """See `Forge`."""
        return await self._issues.comments(issue)

    async def label_events(self, issue: IssueKey) -> Sequence[LabelEvent]:
        """See `Forge`."""
        return await self._issues.label_events(issue)

    async def assignment_events(self, issue: IssueKey) -> Sequence[AssignmentEvent]:
        """See `Forge`."""
        return await self._issues.assignment_events(issue)

    async def add_labels(self, issue: IssueKey, labels: frozenset[str]) -> None:
        """See `Forge`."""
        await self._issues.add_labels(issue, labels)

    async def remove_label(self, issue: IssueKey, label: str) -> None:
        """See `Forge`."""
        await self._issues.remove_label(issue, label)

    async def upsert_comment(self, issue: IssueKey, marker: str, body: str) -> Comment:
        """See `Forge`."""
        return await self._issues.upsert_comment(issue, marker, body)

    async def react(self, issue: IssueKey, reaction: Reaction, comment_id: int | None = None) -> None:
        """See `Forge`."""
        await self._issues.react(issue, reaction, comment_id)

    # -- Pull requests -----------------------------------------------------------------------------

    async def pull_requests(self, repository: RepositoryRef, head_prefix: str) -> Sequence[PullRequest]:
        """See `Forge`."""
        return await self._pulls.pull_requests(repository, head_prefix)

    async def open_pull_request(self, repository: RepositoryRef, draft: PullRequestDraft) -> PullRequest:
        """See `Forge`."""
        return await self._pulls.open_pull_request(repository, draft)

    async def update_pull_request(self, repository: RepositoryRef, number: int, *, title: str, body: str) -> None:
        """See `Forge`."""
        await self._pulls.update_pull_request(repository, number, title, body)

    async def mark_ready(self, repository: RepositoryRef, number: int) -> None:
        """See `Forge`."""
        await self._pulls.mark_ready(repository, number)

    async def close_pull_request(self, repository: RepositoryRef, number: int) -> None:
        """See `Forge`."""
        await self._pulls.close_pull_request(repository, number)

    async def reviews(self, repository: RepositoryRef, number: int) -> Sequence[Review]:
        """See `Forge`."""
        return await self._pulls.reviews(repository, number)

    async def reply_to_review(
        self, repository: RepositoryRef, number: int, comment_id: int, marker: str, body: str
    ) -> None:
        """See `Forge`."""
        await self._pulls.reply_to_review(repository, number, comment_id, marker, body)

    async def delete_branch(self, repository: RepositoryRef, branch: str) -> None:
        """See `Forge`."""
        await self._pulls.delete_branch(repository, branch)


def _credentials(account: TokenAccount | AppAccount, client: GitHubClient, config: Config, clock: Clock) -> Credentials:
    match account:
        case TokenAccount():
            return TokenCredentials(client, account.token)
        case AppAccount():
            return AppCredentials(client, config, clock, app_id=account.app_id, private_key=account.private_key)


def _missing(facts: wire.Repository) -> list[str]:
    """What stands in the way although GitHub lets us read the repository."""
    rules = {
        "write access for the token's account": facts.permissions is not None and not facts.permissions.push,
        "a repository that is not archived": facts.archived,
        "issues, which the repository has switched off": not facts.has_issues,
    }
    return [what for what, is_missing in rules.items() if is_missing]
