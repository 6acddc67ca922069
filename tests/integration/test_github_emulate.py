"""The adapter against a stand-in that nobody here wrote (npm `emulate`): the whole of a QuickFix but for git itself.

The contract suite runs over a stand-in of our own, which is held to GitHub's description; this one shares none of our
ideas of GitHub. It knows no reaction, no GraphQL and no answer to a review, and opens a pull request without a
commit, so that the contract itself cannot run on it.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest

from adapters.github.forge import AppAccount, GitHubForge
from adapters.system_clock.clock import SystemClock
from domain.errors import NotFound
from domain.issue import IssueKey, PullRequestDraft, PullRequestState, ReviewState
from domain.repository import Permission
from domain.secret import Secret
from tests.support.github_emulator import APP_ID, SLUG, emulator

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from domain.repository import RepositoryRef
    from tests.support.github_emulator import Emulator

pytestmark = pytest.mark.xdist_group("github-emulate")

AGENT = f"{SLUG}[bot]"
MARKER = "<!-- status -->"


@pytest.fixture(scope="module")
def github(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with emulator(tmp_path_factory.mktemp("emulate")) as github:
        yield github


@pytest.fixture
async def forge(github: Emulator) -> AsyncIterator[GitHubForge]:
    account = AppAccount(APP_ID, Secret(github.private_key))
    forge = GitHubForge(account, SystemClock(), base_url=github.url, pauses=(0.0,))
    yield forge
    await forge.close()


@pytest.fixture
async def shop(forge: GitHubForge) -> RepositoryRef:
    return (await forge.find_repository("acme/shop")).ref


@pytest.fixture
def issue(github: Emulator, shop: RepositoryRef) -> IssueKey:
    sent = {"title": "Wrong total", "body": "Add two.", "labels": ["ai-help"]}
    return IssueKey(shop, github.person.post("/repos/acme/shop/issues", json=sent).json()["number"])


def push(github: Emulator, branch: str) -> None:
    """A branch with one commit more than `main`."""
    main = github.person.get("/repos/acme/shop/git/ref/heads/main").json()["object"]["sha"]
    github.person.post("/repos/acme/shop/git/refs", json={"ref": f"refs/heads/{branch}", "sha": main})
    file = {"message": "Fix", "content": base64.b64encode(b"fixed").decode(), "branch": branch}
    github.person.put(f"/repos/acme/shop/contents/{branch.replace('/', '-')}.md", json=file)


async def test_an_app_is_its_bot_and_may_work_where_it_is_installed(forge: GitHubForge, shop: RepositoryRef) -> None:
    access = await forge.check(shop)

    assert (access.login, access.missing) == (AGENT, ())
    assert (await forge.repository(shop)).default_branch == "main"
    assert await forge.permission(shop, "octocat") is Permission.ADMIN
    assert await forge.permission(shop, "nobody") is Permission.NONE


async def test_issues_are_read_and_labelled(forge: GitHubForge, shop: RepositoryRef, issue: IssueKey) -> None:
    for _ in range(2):
        await forge.add_labels(issue, frozenset({"ai-generated"}))
        await forge.remove_label(issue, "ai-help")

    found = await forge.issue(issue)
    assert (found.title, found.body, found.author) == ("Wrong total", "Add two.", "octocat")
    assert found.labels == {"ai-generated"}
    events = await forge.label_events(issue)
    assert [(event.label, event.added, event.by) for event in events if event.by == AGENT] == [
        ("ai-generated", True, AGENT),
        ("ai-help", False, AGENT),
    ]
    assert issue in [each.key for each in await forge.open_issues(shop)]


async def test_one_comment_is_edited_in_place(forge: GitHubForge, issue: IssueKey) -> None:
    for text in ("Reading", "Thinking", "Done"):
        await forge.upsert_comment(issue, MARKER, f"{text} {MARKER}")

    (comment,) = await forge.comments(issue)
    assert (comment.author, comment.body, comment.author_is_bot) == (AGENT, f"Done {MARKER}", True)


async def test_a_pull_request_is_opened_once_changed_reviewed_and_closed(
    github: Emulator, forge: GitHubForge, shop: RepositoryRef
) -> None:
    branch = "coding-agent/1-0123abcd"
    push(github, branch)
    draft = PullRequestDraft("Fix the total", "Text.", branch, "main", draft=True)

    opened = await forge.open_pull_request(shop, draft)
    assert (await forge.open_pull_request(shop, draft)).number == opened.number
    await forge.update_pull_request(shop, opened.number, title="Better", body="Words.")
    sent = {"event": "REQUEST_CHANGES", "body": "Nearly."}
    github.person.post(f"/repos/acme/shop/pulls/{opened.number}/reviews", json=sent)

    (review,) = await forge.reviews(shop, opened.number)
    assert (review.author, review.state, review.body) == ("octocat", ReviewState.CHANGES_REQUESTED, "Nearly.")
    await forge.close_pull_request(shop, opened.number)
    (found,) = await forge.pull_requests(shop, "coding-agent/")
    assert (found.title, found.body, found.draft) == ("Better", "Words.", True)
    assert (found.author, found.state) == (AGENT, PullRequestState.CLOSED)


async def test_a_branch_is_deleted_once_and_for_all(github: Emulator, forge: GitHubForge, shop: RepositoryRef) -> None:
    push(github, "coding-agent/2-0123abcd")

    for _ in range(2):
        await forge.delete_branch(shop, "coding-agent/2-0123abcd")

    assert github.person.get("/repos/acme/shop/git/ref/heads/coding-agent/2-0123abcd").status_code == 404


async def test_what_is_not_there_is_not_found(forge: GitHubForge, shop: RepositoryRef, issue: IssueKey) -> None:
    with pytest.raises(NotFound):
        await forge.issue(IssueKey(shop, 4711))
    with pytest.raises(NotFound):
        await forge.update_pull_request(shop, issue.number, title="t", body="b")
    with pytest.raises(NotFound):
        await forge.find_repository("acme/nowhere")
