"""A private authority and a proxy: both reach the forge's REST and GraphQL, git, and the models."""

from __future__ import annotations

import base64
import ssl
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
import trustme

from application.ports.vcs import CommitMessage
from domain.change_set import ChangeKind, ChangeSet, FileChange
from domain.conversation import Message, Role
from domain.errors import AgentError, ForgeUnavailable, InvalidInput, ModelUnavailable
from domain.issue import IssueKey
from domain.repository import GitSource, RepositoryRef
from domain.secret import Secret
from infra.composition import composed
from infra.settings import load, overridden
from tests.support.connect_proxy import connect_proxy
from tests.support.github_double.server import github_double

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from infra.composition import Parts
    from infra.settings import Settings
    from tests.support.github_double.server import GitHubDouble

pytestmark = pytest.mark.xdist_group("network-routes")

HOST = "git.example.test"
MODELS = {"ollama": "/api/", "claude": "/v1/messages", "openai": "/chat/completions"}
HELLO = [Message(Role.USER, "Hello.")]


@pytest.fixture
def authority(tmp_path: Path) -> trustme.CA:
    made = trustme.CA()
    made.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    return made


@pytest.fixture
def github(authority: trustme.CA, tmp_path: Path) -> Iterator[GitHubDouble]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", HOST).configure_cert(context)
    with github_double(tmp_path, context, "localhost") as github:
        yield github


@pytest.fixture
def settings(github: GitHubDouble, tmp_path: Path) -> Settings:
    """Everything is asked of the stand-in, also what it does not have."""
    return overridden(
        load({}),
        forge="github",
        github_base_url=github.url,
        github_token=Secret(github.access.token_of("agent")),
        ca_bundle_path=tmp_path / "ca.pem",
        work_path=tmp_path / "work",
        ollama_url=github.url,
        anthropic_base_url=github.url,
        anthropic_api_key=Secret("key"),
        openai_base_url=f"{github.url}/v1",
        openai_model="double",
    )


def at_the_proxy(settings: Settings, github: GitHubDouble, proxy: str) -> Settings:
    """The same under a name that only the proxy knows."""
    there = f"https://{HOST}:{github.server_port}"
    return overridden(
        settings,
        github_base_url=there,
        ollama_url=there,
        anthropic_base_url=there,
        openai_base_url=f"{there}/v1",
        https_proxy=Secret(proxy),
    )


@asynccontextmanager
async def an_issue(settings: Settings, github: GitHubDouble) -> AsyncIterator[tuple[Parts, IssueKey]]:
    made = github.world.create_repository("acme/shop", {"README.md": "A shop.\n"})
    thread = github.world.create_issue(made.id, "sam", "Wrong total", labels=["bug"])
    async with composed(settings) as parts:
        yield parts, IssueKey(RepositoryRef("github", made.id, "acme/shop"), thread.number)


async def push_a_change(parts: Parts, issue: IssueKey) -> None:
    source = await parts.forge().git_source(issue.repository)
    change = FileChange(ChangeKind.CREATE, "HOURS.md", b"Nine to five.\n")
    async with parts.vcs().open(source, "main") as workspace:
        await workspace.push("fix", ChangeSet((change,)), CommitMessage("Say when"))


async def ask(settings: Settings, model: str) -> AgentError:
    """The error that the model's answer is: a forge has no models."""
    async with composed(overridden(settings, llm=model)) as parts:
        with pytest.raises(AgentError) as raised:
            await parts.model().reply(HELLO, deadline_seconds=30.0, on_text=lambda _: None)
    return raised.value


async def test_a_private_authority_reaches_rest_graphql_and_git(settings: Settings, github: GitHubDouble) -> None:
    async with an_issue(settings, github) as (parts, issue):
        assert (await parts.forge().issue(issue)).title == "Wrong total"
        await push_a_change(parts, issue)

    assert {asked.path for asked in github.asked} >= {"/api/graphql", "/repos/acme/shop/issues/1"}
    assert "fix" in github.world.repositories[issue.repository.id].branches()


@pytest.mark.parametrize("model", MODELS)
async def test_a_private_authority_reaches_the_models(settings: Settings, github: GitHubDouble, model: str) -> None:
    await ask(settings, model)

    assert any(MODELS[model] in request.target for request in github.requests)


async def test_without_it_nobody_is_asked_and_the_setting_is_named(settings: Settings, github: GitHubDouble) -> None:
    untrusting = overridden(settings, ca_bundle_path=None)
    async with an_issue(untrusting, github) as (parts, issue):
        with pytest.raises(ForgeUnavailable, match="CA_BUNDLE_PATH"):
            await parts.forge().issue(issue)
        source = GitSource(f"{github.url}/acme/shop.git", "x-access-token", Secret("token"))
        with pytest.raises(InvalidInput, match="CA_BUNDLE_PATH"):
            async with parts.vcs().open(source, "main"):
                pass

    for model in MODELS:
        assert isinstance(await ask(untrusting, model), ModelUnavailable)
    assert (github.asked, github.requests) == ([], [])


async def test_a_proxy_with_a_password_reaches_rest_graphql_git_and_the_models(
    settings: Settings, github: GitHubDouble
) -> None:
    with connect_proxy(_basic("agent", "hunter2")) as proxy:
        through = at_the_proxy(settings, github, f"http://agent:hunter2@{proxy.address}")
        async with an_issue(through, github) as (parts, issue):
            assert (await parts.forge().issue(issue)).title == "Wrong total"
            asked_of_the_forge = len(proxy.asked)
            await push_a_change(parts, issue)
            asked_by_git = len(proxy.asked)
        for model in MODELS:
            await ask(through, model)

    assert 0 < asked_of_the_forge < asked_by_git < len(proxy.asked)
    assert set(proxy.asked) == {f"{HOST}:{github.server_port}"}
    assert all(any(path in request.target for request in github.requests) for path in MODELS.values())


async def test_what_no_proxy_names_does_not_go_through_it(settings: Settings, github: GitHubDouble) -> None:
    with connect_proxy() as proxy:
        past = overridden(at_the_proxy(settings, github, f"http://{proxy.address}"), no_proxy=("example.test",))
        async with an_issue(past, github) as (parts, issue):
            with pytest.raises(ForgeUnavailable):
                await parts.forge().issue(issue)

    assert proxy.asked == []


def _basic(username: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()
