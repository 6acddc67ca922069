"""The folder, read and edited by a person."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from domain.errors import InvalidInput
from domain.issue import IssueKey, IssueState, PullRequestDraft, PullRequestState, Reaction, ReviewState
from domain.repository import Permission

if TYPE_CHECKING:
    from domain.issue import PullRequest
    from domain.repository import RepositoryRef
    from tests.contract.forge_scene import LocalScene

MANUAL = Path(__file__).parents[4] / "docs" / "LOCAL_FORGE.md"
MARKER = "<!-- status -->"

ISSUE_FILE = """\
+++
title = "Wrong total"
author = "sam"
state = "open"
labels = ["bug"]
assignees = []
created_at = 2025-06-01T12:00:02Z
updated_at = 2025-06-01T12:00:02Z
events = ["2025-06-01T12:00:02Z sam labeled bug"]
+++

Add two.
"""

BY_HAND = """\
+++
# From the mailing list.
title = "By hand"
author = "lee"
priority = 2
[seen]
by = ["kim"]
+++
The text.
"""


def test_an_issue_is_a_page_that_reads_well(scene: LocalScene, issue: IssueKey) -> None:
    assert (scene.root / "acme/shop/issues" / f"{issue.number}.md").read_text() == ISSUE_FILE


def test_a_comment_is_a_page_named_for_its_number_and_author(scene: LocalScene, issue: IssueKey) -> None:
    scene.add_comment(issue, author="coding-agent[bot]", body="Done.")
    scene.add_comment(issue, author="Ünal", body="Thanks.")

    names = sorted(path.name for path in (scene.root / "acme/shop/issues/1").iterdir())
    assert names == ["0001-coding-agent-bot.md", "0002-nal.md"]


@pytest.mark.parametrize("author", ["../../../../etc/passwd", "..", "/", "a" * 500, "", "\0\n", "😀", "+++"])
async def test_an_authors_name_stays_inside_the_folder(scene: LocalScene, issue: IssueKey, author: str) -> None:
    before = {path for path in scene.root.parent.rglob("*") if path.is_file()}

    scene.add_comment(issue, author=author, body="Hello.")

    (written,) = {path for path in scene.root.parent.rglob("*") if path.is_file()} - before
    assert written.parent == scene.root / "acme/shop/issues/1"
    (found,) = await scene.forge.comments(issue)
    assert found.author == author


async def test_a_page_needs_a_title_and_an_author_only(scene: LocalScene, shop: RepositoryRef) -> None:
    path = scene.root / "acme/shop/issues/7.md"
    path.parent.mkdir()
    path.write_text(BY_HAND)
    os.utime(path, (1_750_000_000, 1_750_000_000))

    found = await scene.forge.issue(IssueKey(shop, 7))

    assert (found.title, found.body, found.author, found.state) == ("By hand", "The text.", "lee", IssueState.OPEN)
    assert found.updated_at == datetime.fromtimestamp(1_750_000_000, UTC)


async def test_a_persons_own_keys_and_words_survive_the_agent(scene: LocalScene, shop: RepositoryRef) -> None:
    path = scene.root / "acme/shop/issues/7.md"
    path.parent.mkdir()
    path.write_text(BY_HAND)
    key = IssueKey(shop, 7)

    await scene.forge.add_labels(key, frozenset({"agent"}))
    await scene.forge.react(key, Reaction.EYES)
    await scene.forge.remove_label(key, "agent")

    written = path.read_text()
    for line in ("# From the mailing list.\n", "priority = 2\n", '[seen]\nby = ["kim"]\n', "\nThe text.\n"):
        assert line in written


async def test_a_comment_added_by_hand_is_read_in_its_place(scene: LocalScene, issue: IssueKey) -> None:
    await scene.forge.upsert_comment(issue, MARKER, MARKER)
    folder = scene.root / "acme/shop/issues/1"
    (folder / "0003-note.md").write_text('+++\nauthor = "lee"\n+++\n/approve\n')
    scene.add_comment(issue, author="sam", body="Last.")

    found = await scene.forge.comments(issue)

    assert [(comment.id, comment.body) for comment in found] == [(1, MARKER), (3, "/approve"), (4, "Last.")]


async def test_files_of_an_editor_are_nobodys_comments(scene: LocalScene, issue: IssueKey) -> None:
    scene.add_comment(issue, author="sam", body="One.")
    folder = scene.root / "acme/shop/issues/1"
    for name in (".0001-sam.md.swp", "0001-sam.md~", "#0001-sam.md#", ".0002-sam.md"):
        (folder / name).write_text("half a")

    assert [comment.body for comment in await scene.forge.comments(issue)] == ["One."]


async def test_a_pull_request_merged_by_hand_is_merged(scene: LocalScene, shop: RepositoryRef) -> None:
    scene.create_branch(shop, "fix")
    pull = await scene.forge.open_pull_request(shop, PullRequestDraft("t", "b", "fix", "main", draft=False))
    path = scene.root / "acme/shop/pulls" / f"{pull.number}.md"
    assert pull.url == str(path)

    path.write_text(path.read_text().replace('state = "open"', 'state = "merged"'))

    (found,) = await scene.forge.pull_requests(shop, "fix")
    assert found.state is PullRequestState.MERGED


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('state = "open"', 'state = "opened"', 'line 4: `state` must be "open" or "closed"'),
        ('state = "open"', "state = open", "line 4: this is not TOML"),
        ('labels = ["bug"]', 'labels = "bug"', "line 5: `labels` must be a list of strings"),
        ('title = "Wrong total"\n', "", 'line 2: there must be a line such as `title = "text"`'),
        ("2025-06-01T12:00:02Z\nevents", "yesterday\nevents", "line 8: this is not TOML"),
        ("2025-06-01T12:00:02Z\nevents", '"noon"\nevents', "line 8: `updated_at` must be a time such as"),
        ("+++\ntitle", "title", "line 1: the first line must be `+++`"),
    ],
)
async def test_a_mistake_is_reported_by_file_and_line_and_left_alone(
    scene: LocalScene, issue: IssueKey, old: str, new: str, message: str
) -> None:
    path = scene.root / "acme/shop/issues/1.md"
    mistaken = ISSUE_FILE.replace(old, new)
    path.write_text(mistaken)

    for call in (scene.forge.issue(issue), scene.forge.add_labels(issue, frozenset({"x"}))):
        with pytest.raises(InvalidInput, match=rf"^acme/shop/issues/1\.md, {re.escape(message)}"):
            await call

    assert path.read_text() == mistaken != ISSUE_FILE


async def test_a_file_that_is_no_text_is_reported_and_left_alone(scene: LocalScene, issue: IssueKey) -> None:
    path = scene.root / "acme/shop/issues/1.md"
    content = ISSUE_FILE.encode() + b"\xff\n"
    path.write_bytes(content)

    with pytest.raises(InvalidInput, match=r"issues/1\.md, line 13: the file must be UTF-8 text"):
        await scene.forge.add_labels(issue, frozenset({"x"}))

    assert path.read_bytes() == content


async def test_no_second_pull_request_is_opened_while_one_cannot_be_read(
    scene: LocalScene, shop: RepositoryRef
) -> None:
    draft = PullRequestDraft("t", "b", "fix", "main", draft=True)
    scene.create_branch(shop, "fix")
    pull = await scene.forge.open_pull_request(shop, draft)
    path = scene.root / "acme/shop/pulls" / f"{pull.number}.md"
    path.write_text(path.read_text().replace("draft = true", "draft = yes"))

    with pytest.raises(InvalidInput, match=r"pulls/1\.md, line 6"):
        await scene.forge.open_pull_request(shop, draft)

    assert [each.name for each in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize(
    ("name", "message"),
    [("note.md", "must begin with its number"), ("0001-again.md", "the number 1 is taken by 0001-again.md")],
)
async def test_comments_that_cannot_be_told_apart_are_reported(
    scene: LocalScene, issue: IssueKey, name: str, message: str
) -> None:
    scene.add_comment(issue, author="sam", body="One.")
    (scene.root / "acme/shop/issues/1" / name).write_text('+++\nauthor = "lee"\n+++\nTwo.\n')

    with pytest.raises(InvalidInput, match=message):
        await scene.forge.comments(issue)


async def test_a_file_saved_with_a_byte_order_mark_and_crlf_is_read(scene: LocalScene, issue: IssueKey) -> None:
    path = scene.root / "acme/shop/issues/1.md"
    path.write_bytes(b"\xef\xbb\xbf" + ISSUE_FILE.replace("\n", "\r\n").encode())

    await scene.forge.add_labels(issue, frozenset({"x"}))

    found = await scene.forge.issue(issue)
    assert found.body == "Add two."
    assert found.labels == {"bug", "x"}


async def test_half_a_character_cannot_be_stored(scene: LocalScene, issue: IssueKey) -> None:
    with pytest.raises(InvalidInput, match="surrogate"):
        await scene.forge.upsert_comment(issue, MARKER, f"{MARKER} \ud83d")

    assert list(await scene.forge.comments(issue)) == []


async def test_the_number_of_a_deleted_issue_is_not_given_again_while_its_comments_lie_there(
    scene: LocalScene, shop: RepositoryRef, issue: IssueKey
) -> None:
    scene.add_comment(issue, author="sam", body="One.")
    (scene.root / "acme/shop/issues/1.md").unlink()

    assert scene.create_issue(shop, author="sam", title="Next").number == 2


async def test_the_agents_login_is_read_from_the_forges_file(scene: LocalScene, issue: IssueKey) -> None:
    before = await scene.forge.agent_login()
    (scene.root / "forge.toml").write_text('# ours\nagent = "robot"\nwrite = ["maria"]\n')

    made = await scene.forge.upsert_comment(issue, MARKER, MARKER)

    assert (before, made.author) == ("coding-agent[bot]", "robot")


async def test_a_repositorys_own_list_decides_before_the_forges(scene: LocalScene, shop: RepositoryRef) -> None:
    (scene.root / "forge.toml").write_text('admin = ["maria"]\nwrite = ["Sam", "lee"]\nread = ["sam"]\n')
    facts = scene.root / "acme/shop/repository.toml"
    facts.write_text(facts.read_text() + 'read = ["maria"]\nnone = ["lee"]\n')

    found = [await scene.forge.permission(shop, login) for login in ("maria", "sam", "lee", "kim")]

    assert found == [Permission.READ, Permission.WRITE, Permission.NONE, Permission.NONE]


async def test_a_mistake_in_the_forges_file_is_reported(scene: LocalScene, shop: RepositoryRef) -> None:
    (scene.root / "forge.toml").write_text('agent = 1\nwrite = "maria"\n')

    with pytest.raises(InvalidInput, match=r"^forge\.toml, line 1: "):
        await scene.forge.agent_login()
    with pytest.raises(InvalidInput, match=r"^forge\.toml, line 2: "):
        await scene.forge.permission(shop, "maria")


async def test_a_mistake_in_a_repositorys_file_is_reported(scene: LocalScene, shop: RepositoryRef) -> None:
    (scene.root / "acme/shop/repository.toml").write_text('# note\nid = "one"\n')

    with pytest.raises(InvalidInput, match=r"^acme/shop/repository\.toml, line 2: .*whole number"):
        await scene.forge.repository(shop)


async def test_the_manuals_example_is_a_page(scene: LocalScene, shop: RepositoryRef) -> None:
    example = re.search(r"^```\n(\+\+\+.*?)^```$", MANUAL.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    assert example
    path = scene.root / "acme/shop/issues/12.md"
    path.parent.mkdir()
    path.write_text(example.group(1))

    found = await scene.forge.issue(IssueKey(shop, 12))

    assert (found.title, found.body) == ("Totals are off by one", "The last line of an order is not counted.")


REVIEW_BY_HAND = """\
+++
author = "maria"
state = "changes_requested"
+++

Good, but for one thing.

## A heading of her own

    ## `not/one.py:1`

## `shop/total.py:17`

This counts twice.

## `shop/tests.py`
Where are they?
"""


def write_review(scene: LocalScene, pull: PullRequest, text: str) -> None:
    folder = scene.root / f"acme/shop/pulls/{pull.number}/reviews"
    folder.mkdir(parents=True)
    (folder / "0001-maria.md").write_text(text)


async def test_a_review_can_be_written_by_hand(scene: LocalScene, shop: RepositoryRef, pull: PullRequest) -> None:
    write_review(scene, pull, REVIEW_BY_HAND)

    (found,) = await scene.forge.reviews(shop, pull.number)

    assert found.state is ReviewState.CHANGES_REQUESTED
    assert found.body.startswith("Good, but for one thing.")
    assert found.body.endswith("## `not/one.py:1`")
    assert [(comment.id, comment.path, comment.line, comment.body) for comment in found.comments] == [
        (1001, "shop/total.py", 17, "This counts twice."),
        (1002, "shop/tests.py", None, "Where are they?"),
    ]


async def test_a_review_with_a_state_of_its_own_is_reported(
    scene: LocalScene, shop: RepositoryRef, pull: PullRequest
) -> None:
    write_review(scene, pull, REVIEW_BY_HAND.replace("changes_requested", "meh"))

    with pytest.raises(InvalidInput, match=r"reviews/0001-maria\.md, line 3: `state` must be "):
        await scene.forge.reviews(shop, pull.number)


@pytest.mark.parametrize("event", ["maria labeled bug", "2026-01-31 maria", "yesterday maria labeled bug", ""])
async def test_an_event_that_cannot_be_read_is_reported(scene: LocalScene, issue: IssueKey, event: str) -> None:
    path = scene.root / "acme/shop/issues" / f"{issue.number}.md"
    path.write_text(path.read_text().replace("2025-06-01T12:00:02Z sam labeled bug", event))

    with pytest.raises(InvalidInput, match=r"1\.md, line 9: each of `events` must read such as"):
        await scene.forge.label_events(issue)
