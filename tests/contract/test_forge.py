"""What every forge does, as the port's docstrings promise it."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING

import pytest

from domain.errors import InvalidInput, NotFound, PermanentError
from domain.issue import IssueKey, IssueState, PullRequestDraft, PullRequestState, Reaction
from domain.repository import Permission, RepositoryRef
from tests.contract.forge_scene import BRANCH, DRAFT, MARKER

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from domain.issue import PullRequest
    from tests.contract.forge_scene import ForgeScene

# -- Repositories and people ---------------------------------------------------------------------------


async def test_tells_a_repository_by_its_name_and_default_branch(scene: ForgeScene, shop: RepositoryRef) -> None:
    found = await scene.forge.repository(shop)

    assert found.ref == shop
    assert found.default_branch == "main"


async def test_finds_a_repository_by_its_name_in_any_case(scene: ForgeScene, shop: RepositoryRef) -> None:
    found = await scene.forge.find_repository("Acme/Shop")

    assert (found.ref, found.default_branch) == (shop, "main")


async def test_knows_no_repository_by_a_name_that_none_has(scene: ForgeScene, shop: RepositoryRef) -> None:
    with pytest.raises(NotFound, match=f"{shop.owner}/other"):
        await scene.forge.find_repository(f"{shop.owner}/other")


async def test_finds_a_renamed_repository_by_its_id(scene: ForgeScene, shop: RepositoryRef) -> None:
    scene.create_repository("acme/other")
    scene.rename_repository(shop, "umbrella/store")

    found = await scene.forge.repository(shop)

    assert (found.ref.id, found.ref.full_name) == (shop.id, "umbrella/store")


async def test_gives_each_repository_an_id_of_its_own(scene: ForgeScene) -> None:
    assert scene.create_repository("acme/one").id != scene.create_repository("acme/two").id


async def test_says_where_git_finds_a_repository(scene: ForgeScene, shop: RepositoryRef) -> None:
    source = await scene.forge.git_source(shop)

    assert source.location.endswith("acme/shop.git")


@pytest.mark.parametrize("permission", list(Permission))
async def test_tells_what_a_person_may_do(scene: ForgeScene, shop: RepositoryRef, permission: Permission) -> None:
    scene.grant(shop, "Maria", permission)

    assert await scene.forge.permission(shop, "maria") is permission


async def test_lets_strangers_do_nothing(scene: ForgeScene, shop: RepositoryRef) -> None:
    scene.grant(shop, "maria", Permission.ADMIN)

    assert await scene.forge.permission(shop, "mallory") is Permission.NONE


async def test_grants_in_one_repository_do_not_count_in_another(scene: ForgeScene, shop: RepositoryRef) -> None:
    other = scene.create_repository("acme/other")
    scene.grant(shop, "maria", Permission.ADMIN)

    assert await scene.forge.permission(other, "maria") is Permission.NONE


async def test_every_call_about_a_repository_that_does_not_exist_finds_nothing(scene: ForgeScene) -> None:
    nowhere = RepositoryRef("local", 4711, "acme/nowhere")
    forge, issue = scene.forge, IssueKey(nowhere, 1)
    calls: list[Callable[[], Awaitable[object]]] = [
        lambda: forge.repository(nowhere),
        lambda: forge.git_source(nowhere),
        lambda: forge.permission(nowhere, "sam"),
        lambda: forge.check(nowhere),
        lambda: forge.issue(issue),
        lambda: forge.open_issues(nowhere),
        lambda: forge.comments(issue),
        lambda: forge.label_events(issue),
        lambda: forge.assignment_events(issue),
        lambda: forge.pull_requests(nowhere, ""),
        lambda: forge.reviews(nowhere, 1),
        lambda: forge.reply_to_review(nowhere, 1, 1, MARKER, MARKER),
        lambda: forge.delete_branch(nowhere, BRANCH),
        lambda: forge.open_pull_request(nowhere, DRAFT),
        lambda: forge.update_pull_request(nowhere, 1, title="", body=""),
        lambda: forge.mark_ready(nowhere, 1),
        lambda: forge.close_pull_request(nowhere, 1),
        lambda: forge.add_labels(issue, frozenset({"bug"})),
        lambda: forge.remove_label(issue, "bug"),
        lambda: forge.upsert_comment(issue, MARKER, MARKER),
        lambda: forge.react(issue, Reaction.EYES),
    ]
    for call in calls:
        with pytest.raises(NotFound):
            await call()


# -- Issues and comments -------------------------------------------------------------------------------


async def test_reads_an_issue_as_its_author_wrote_it(scene: ForgeScene, issue: IssueKey) -> None:
    found = await scene.forge.issue(issue)

    assert (found.key, found.title, found.body, found.author) == (issue, "Wrong total", "Add two.\n", "sam")
    assert found.labels == {"bug", "ai-help"}
    assert found.assignees == frozenset()
    assert found.state is IssueState.OPEN
    assert found.updated_at.utcoffset() == timedelta(0)


async def test_reads_what_became_of_an_issue(scene: ForgeScene, issue: IssueKey) -> None:
    before = await scene.forge.issue(issue)
    scene.assign(issue, "coding-agent[bot]")
    scene.close_issue(issue)

    found = await scene.forge.issue(issue)

    assert found.assignees == {"coding-agent[bot]"}
    assert found.state is IssueState.CLOSED
    assert found.updated_at > before.updated_at


@pytest.mark.parametrize("number", [0, -1, 99])
async def test_every_call_about_an_issue_that_does_not_exist_finds_nothing(
    scene: ForgeScene, shop: RepositoryRef, number: int
) -> None:
    forge, missing = scene.forge, IssueKey(shop, number)
    calls: list[Callable[[], Awaitable[object]]] = [
        lambda: forge.issue(missing),
        lambda: forge.comments(missing),
        lambda: forge.label_events(missing),
        lambda: forge.assignment_events(missing),
        lambda: forge.reviews(shop, number),
        lambda: forge.reply_to_review(shop, number, 1, MARKER, MARKER),
        lambda: forge.add_labels(missing, frozenset({"bug"})),
        lambda: forge.remove_label(missing, "bug"),
        lambda: forge.upsert_comment(missing, MARKER, MARKER),
        lambda: forge.react(missing, Reaction.EYES),
    ]
    for call in calls:
        with pytest.raises(NotFound):
            await call()


async def test_reads_comments_oldest_first(scene: ForgeScene, issue: IssueKey) -> None:
    written = [scene.add_comment(issue, author=f"person-{number}", body=f"No. {number}") for number in range(12)]

    found = await scene.forge.comments(issue)

    assert [comment.author for comment in found] == [f"person-{number}" for number in range(12)]
    assert [comment.id for comment in found] == [comment.id for comment in written]
    assert len({comment.id for comment in found}) == 12


async def test_reads_no_comments_where_there_are_none(scene: ForgeScene, issue: IssueKey) -> None:
    assert list(await scene.forge.comments(issue)) == []


async def test_tells_an_edited_comment_by_its_times(scene: ForgeScene, issue: IssueKey) -> None:
    written = scene.add_comment(issue, author="sam", body="first")
    scene.edit_comment(issue, written.id, "second")

    (found,) = await scene.forge.comments(issue)

    assert found.body == "second"
    assert written.edited_at is None
    assert found.created_at == written.created_at
    assert found.updated_at > found.created_at
    assert found.edited_at is not None
    assert found.edited_at > found.created_at
    assert found.created_at.tzinfo is UTC


async def test_makes_a_comment_by_the_agent(scene: ForgeScene, issue: IssueKey) -> None:
    made = await scene.forge.upsert_comment(issue, MARKER, f"Reading …\n{MARKER}")

    assert made.author == await scene.forge.agent_login()
    assert made.body == f"Reading …\n{MARKER}"
    assert list(await scene.forge.comments(issue)) == [made]


async def test_edits_the_comment_that_carries_the_marker(scene: ForgeScene, issue: IssueKey) -> None:
    made = await scene.forge.upsert_comment(issue, MARKER, f"Reading … {MARKER}")
    scene.add_comment(issue, author="sam", body="Thanks!")

    edited = await scene.forge.upsert_comment(issue, MARKER, f"Done. {MARKER}")

    assert (edited.id, edited.body, edited.created_at) == (made.id, f"Done. {MARKER}", made.created_at)
    assert edited.updated_at > made.updated_at
    assert [comment.body for comment in await scene.forge.comments(issue)] == [f"Done. {MARKER}", "Thanks!"]


async def test_saying_the_same_twice_leaves_what_saying_it_once_does(scene: ForgeScene, issue: IssueKey) -> None:
    once = await scene.forge.upsert_comment(issue, MARKER, f"Done. {MARKER}")

    assert await scene.forge.upsert_comment(issue, MARKER, f"Done. {MARKER}") == once
    assert list(await scene.forge.comments(issue)) == [once]


async def test_keeps_a_comment_for_each_marker(scene: ForgeScene, issue: IssueKey) -> None:
    await scene.forge.upsert_comment(issue, "<!-- one -->", "1 <!-- one -->")
    await scene.forge.upsert_comment(issue, "<!-- two -->", "2 <!-- two -->")
    await scene.forge.upsert_comment(issue, "<!-- one -->", "3 <!-- one -->")

    assert [comment.body for comment in await scene.forge.comments(issue)] == ["3 <!-- one -->", "2 <!-- two -->"]


async def test_never_edits_a_marked_comment_by_anybody_else(scene: ForgeScene, issue: IssueKey) -> None:
    forged = scene.add_comment(issue, author="mallory", body=f"I am the agent {MARKER}")

    made = await scene.forge.upsert_comment(issue, MARKER, f"Done. {MARKER}")

    assert made.id != forged.id
    assert list(await scene.forge.comments(issue)) == [forged, made]


@pytest.mark.parametrize("marker", [MARKER, ""])
async def test_refuses_a_comment_without_its_marker(scene: ForgeScene, issue: IssueKey, marker: str) -> None:
    with pytest.raises(InvalidInput):
        await scene.forge.upsert_comment(issue, marker, "Done.")

    assert list(await scene.forge.comments(issue)) == []


@pytest.mark.parametrize(
    "body", [MARKER, f"{MARKER}\n", f"\n\n{MARKER} ü 😀\n+++\n---\ntail", f"a\r\nb {MARKER}\r\n\r\n"]
)
async def test_keeps_a_comments_text_to_the_letter(scene: ForgeScene, issue: IssueKey, body: str) -> None:
    await scene.forge.upsert_comment(issue, MARKER, body)

    (found,) = await scene.forge.comments(issue)
    assert found.body == body


async def test_reacts_once_to_an_issue(scene: ForgeScene, issue: IssueKey) -> None:
    await scene.forge.react(issue, Reaction.EYES)
    await scene.forge.react(issue, Reaction.EYES)

    assert scene.reactions(issue) == [("eyes", await scene.forge.agent_login())]


async def test_reacts_once_to_a_comment(scene: ForgeScene, issue: IssueKey) -> None:
    scene.add_comment(issue, author="sam", body="one")
    comment = scene.add_comment(issue, author="sam", body="/approve")

    await scene.forge.react(issue, Reaction.EYES, comment.id)
    await scene.forge.react(issue, Reaction.EYES, comment.id)

    assert scene.reactions(issue, comment.id) == [("eyes", await scene.forge.agent_login())]
    assert scene.reactions(issue) == []


async def test_a_reaction_changes_no_word(scene: ForgeScene, issue: IssueKey) -> None:
    comment = scene.add_comment(issue, author="sam", body="/approve")
    before = await scene.forge.issue(issue)

    await scene.forge.react(issue, Reaction.EYES)
    await scene.forge.react(issue, Reaction.EYES, comment.id)

    assert await scene.forge.issue(issue) == before
    assert list(await scene.forge.comments(issue)) == [comment]


async def test_finds_no_comment_to_react_to(scene: ForgeScene, issue: IssueKey) -> None:
    with pytest.raises(NotFound):
        await scene.forge.react(issue, Reaction.EYES, 4711)


# -- Labels --------------------------------------------------------------------------------------------


async def test_adds_labels_to_those_that_are_there(scene: ForgeScene, issue: IssueKey) -> None:
    await scene.forge.add_labels(issue, frozenset({"bug", "in progress", 'odd "name", ü'}))

    assert (await scene.forge.issue(issue)).labels == {"bug", "ai-help", "in progress", 'odd "name", ü'}


async def test_adding_labels_twice_changes_nothing(scene: ForgeScene, issue: IssueKey) -> None:
    await scene.forge.add_labels(issue, frozenset({"done"}))
    once = await scene.forge.issue(issue)

    await scene.forge.add_labels(issue, frozenset({"done"}))

    assert await scene.forge.issue(issue) == once


async def test_removes_one_label(scene: ForgeScene, issue: IssueKey) -> None:
    await scene.forge.remove_label(issue, "ai-help")

    assert (await scene.forge.issue(issue)).labels == {"bug"}


async def test_removing_a_label_that_is_not_set_changes_nothing(scene: ForgeScene, issue: IssueKey) -> None:
    before = await scene.forge.issue(issue)

    await scene.forge.remove_label(issue, "wontfix")

    assert await scene.forge.issue(issue) == before


# -- Pull requests -------------------------------------------------------------------------------------


async def test_opens_a_pull_request_as_drafted(scene: ForgeScene, shop: RepositoryRef) -> None:
    scene.create_branch(shop, BRANCH)

    made = await scene.forge.open_pull_request(shop, DRAFT)

    assert (made.title, made.body, made.head, made.base) == (DRAFT.title, DRAFT.body, BRANCH, "main")
    assert made.draft
    assert made.state is PullRequestState.OPEN
    assert made.author == await scene.forge.agent_login()
    assert str(made.number) in made.url
    assert list(await scene.forge.pull_requests(shop, BRANCH)) == [made]


async def test_opens_a_pull_request_that_is_ready(scene: ForgeScene, shop: RepositoryRef) -> None:
    scene.create_branch(shop, BRANCH)

    made = await scene.forge.open_pull_request(shop, PullRequestDraft("t", "", BRANCH, "main", draft=False))

    assert not made.draft
    assert made.body == ""


async def test_finds_the_open_pull_request_of_a_branch_and_leaves_it(
    scene: ForgeScene, shop: RepositoryRef, pull: PullRequest
) -> None:
    again = await scene.forge.open_pull_request(shop, PullRequestDraft("Other", "words", BRANCH, "main", draft=False))

    assert again == pull
    assert list(await scene.forge.pull_requests(shop, "")) == [pull]


async def test_opens_another_once_the_first_is_closed(
    scene: ForgeScene, shop: RepositoryRef, pull: PullRequest
) -> None:
    await scene.forge.close_pull_request(shop, pull.number)

    again = await scene.forge.open_pull_request(shop, DRAFT)

    assert again.number > pull.number
    states = [found.state for found in await scene.forge.pull_requests(shop, BRANCH)]
    assert states == [PullRequestState.CLOSED, PullRequestState.OPEN]


async def test_numbers_issues_and_pull_requests_in_one_sequence(
    scene: ForgeScene, shop: RepositoryRef, issue: IssueKey, pull: PullRequest
) -> None:
    later = scene.create_issue(shop, author="sam", title="Another")

    assert issue.number < pull.number < later.number


@pytest.mark.parametrize(("head", "base"), [("missing", "main"), (BRANCH, "missing"), ("main", "main")])
async def test_refuses_a_pull_request_between_branches_that_cannot_have_one(
    scene: ForgeScene, shop: RepositoryRef, head: str, base: str
) -> None:
    scene.create_branch(shop, BRANCH)

    with pytest.raises(PermanentError):
        await scene.forge.open_pull_request(shop, PullRequestDraft("t", "b", head, base, draft=False))

    assert list(await scene.forge.pull_requests(shop, "")) == []


async def test_refuses_a_pull_request_without_a_commit(scene: ForgeScene, shop: RepositoryRef) -> None:
    scene.create_branch(shop, BRANCH, commits=0)

    with pytest.raises(InvalidInput):
        await scene.forge.open_pull_request(shop, DRAFT)


async def test_lists_pull_requests_by_the_beginning_of_their_branch(scene: ForgeScene, shop: RepositoryRef) -> None:
    for branch in ("coding-agent/1-aaaaaaaa", "coding-agent/12-bbbbbbbb", "feature", "coding-agent/1-cccccccc"):
        scene.create_branch(shop, branch)
        await scene.forge.open_pull_request(shop, PullRequestDraft("t", "b", branch, "main", draft=False))

    found = await scene.forge.pull_requests(shop, "coding-agent/1-")

    assert [pull.head for pull in found] == ["coding-agent/1-aaaaaaaa", "coding-agent/1-cccccccc"]


async def test_updates_title_and_text_any_number_of_times(
    scene: ForgeScene, shop: RepositoryRef, pull: PullRequest
) -> None:
    for _ in range(2):
        await scene.forge.update_pull_request(shop, pull.number, title='New "title" ü', body="New\n\ntext\n")

    (found,) = await scene.forge.pull_requests(shop, BRANCH)
    assert (found.title, found.body) == ('New "title" ü', "New\n\ntext\n")
    assert (found.draft, found.state, found.head) == (True, PullRequestState.OPEN, BRANCH)


async def test_makes_a_draft_ready(scene: ForgeScene, shop: RepositoryRef, pull: PullRequest) -> None:
    for _ in range(2):
        await scene.forge.mark_ready(shop, pull.number)

    (found,) = await scene.forge.pull_requests(shop, BRANCH)
    assert not found.draft


async def test_closes_a_pull_request(scene: ForgeScene, shop: RepositoryRef, pull: PullRequest) -> None:
    for _ in range(2):
        await scene.forge.close_pull_request(shop, pull.number)

    (found,) = await scene.forge.pull_requests(shop, BRANCH)
    assert found.state is PullRequestState.CLOSED


async def test_a_merged_pull_request_stays_merged(scene: ForgeScene, shop: RepositoryRef, pull: PullRequest) -> None:
    scene.merge(shop, pull.number)

    await scene.forge.close_pull_request(shop, pull.number)

    (found,) = await scene.forge.pull_requests(shop, BRANCH)
    assert found.state is PullRequestState.MERGED


async def test_a_pull_request_has_comments_labels_and_reactions_like_an_issue(
    scene: ForgeScene, shop: RepositoryRef, pull: PullRequest
) -> None:
    key = IssueKey(shop, pull.number)

    await scene.forge.upsert_comment(key, MARKER, MARKER)
    await scene.forge.add_labels(key, frozenset({"agent"}))
    await scene.forge.react(key, Reaction.EYES)

    assert [comment.body for comment in await scene.forge.comments(key)] == [MARKER]
    assert (await scene.forge.issue(key)).labels == {"agent"}
    (found,) = await scene.forge.pull_requests(shop, BRANCH)
    assert found.labels == {"agent"}
    assert scene.reactions(key) == [("eyes", await scene.forge.agent_login())]


async def test_a_pull_request_can_be_read_as_an_issue(
    scene: ForgeScene, shop: RepositoryRef, pull: PullRequest
) -> None:
    key = IssueKey(shop, pull.number)
    before = await scene.forge.issue(key)
    scene.merge(shop, pull.number)

    after = await scene.forge.issue(key)

    assert (before.title, before.body, before.author) == (pull.title, pull.body, pull.author)
    assert (before.state, after.state) == (IssueState.OPEN, IssueState.CLOSED)


async def test_an_issue_is_no_pull_request(scene: ForgeScene, shop: RepositoryRef, issue: IssueKey) -> None:
    forge = scene.forge
    calls: list[Callable[[], Awaitable[object]]] = [
        lambda: forge.update_pull_request(shop, issue.number, title="t", body="b"),
        lambda: forge.mark_ready(shop, issue.number),
        lambda: forge.close_pull_request(shop, issue.number),
        lambda: forge.reviews(shop, issue.number),
        lambda: forge.reply_to_review(shop, issue.number, 1, MARKER, MARKER),
    ]
    for call in calls:
        with pytest.raises(NotFound):
            await call()
    assert (await forge.issue(issue)).state is IssueState.OPEN
