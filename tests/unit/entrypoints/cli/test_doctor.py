"""What `coding-agent doctor` says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from adapters.local_forge.admin import LocalForgeAdmin
from tests.fakes.clock import FakeClock
from tests.support.commands import command, json_of

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, object]:
    """Everything as it should be, on embedded parts."""
    admin = LocalForgeAdmin(tmp_path / "forge", FakeClock())
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "calc.py").write_text("pass")
    admin.create_repository("acme/shop", tmp_path / "files")
    (tmp_path / "answer.md").write_text("An answer.")
    return {
        "local_forge_path": tmp_path / "forge",
        "sqlite_path": tmp_path / "queue.sqlite",
        "work_path": tmp_path / "work",
        "allowed_repositories": "acme/shop",
        "webhook_secret": "choose-one",
        "llm": "scripted",
        "script_path": tmp_path / "answer.md",
    }


def doctor(settings: dict[str, object], **other: object) -> Result:
    return command("doctor", **{**settings, **other})


def findings(settings: dict[str, object], **other: object) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json_of(command("doctor", "--json", **{**settings, **other}))["findings"]
    return found


def test_all_is_good_and_each_part_has_its_line(settings: dict[str, object]) -> None:
    shown = doctor(settings)
    assert (shown.exit_code, shown.stdout.splitlines()[-1]) == (0, "Ready to work.")
    parts = {finding["part"] for finding in findings(settings)}
    assert parts == {"settings", "git", "work folder", "forge", "repository", "queue", "model", "audit log"}
    assert {finding["grade"] for finding in findings(settings)} == {"good"}


def test_looking_makes_no_queue(settings: dict[str, object], tmp_path: Path) -> None:
    doctor(settings)
    assert not (tmp_path / "queue.sqlite").exists()
    assert not list((tmp_path / "work").iterdir())


@pytest.mark.parametrize(
    ("setting", "value", "part", "words"),
    [
        ("max_files", "many", "settings", "MAX_FILES"),
        ("allowed_repositories", "https://forge.example/acme/shop", "settings", "neither an owner"),
        ("allowed_repositories", "", "settings", "no repository is served"),
        ("allowed_repositories", "acme/gone", "repository", "acme/gone"),
        ("local_forge_path", "/nowhere", "forge", "no such folder"),
        ("sqlite_path", "/", "queue", "cannot be used"),
        ("queue", "rabbitmq", "queue", "RABBITMQ_URL"),
        ("work_path", "/dev/null", "work folder", "temporary clones"),
        ("audit_log_path", "/nowhere/audit.jsonl", "audit log", "AUDIT_LOG_PATH"),
        ("llm", "", "model", "no model is chosen"),
        ("llm", "claude", "model", "ANTHROPIC_API_KEY"),
        ("script_path", "/nowhere", "model", "/nowhere"),
    ],
)
def test_what_is_wrong_is_named_and_ends_with_its_exit_code(
    settings: dict[str, object], setting: str, value: str, part: str, words: str
) -> None:
    shown = doctor(settings, **{setting: value})
    assert shown.exit_code == 2
    assert "must be mended" in shown.stdout
    bad = [finding for finding in findings(settings, **{setting: value}) if finding["grade"] == "bad"]
    assert bad[0]["part"] == part
    assert words in bad[0]["words"]


def test_what_may_surprise_is_a_remark_and_no_failure(settings: dict[str, object]) -> None:
    shown = doctor(settings, webhook_secret="", queue="memory")
    assert shown.exit_code == 0
    assert shown.stdout.count("remark") == 2
    assert "mend: export QUEUE=sqlite" in shown.stdout


def test_shows_no_secret(settings: dict[str, object]) -> None:
    planted = {"webhook_secret": "planted-1", "anthropic_api_key": "planted-2", "git_token": "planted-3"}
    shown = doctor({**settings, **planted})
    assert "planted" not in shown.stdout + shown.stderr
