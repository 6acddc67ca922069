"""From GitHub's structs to the domain's, also from servers that leave things out."""

from __future__ import annotations

import msgspec
import pytest

from adapters.github import reading, wire
from domain.issue import IssueKey, ReviewState
from domain.repository import Permission, RepositoryRef

SHOP = RepositoryRef("github", 1, "acme/shop")
TIMES = '"created_at": "2026-03-01T10:00:00Z", "updated_at": "2026-03-01T10:00:00Z"'


@pytest.mark.parametrize(
    ("permission", "role", "expected"),
    [
        ("admin", "admin", Permission.ADMIN),
        ("write", "maintain", Permission.MAINTAIN),
        ("write", "write", Permission.WRITE),
        ("read", "triage", Permission.TRIAGE),
        ("read", "read", Permission.READ),
        ("none", "none", Permission.NONE),
        ("write", "release captain", Permission.WRITE),
        ("read", "security reviewer", Permission.READ),
        ("write", "", Permission.WRITE),
        ("admin", "Admin", Permission.ADMIN),
        ("", "", Permission.NONE),
        ("superuser", "superuser", Permission.NONE),
    ],
)
def test_a_role_of_the_organizations_own_counts_as_what_it_is_built_on(
    permission: str, role: str, expected: Permission
) -> None:
    assert reading.read_permission(wire.Collaborator(permission, role)) is expected


def test_an_issue_of_an_old_server_is_read() -> None:
    bare = (
        f'{{"number": 3, "node_id": "x", {TIMES}, "user": null, "body": null, "labels": ["bug", {{"name": "help"}}]}}'
    )
    found = msgspec.json.decode(bare, type=wire.Issue)

    issue = reading.read_issue(found, IssueKey(SHOP, 3), {})

    assert (issue.author, issue.body, issue.labels) == ("ghost", "", frozenset({"bug", "help"}))
    assert (issue.assignees, issue.edited_at) == (frozenset(), None)


@pytest.mark.parametrize(
    ("url", "is_in"),
    [
        ("https://api.github.com/repos/acme/shop", True),
        ("https://api.github.com/repos/Acme/Shop", True),
        ("", True),
        ("https://api.github.com/repos/acme/other", False),
        ("https://api.github.com/repos/evil-acme/shop", False),
    ],
)
def test_an_issue_that_was_moved_is_not_the_one_that_was_meant(url: str, is_in: bool) -> None:  # noqa: FBT001
    found = msgspec.json.decode(f'{{"number": 3, "node_id": "x", {TIMES}, "repository_url": "{url}"}}', type=wire.Issue)

    assert found.is_in("acme/shop") is is_in


def test_reviews_that_are_not_submitted_are_left_out_and_dismissed_ones_keep_their_words() -> None:
    submitted = '"submitted_at": "2026-03-01T10:00:00Z"'
    reviews = msgspec.json.decode(
        f'[{{"id": 1, "state": "PENDING"}}, {{"id": 2, "state": "DISMISSED", "body": "No.", {submitted}}},'
        f' {{"id": 3, "state": "SOMETHING_NEW", {submitted}}}]',
        type=list[wire.Review],
    )

    (found,) = reading.read_reviews(reviews, [])

    assert (found.id, found.state, found.body) == (2, ReviewState.COMMENTED, "No.")


def test_a_branch_of_the_same_name_in_a_fork_is_not_our_own() -> None:
    def pull(head: object) -> wire.PullRequest:
        ends = {"head": {"ref": "fix", "repo": head}, "base": {"ref": "main", "repo": {"id": 1}}}
        return msgspec.convert({"number": 1, "node_id": "x", **ends}, wire.PullRequest)

    assert [reading.is_own_branch(pull(head)) for head in ({"id": 1}, {"id": 2}, None)] == [True, False, False]
