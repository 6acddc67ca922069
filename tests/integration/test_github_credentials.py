"""Who the agent is on GitHub, what its tokens may do, and where they may go."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from adapters.github.credentials import NEEDED
from adapters.github.forge import AppAccount, GitHubForge, TokenAccount
from adapters.system_clock.clock import SystemClock
from domain.errors import CredentialsRefused, ForgeUnavailable, InvalidInput, NotFound, PermissionRefused
from domain.issue import IssueKey
from domain.repository import RepositoryRef
from domain.secret import Secret
from tests.support.git_http import git_http_server
from tests.support.github_double.server import Fault, github_double

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from tests.support.github_double.server import GitHubDouble

pytestmark = pytest.mark.xdist_group("github-credentials")


@pytest.fixture
def github(tmp_path: Path) -> Iterator[GitHubDouble]:
    with github_double(tmp_path) as github:
        yield github
        assert github.problems == []


@pytest.fixture
def issue(github: GitHubDouble) -> IssueKey:
    made = github.world.create_repository("acme/shop", {"README.md": "A shop."})
    github.access.app.install(made.id)
    thread = github.world.create_issue(made.id, "sam", "Wrong total")
    return IssueKey(RepositoryRef("github", made.id, "acme/shop"), thread.number)


@asynccontextmanager
async def as_app(github: GitHubDouble, key: str = "", **options: float) -> AsyncIterator[GitHubForge]:
    app = github.access.app
    account = AppAccount(app.id, Secret(key or app.private_key))
    forge = GitHubForge(account, SystemClock(), base_url=github.url, pauses=(0.0,), **options)  # type: ignore[arg-type]
    yield forge
    await forge.close()


@asynccontextmanager
async def by_token(github: GitHubDouble, token: str) -> AsyncIterator[GitHubForge]:
    forge = GitHubForge(TokenAccount(Secret(token)), SystemClock(), base_url=github.url, pauses=(0.0,))
    yield forge
    await forge.close()


# -- An App --------------------------------------------------------------------------------------------


async def test_an_apps_token_is_for_one_repository_and_for_what_is_needed(
    github: GitHubDouble, issue: IssueKey
) -> None:
    async with as_app(github) as forge:
        await forge.issue(issue)

    (grant,) = github.access.made
    assert grant.repositories == frozenset({issue.repository.id})
    assert grant.permissions == {**NEEDED, "metadata": "read"}
    assert "workflows" not in NEEDED


async def test_an_apps_token_is_used_until_it_nearly_expires(github: GitHubDouble, issue: IssueKey) -> None:
    async with as_app(github) as forge:
        for _ in range(3):
            await forge.issue(issue)
            await forge.git_source(issue.repository)

    assert len(github.access.made) == 1


async def test_a_token_that_would_expire_under_way_is_not_given_to_git(github: GitHubDouble, issue: IssueKey) -> None:
    github.access.app.token_seconds = 1_000.0
    async with as_app(github, git_seconds=900.0) as forge:
        await forge.issue(issue)
        await forge.git_source(issue.repository)
        github.access.app.token_seconds = 3_600.0
        assert len(github.access.made) == 1

    async with as_app(github, git_seconds=3_000.0) as forge:
        github.access.app.token_seconds = 1_000.0
        await forge.issue(issue)
        github.access.app.token_seconds = 3_600.0
        await forge.git_source(issue.repository)
        assert len(github.access.made) == 3


async def test_a_token_that_dies_early_is_replaced(github: GitHubDouble, issue: IssueKey) -> None:
    async with as_app(github) as forge:
        await forge.issue(issue)
        github.access.revoke_all()

        assert (await forge.issue(issue)).title == "Wrong total"


async def test_a_key_of_another_app_is_refused(github: GitHubDouble, issue: IssueKey) -> None:
    github.access.app.id = "4711"
    async with as_app(github) as forge:
        github.access.app.id = "4242"
        with pytest.raises(CredentialsRefused, match="GITHUB_APP_ID"):
            await forge.issue(issue)


@pytest.mark.parametrize("key", ["x", "-----BEGIN RSA PRIVATE KEY-----\nno\n-----END RSA PRIVATE KEY-----"])
async def test_a_key_that_is_none_is_named_and_not_shown(github: GitHubDouble, key: str) -> None:
    with pytest.raises(InvalidInput, match="GITHUB_APP_PRIVATE_KEY") as raised:
        async with as_app(github, key):
            pass
    assert key not in str(raised.value)


async def test_a_key_whose_line_breaks_were_written_out_is_read(github: GitHubDouble, issue: IssueKey) -> None:
    async with as_app(github, github.access.app.private_key.replace("\n", "\\n")) as forge:
        assert (await forge.issue(issue)).title == "Wrong total"


async def test_a_repository_without_the_app_is_told(github: GitHubDouble, issue: IssueKey) -> None:
    del github.access.app.installations[issue.repository.id]
    async with as_app(github) as forge:
        with pytest.raises(NotFound, match="the agent's App is not installed on it"):
            await forge.issue(issue)


async def test_a_permission_that_was_not_granted_is_named(github: GitHubDouble, issue: IssueKey) -> None:
    github.access.app.install(issue.repository.id, {"contents": "read", "issues": "write", "metadata": "read"})
    async with as_app(github) as forge:
        with pytest.raises(PermissionRefused, match="`contents: write`, `pull_requests: write`"):
            await forge.issue(issue)

        assert (await forge.check(issue.repository)).missing == ("`contents: write`", "`pull_requests: write`")


async def test_a_suspended_installation_is_told(github: GitHubDouble, issue: IssueKey) -> None:
    github.access.app.suspended = True
    async with as_app(github) as forge:
        with pytest.raises(PermissionRefused, match="suspended"):
            await forge.issue(issue)


# -- A token -------------------------------------------------------------------------------------------


async def test_a_tokens_account_is_the_agent(github: GitHubDouble, issue: IssueKey) -> None:
    async with by_token(github, github.access.token_of("agent-acme")) as forge:
        made = await forge.upsert_comment(issue, "<!-- x -->", "<!-- x -->")

        assert (await forge.agent_login(), made.author) == ("agent-acme", "agent-acme")


async def test_a_token_that_is_not_accepted_is_told_and_not_shown(github: GitHubDouble, issue: IssueKey) -> None:
    async with by_token(github, "ghp_secret") as forge:
        with pytest.raises(CredentialsRefused, match="Renew GITHUB_TOKEN") as raised:
            await forge.issue(issue)
    assert "ghp_secret" not in repr(raised.value)


async def test_what_a_repository_rules_out_is_told(github: GitHubDouble, issue: IssueKey) -> None:
    repository = github.world.repositories[issue.repository.id]
    repository.archived, repository.has_issues = True, False
    async with by_token(github, github.access.token_of("agent-acme")) as forge:
        missing = (await forge.check(issue.repository)).missing

    assert missing == ("a repository that is not archived", "issues, which the repository has switched off")


# -- Where credentials go ------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirect_to_another_server_is_refused(
    github: GitHubDouble, issue: IssueKey, tmp_path: Path, status: int
) -> None:
    with git_http_server(tmp_path) as other:
        async with by_token(github, github.access.token_of("agent")) as forge:
            for method in ("GET", "POST"):
                github.go_wrong(Fault(method, status=status, headers={"Location": f"{other.url}/api/v3/steal"}))
                with pytest.raises(CredentialsRefused, match="which does not get our credentials"):
                    await forge.upsert_comment(issue, "<!-- x -->", "<!-- x -->")

        assert other.requests == []
    assert github.world.thread(issue.repository.id, issue.number).comments == []


async def test_a_next_page_on_another_server_is_refused(github: GitHubDouble, issue: IssueKey, tmp_path: Path) -> None:
    with git_http_server(tmp_path) as other:
        async with by_token(github, github.access.token_of("agent")) as forge:
            await forge.issue(issue)
            link = {"Link": f'<{other.url}/api/v3/steal>; rel="next"'}
            github.go_wrong(Fault("GET", "/comments", status=200, headers=link, body="[]"))
            with pytest.raises(CredentialsRefused):
                await forge.comments(issue)

        assert other.requests == []


async def test_a_redirect_in_a_circle_ends(github: GitHubDouble, issue: IssueKey) -> None:
    here = {"Location": f"{github.url}/api/v3/repos/acme/shop"}
    async with by_token(github, github.access.token_of("agent")) as forge:
        github.go_wrong(Fault("GET", status=302, headers=here, times=50))
        with pytest.raises(ForgeUnavailable, match="in a circle"):
            await forge.issue(issue)


async def test_a_renamed_repository_is_written_to_under_its_old_name(github: GitHubDouble, issue: IssueKey) -> None:
    github.world.rename(issue.repository.id, "umbrella/store")
    async with as_app(github) as forge:
        await forge.upsert_comment(issue, "<!-- x -->", "<!-- x -->")
        source = await forge.git_source(issue.repository)

    assert source.location.endswith("/umbrella/store.git")
    assert len(github.world.thread(issue.repository.id, issue.number).comments) == 1


async def test_a_name_that_another_repository_has_by_now_is_not_written_to(
    github: GitHubDouble, issue: IssueKey
) -> None:
    github.world.rename(issue.repository.id, "umbrella/store")
    taken = github.world.create_repository("acme/shop", {"README.md": "Another shop."})
    github.access.app.install(taken.id)
    async with by_token(github, github.access.token_of("agent")) as forge:
        with pytest.raises(NotFound, match="another repository now"):
            await forge.upsert_comment(issue, "<!-- x -->", "<!-- x -->")


async def test_one_connection_serves_many_calls(github: GitHubDouble, issue: IssueKey) -> None:
    async with as_app(github) as forge:
        for _ in range(5):
            await forge.comments(issue)

    assert github.connections == 1


# -- Many of everything --------------------------------------------------------------------------------


async def test_lists_are_read_to_their_end(github: GitHubDouble, issue: IssueKey) -> None:
    for number in range(230):
        github.world.add_comment(issue.repository.id, issue.number, "sam", f"No. {number}")
    async with as_app(github) as forge:
        found = await forge.comments(issue)

    assert [comment.body for comment in found] == [f"No. {number}" for number in range(230)]


async def test_among_many_pull_requests_an_old_one_is_found_by_its_branch(
    github: GitHubDouble, issue: IssueKey
) -> None:
    id_ = issue.repository.id
    github.world.create_pull_request(id_, "agent", "Old", "", head="coding-agent/1-a", base="main", draft=False)
    for number in range(320):
        github.world.create_pull_request(id_, "sam", "New", "", head=f"x{number}", base="main", draft=False)
    async with as_app(github) as forge:
        found = await forge.pull_requests(issue.repository, "coding-agent/1-a")

    assert [pull.head for pull in found] == ["coding-agent/1-a"]


async def test_a_forks_branch_of_the_same_name_is_not_ours(github: GitHubDouble, issue: IssueKey) -> None:
    id_ = issue.repository.id
    theirs = github.world.create_pull_request(
        id_, "mallory", "x", "", head="coding-agent/1-a", base="main", draft=False
    )
    theirs.fork = True
    async with as_app(github) as forge:
        assert list(await forge.pull_requests(issue.repository, "coding-agent/")) == []
