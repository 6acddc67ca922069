from __future__ import annotations

import pytest

from domain.marker import CommentRole, carries_marker, marked_task, marker

TASK = "0123456789abcdef" * 4


@pytest.mark.parametrize("role", list(CommentRole))
def test_a_marked_comment_names_its_task_and_role(role: CommentRole) -> None:
    body = f"{marker(role, TASK)}\nDone."
    assert [marked_task(each, body) for each in CommentRole] == [TASK if each is role else "" for each in CommentRole]
    assert carries_marker(body)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "Done.",
        f"Look: {marker(CommentRole.STATUS, TASK)}",
        f"> {marker(CommentRole.STATUS, TASK)}",
        marker(CommentRole.STATUS, TASK[:-1]),
        marker(CommentRole.STATUS, TASK.upper()),
    ],
)
def test_only_a_whole_marker_at_the_beginning_counts(body: str) -> None:
    assert marked_task(CommentRole.STATUS, body) == ""
