"""A repository on a server: credentials, limits, and every way in which the server says no or falls silent."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest

from adapters.git.limits import GitLimits
from domain.errors import (
    BranchExists,
    CredentialsRefused,
    InvalidInput,
    NotFound,
    PushRejected,
    RemoteUnavailable,
    RepositoryTooLarge,
)
from domain.repository import GitSource
from domain.secret import Secret
from tests.support.git_http import Fault, git_http_server
from tests.support.git_repositories import GitFolder, bare_copy, sample_repository
from tests.support.git_vcs import MESSAGE, create, git_adapter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from application.ports.vcs import Vcs, Workspace
    from domain.errors import (
        AgentError,
    )
    from tests.support.git_http import GitHttpServer

TOKEN = "tok-3n-s3cret"
READ, WRITE = "git-upload-pack", "git-receive-pack"
IMPATIENT = GitLimits(stall_seconds=0.3, timeout_seconds=20)


@pytest.fixture
def served(tmp_path: Path) -> GitFolder:
    return bare_copy(sample_repository(tmp_path / "sample"), tmp_path / "served" / "sample.git")


@pytest.fixture
def server(served: GitFolder) -> Iterator[GitHttpServer]:
    with git_http_server(served.path.parent, "agent", TOKEN) as server:
        yield server


@pytest.fixture
def vcs(tmp_path: Path) -> Vcs:
    return git_adapter(tmp_path / "work")


def at(server: GitHttpServer, token: str = TOKEN) -> GitSource:
    return GitSource(f"{server.url}/sample.git", "agent", Secret(token))


async def opened(vcs: Vcs, source: GitSource, revision: str = "") -> None:
    async with vcs.open(source, revision):
        pass


async def push(workspace: Workspace) -> str:
    return await workspace.push("new", create("new.txt", b"new\n"), MESSAGE)


async def test_a_wrong_token_is_offered_once(vcs: Vcs, server: GitHttpServer) -> None:
    with pytest.raises(CredentialsRefused, match="does not accept the token") as refused:
        await opened(vcs, at(server, "wrong-token"))
    assert sum(bool(request.authorization) for request in server.requests) == 1
    assert "wrong-token" not in str(refused.value)


async def test_says_that_a_token_is_needed(vcs: Vcs, server: GitHttpServer) -> None:
    with pytest.raises(CredentialsRefused, match="set a token"):
        await opened(vcs, at(server, ""))


async def test_a_repository_open_to_all_needs_no_token(vcs: Vcs, served: GitFolder) -> None:
    with git_http_server(served.path.parent) as server:
        async with vcs.open(GitSource(f"{server.url}/sample.git")) as workspace:
            assert await push(workspace) == served.id_of("new")
    assert not any(request.authorization for request in server.requests)


async def test_the_token_is_never_on_disk(vcs: Vcs, server: GitHttpServer, tmp_path: Path) -> None:
    in_base64 = base64.b64encode(f"agent:{TOKEN}".encode())
    async with vcs.open(at(server)) as workspace:
        await push(workspace)
        written = [file.read_bytes() for file in (tmp_path / "work").rglob("*") if file.is_file()]
    assert len(written) > 5
    assert not any(TOKEN.encode() in content or in_base64 in content for content in written)


async def test_fetches_one_commit_of_one_branch(
    vcs: Vcs, server: GitHttpServer, served: GitFolder, tmp_path: Path
) -> None:
    served.git("update-ref", "refs/heads/apart", served.git("commit-tree", "-m", "Apart", "other^{tree}"))
    async with vcs.open(at(server)) as workspace:
        clone = GitFolder(next(path for path in (tmp_path / "work").iterdir() if path.is_dir()))
        kinds = clone.git("cat-file", "--batch-all-objects", "--batch-check=%(objecttype) %(objectname)").splitlines()
        assert [line for line in kinds if line.startswith("commit")] == [f"commit {workspace.base}"]
        assert not list(clone.path.glob("*.py"))


async def test_asks_no_more_often_than_git_does(vcs: Vcs, server: GitHttpServer) -> None:
    async with vcs.open(at(server)) as workspace:
        await push(workspace)
    assert len([request for request in server.requests if request.authorization]) <= 5


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, InvalidInput),
        (403, CredentialsRefused),
        (404, NotFound),
        (429, RemoteUnavailable),
        (500, RemoteUnavailable),
        (503, RemoteUnavailable),
    ],
)
async def test_tells_apart_what_a_server_answers(
    vcs: Vcs, server: GitHttpServer, status: int, error: type[AgentError]
) -> None:
    async with vcs.open(at(server)) as workspace:
        server.inject(Fault(WRITE, status=status))
        with pytest.raises(error):
            await push(workspace)
        server.inject(Fault(READ, status=status))
        with pytest.raises(error):
            await workspace.branch_tip("main")
    with pytest.raises(error):
        await opened(vcs, at(server))


@pytest.mark.parametrize("where", ["info/refs", "sample.git/git-"])
@pytest.mark.parametrize("only_authorized", [True, False])
async def test_follows_no_redirect_to_another_host(
    vcs: Vcs, server: GitHttpServer, served: GitFolder, where: str, *, only_authorized: bool
) -> None:
    with git_http_server(served.path.parent) as elsewhere:
        async with vcs.open(at(server)) as workspace:
            server.inject(
                Fault(where, location=elsewhere.url.replace("127.0.0.1", "localhost"), only_authorized=only_authorized)
            )
            with pytest.raises(InvalidInput, match="present URL"):
                await push(workspace)
        with pytest.raises(InvalidInput, match="present URL"):
            await opened(vcs, at(server))
        assert elsewhere.requests == []


async def test_a_redirect_on_the_same_host_is_followed_without_the_token(
    vcs: Vcs, server: GitHttpServer, served: GitFolder
) -> None:
    with git_http_server(served.path.parent) as elsewhere:
        server.inject(Fault("info/refs", location=elsewhere.url, only_authorized=True))
        await opened(vcs, at(server))
    assert elsewhere.requests
    assert not any(request.authorization for request in elsewhere.requests)


async def test_another_server_on_the_same_host_does_not_get_the_token(
    vcs: Vcs, server: GitHttpServer, served: GitFolder
) -> None:
    with git_http_server(served.path.parent, "agent", TOKEN) as elsewhere:
        server.inject(Fault("info/refs", location=elsewhere.url))
        with pytest.raises(CredentialsRefused, match="does not get our token"):
            await opened(vcs, at(server))
    assert not any(request.authorization for request in elsewhere.requests)


@pytest.mark.parametrize("where", ["service=git-upload-pack", "/git-upload-pack"])
async def test_a_connection_that_breaks_while_reading_may_be_tried_again(
    vcs: Vcs, server: GitHttpServer, where: str
) -> None:
    server.inject(Fault(where, cut_after=30))
    with pytest.raises(RemoteUnavailable):
        await opened(vcs, at(server))


async def test_a_push_whose_answer_was_lost_is_found_the_next_time(
    vcs: Vcs, server: GitHttpServer, served: GitFolder
) -> None:
    async with vcs.open(at(server)) as workspace:
        server.inject(Fault("/git-receive-pack", cut_after=5), Fault("service=git-upload-pack", status=503))
        with pytest.raises(RemoteUnavailable):
            await push(workspace)
        server.inject()
        assert await push(workspace) == served.id_of("new")


async def test_a_push_whose_answer_alone_was_lost_has_succeeded(
    vcs: Vcs, server: GitHttpServer, served: GitFolder
) -> None:
    async with vcs.open(at(server)) as workspace:
        server.inject(Fault("/git-receive-pack", cut_after=5))
        assert await push(workspace) == served.id_of("new")


async def test_a_server_that_falls_silent_is_given_up(server: GitHttpServer, tmp_path: Path) -> None:
    vcs = git_adapter(tmp_path / "work", IMPATIENT)
    server.inject(Fault(READ, delay=30))
    with pytest.raises(RemoteUnavailable, match="timed out"):
        await opened(vcs, at(server))


async def test_a_server_that_drips_is_given_up(server: GitHttpServer, tmp_path: Path) -> None:
    vcs = git_adapter(tmp_path / "work", GitLimits(timeout_seconds=0.5, stall_seconds=5))
    server.inject(Fault(READ, piece=1, pause=0.05))
    with pytest.raises(RemoteUnavailable, match=r"within 0\.5 s"):
        await opened(vcs, at(server))


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/sample.git", "https://127.0.0.1:1/sample.git"])
async def test_a_server_that_is_not_there_may_be_tried_again(vcs: Vcs, url: str) -> None:
    with pytest.raises(RemoteUnavailable):
        await opened(vcs, GitSource(url))


async def test_a_server_that_speaks_no_tls_may_be_tried_again(vcs: Vcs, server: GitHttpServer) -> None:
    with pytest.raises(RemoteUnavailable):
        await opened(vcs, GitSource(server.url.replace("http:", "https:") + "/sample.git"))


async def test_a_repository_that_is_too_large_is_not_fetched(
    server: GitHttpServer, served: GitFolder, tmp_path: Path
) -> None:
    big = served.git("hash-object", "-w", "--stdin", stdin=bytes(i * i % 251 for i in range(300_000)))
    tree = served.git("mktree", stdin=f"100644 blob {big}\tbig.bin".encode())
    served.git("update-ref", "refs/heads/main", served.git("commit-tree", "-m", "Big", tree))
    vcs = git_adapter(tmp_path / "work", GitLimits(max_bytes=100))
    with pytest.raises(RepositoryTooLarge, match="MiB"):
        await opened(vcs, at(server))


async def test_a_tree_with_too_many_files_is_refused(server: GitHttpServer, tmp_path: Path) -> None:
    with pytest.raises(RepositoryTooLarge, match="more than 3 files"):
        await opened(git_adapter(tmp_path / "work", GitLimits(max_files=3)), at(server))


@pytest.mark.parametrize("hook", ["pre-receive", "update"])
async def test_a_hooks_refusal_is_told_in_the_servers_words(
    vcs: Vcs, server: GitHttpServer, served: GitFolder, hook: str
) -> None:
    served.hook(hook, rf"printf 'No pushes\non \033[31mFriday, {TOKEN}\n'; exit 1")
    async with vcs.open(at(server)) as workspace:
        with pytest.raises(PushRejected) as refused:
            await push(workspace)
    assert str(refused.value).startswith("The git server refused new: ")
    assert "hook declined (No pushes on Friday, …" in str(refused.value)
    assert served.id_of("new") == ""


async def test_a_protected_branch_is_a_refusal(vcs: Vcs, server: GitHttpServer, served: GitFolder) -> None:
    served.git("config", "receive.denyCurrentBranch", "refuse")
    served.git("config", "transfer.hideRefs", "refs/heads/hidden")
    async with vcs.open(at(server)) as workspace:
        with pytest.raises(PushRejected, match="hidden"):
            await workspace.push("hidden/x", create("new.txt", b"new\n"), MESSAGE)


async def test_a_hook_that_speaks_no_utf8_hides_no_success(vcs: Vcs, server: GitHttpServer, served: GitFolder) -> None:
    served.hook("pre-receive", r"printf 'caf\351\n'")
    async with vcs.open(at(server)) as workspace:
        assert await push(workspace) == served.id_of("new")


async def test_a_branch_made_by_somebody_in_the_same_moment_is_theirs(
    vcs: Vcs, server: GitHttpServer, served: GitFolder
) -> None:
    served.hook("pre-receive", "unset GIT_QUARANTINE_PATH; git update-ref refs/heads/new refs/heads/other")
    async with vcs.open(at(server)) as workspace:
        with pytest.raises(BranchExists):
            await push(workspace)
    assert served.id_of("new") == served.id_of("other")


@pytest.mark.parametrize("allowed", ["false", "true"])
async def test_opens_an_old_commit_whether_or_not_the_server_gives_it_out_by_id(
    vcs: Vcs, server: GitHttpServer, served: GitFolder, allowed: str
) -> None:
    served.git("config", "uploadpack.allowAnySHA1InWant", allowed)
    old = served.id_of("main^")
    async with vcs.open(at(server), old) as workspace:
        assert workspace.base == old
        assert await push(workspace) == served.id_of("new")
    with pytest.raises(NotFound):
        await opened(vcs, at(server), "0123456789" * 4)


async def test_finds_the_default_branch_although_the_server_names_none(
    vcs: Vcs, server: GitHttpServer, served: GitFolder
) -> None:
    served.git("update-ref", "--no-deref", "HEAD", served.id_of("other"))
    async with vcs.open(at(server)) as workspace:
        assert workspace.base == served.id_of("other")
