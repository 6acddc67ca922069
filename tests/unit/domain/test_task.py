"""The task and its id."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from domain.repository import RepositoryRef
from domain.task import Task, TaskKind, Thread, branch_prefix, start_trigger, task_id

REPOSITORY = RepositoryRef("github", 7, "acme/shop")
TRIGGER = start_trigger("2026-01-02T03:04:05Z")


def task(**changes: object) -> Task:
    made = Task(
        id=task_id(REPOSITORY, 12, TRIGGER),
        kind=TaskKind.START,
        repository=REPOSITORY,
        issue_number=12,
        asked_by="ada",
        asked_at=datetime(2026, 1, 2, tzinfo=UTC),
        title="It breaks",
        body="",
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # the tests name real fields


def test_the_same_trigger_gives_the_same_id_even_after_a_repository_was_renamed() -> None:
    renamed = RepositoryRef("github", 7, "acme/store")
    assert task_id(renamed, 12, TRIGGER) == task_id(REPOSITORY, 12, TRIGGER)


@pytest.mark.parametrize(
    ("repository", "issue", "trigger"),
    [
        (RepositoryRef("local", 7, "acme/shop"), 12, TRIGGER),
        (RepositoryRef("github", 8, "acme/shop"), 12, TRIGGER),
        (REPOSITORY, 13, TRIGGER),
        (REPOSITORY, 12, start_trigger("2026-01-02T03:04:06Z")),
        (REPOSITORY, 12, "4711"),
        (RepositoryRef("github", 71, "acme/shop"), 2, TRIGGER),
    ],
)
def test_another_forge_repository_issue_or_trigger_gives_another_id(
    repository: RepositoryRef, issue: int, trigger: str
) -> None:
    assert task_id(repository, issue, trigger) != task_id(REPOSITORY, 12, TRIGGER)


def test_an_id_is_64_hexadecimal_digits() -> None:
    assert re.fullmatch("[0-9a-f]{64}", task_id(REPOSITORY, 12, TRIGGER))


def test_a_first_task_names_its_branch() -> None:
    first = task()
    assert first.branch == f"coding-agent/12-{first.id[:8]}"
    assert first.branch.startswith(branch_prefix(12))


def test_a_later_task_carries_the_branch_of_its_conversation() -> None:
    assert task(thread=Thread("coding-agent/12-0a1b2c3d")).branch == "coding-agent/12-0a1b2c3d"


def test_a_task_knows_its_issue() -> None:
    assert str(task().issue) == "acme/shop#12"
