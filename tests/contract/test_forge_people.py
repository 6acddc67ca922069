"""What every forge tells of people: who edited, labelled, assigned and reviewed, as its port promises it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from domain.errors import InvalidInput, NotFound, PermissionRefused
from domain.issue import ReviewState
from tests.contract.forge_scene import BRANCH, MARKER

if TYPE_CHECKING:
    from domain.issue import IssueKey, PullRequest
    from domain.repository import RepositoryRef
    from tests.contract.forge_scene import ForgeScene

OTHER_MARKER = "<!-- coding-agent:answer:def -->"


async def test_an_issue_is_edited_only_by_another_title_or_text(scene: ForgeScene, issue: IssueKey) -> None:
    scene.assign(issue, "lee")
    assert (await scene.forge.issue(issue)).edited_at is None

    scene.edit_issue(issue, title="Wrong sum", body="Add three.")

    found = await scene.forge.issue(issue)
    assert (found.title, found.body) == ("Wrong sum", "Add three.")
    assert found.edited_at is not None


async def test_tells_comments_of_bots_from_those_of_people(scene: ForgeScene, issue: IssueKey) -> None:
    scene.add_comment(issue, author="renovate[bot]", body="An update.")
    scene.add_comment(issue, author="sam", body="Thanks.")

    found = await scene.forge.comments(issue)

    assert [comment.author_is_bot for comment in found] == [True, False]


async def test_tells_who_set_and_removed_which_label(scene: ForgeScene, issue: IssueKey) -> None:
    scene.set_labels(issue, ["bug"], by="maria")
    scene.set_labels(issue, ["bug", "ai-help"], by="renovate[bot]")

    events = await scene.forge.label_events(issue)

    assert {(event.label, event.by) for event in events[:2]} == {("ai-help", "sam"), ("bug", "sam")}
    assert [(event.label, event.added, event.by, event.by_is_bot) for event in events[2:]] == [
        ("ai-help", False, "maria", False),
        ("ai-help", True, "renovate[bot]", True),
    ]
    assert [event.at for event in events] == sorted(event.at for event in events)


async def test_the_agents_own_labels_are_its_own_events(scene: ForgeScene, issue: IssueKey) -> None:
    await scene.forge.add_labels(issue, frozenset({"done"}))
    await scene.forge.remove_label(issue, "bug")

    added, removed = (await scene.forge.label_events(issue))[-2:]

    assert (added.label, added.added, removed.label, removed.added) == ("done", True, "bug", False)
    assert {added.by, removed.by} == {await scene.forge.agent_login()}


async def test_tells_who_assigned_whom(scene: ForgeScene, issue: IssueKey) -> None:
    scene.assign(issue, "lee", by="maria")
    scene.unassign(issue, "lee", by="sam")

    events = await scene.forge.assignment_events(issue)

    assert [(event.assignee, event.added, event.by) for event in events] == [
        ("lee", True, "maria"),
        ("lee", False, "sam"),
    ]
    assert (await scene.forge.issue(issue)).assignees == frozenset()


async def test_lists_open_issues_and_no_pull_requests_latest_activity_first(
    scene: ForgeScene, shop: RepositoryRef, issue: IssueKey, pull: PullRequest
) -> None:
    second = scene.create_issue(shop, author="sam", title="Second")
    closed = scene.create_issue(shop, author="sam", title="Closed")
    scene.close_issue(closed)
    scene.set_labels(issue, ["bug"], by="maria")

    found = await scene.forge.open_issues(shop)

    assert [each.key for each in found] == [issue, second]
    assert found[0] == await scene.forge.issue(issue)
    assert pull.number not in {each.key.number for each in found}


async def test_lists_only_issues_with_activity_since_a_time(scene: ForgeScene, shop: RepositoryRef) -> None:
    scene.create_issue(shop, author="sam", title="Old")
    recent = scene.create_issue(shop, author="sam", title="Recent")
    since = (await scene.forge.issue(recent)).updated_at

    found = await scene.forge.open_issues(shop, since)

    assert [each.key for each in found] == [recent]


async def test_reads_a_review_with_its_comments(scene: ForgeScene, shop: RepositoryRef, pull: PullRequest) -> None:
    comments = [("README.md", 1, "A shop?"), ("README.md", 1, "And of what?\n\nSay it.")]
    scene.add_review(
        shop, pull.number, author="maria", state=ReviewState.CHANGES_REQUESTED, body="Nearly.", comments=comments
    )
    scene.add_review(shop, pull.number, author="renovate[bot]", state=ReviewState.APPROVED)

    first, second = await scene.forge.reviews(shop, pull.number)

    assert (first.author, first.author_is_bot, first.state) == ("maria", False, ReviewState.CHANGES_REQUESTED)
    assert first.body == "Nearly."
    assert [(comment.author, comment.path, comment.line, comment.body) for comment in first.comments] == [
        ("maria", *comment) for comment in comments
    ]
    assert (second.author_is_bot, second.state, second.body, second.comments) == (True, ReviewState.APPROVED, "", ())
    assert first.submitted_at <= second.submitted_at


async def test_answers_a_reviews_comment_once(scene: ForgeScene, shop: RepositoryRef, pull: PullRequest) -> None:
    review = scene.add_review(
        shop, pull.number, author="maria", state=ReviewState.COMMENTED, comments=[("README.md", 1, "Why?")]
    )
    (comment,) = review.comments

    for _ in range(2):
        await scene.forge.reply_to_review(shop, pull.number, comment.id, MARKER, f"Because. {MARKER}")

    _, answer = await scene.forge.reviews(shop, pull.number)
    assert (answer.author, answer.state, answer.body) == (await scene.forge.agent_login(), ReviewState.COMMENTED, "")
    (reply,) = answer.comments
    assert (reply.body, reply.in_reply_to, reply.path) == (f"Because. {MARKER}", comment.id, "README.md")


async def test_answers_again_under_another_marker(scene: ForgeScene, shop: RepositoryRef, pull: PullRequest) -> None:
    review = scene.add_review(
        shop, pull.number, author="maria", state=ReviewState.COMMENTED, comments=[("README.md", 1, "Why?")]
    )
    (comment,) = review.comments

    await scene.forge.reply_to_review(shop, pull.number, comment.id, MARKER, MARKER)
    await scene.forge.reply_to_review(shop, pull.number, comment.id, OTHER_MARKER, OTHER_MARKER)

    assert len(await scene.forge.reviews(shop, pull.number)) == 3


async def test_an_answer_must_carry_its_marker(scene: ForgeScene, shop: RepositoryRef, pull: PullRequest) -> None:
    with pytest.raises(InvalidInput):
        await scene.forge.reply_to_review(shop, pull.number, 1, MARKER, "No marker.")


async def test_finds_no_review_comment_to_answer(scene: ForgeScene, shop: RepositoryRef, pull: PullRequest) -> None:
    with pytest.raises(NotFound):
        await scene.forge.reply_to_review(shop, pull.number, 4711, MARKER, MARKER)


async def test_deletes_a_branch_once_and_for_all(scene: ForgeScene, shop: RepositoryRef) -> None:
    scene.create_branch(shop, BRANCH)

    for _ in range(2):
        await scene.forge.delete_branch(shop, BRANCH)

    assert scene.branches(shop) == {"main"}


async def test_never_deletes_the_default_branch(scene: ForgeScene, shop: RepositoryRef) -> None:
    with pytest.raises(PermissionRefused):
        await scene.forge.delete_branch(shop, "main")

    assert scene.branches(shop) == {"main"}


async def test_says_that_the_agent_may_do_its_work(scene: ForgeScene, shop: RepositoryRef) -> None:
    access = await scene.forge.check(shop)

    assert access.login == await scene.forge.agent_login()
    assert access.missing == ()
