"""Queueing an issue by a command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.local_forge.admin import LocalForgeAdmin
from tests.fakes.clock import FakeClock
from tests.support.commands import command, json_of

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result


def enqueue(tmp_path: Path, *arguments: str, allowed: str = "acme") -> Result:
    """Run the command against a local forge that has one issue."""
    admin = LocalForgeAdmin(tmp_path / "forge", FakeClock())
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "calc.py").write_text("pass")
    admin.create_issue(admin.create_repository("acme/shop", tmp_path / "files"), author="sam", title="It fails")
    return command(
        *("enqueue", "--repo", "acme/shop", *arguments),
        local_forge_path=tmp_path / "forge",
        sqlite_path=tmp_path / "queue.sqlite",
        allowed_repositories=allowed,
    )


def test_queues_the_issue_and_says_who_asked(tmp_path: Path) -> None:
    shown = enqueue(tmp_path, "--issue", "1", "--as", "otto")
    assert shown.stdout.startswith("Queued: acme/shop#1, task ")
    assert shown.stdout.endswith("asked by operator otto.\n")
    status = command("queue", "status", "--json", sqlite_path=tmp_path / "queue.sqlite")
    assert json_of(status)["due"] == 1


def test_names_the_task_for_programs(tmp_path: Path) -> None:
    found = json_of(enqueue(tmp_path, "--issue", "1", "--mode", "plan", "--json"))
    assert (found["outcome"], found["issue"], len(found["task"])) == ("queued", 1, 64)


def test_says_why_not_for_programs_too(tmp_path: Path) -> None:
    found = json_of(enqueue(tmp_path, "--issue", "7", "--json"))
    assert (found["error"], found["exit_code"]) == ("NotFound", 2)


def test_a_repository_that_is_not_served_is_refused(tmp_path: Path) -> None:
    found = json_of(enqueue(tmp_path, "--issue", "1", "--json", allowed="other"))
    assert (found["error"], found["exit_code"]) == ("PermissionRefused", 4)
