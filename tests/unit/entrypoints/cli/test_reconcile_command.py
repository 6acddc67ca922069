"""Finding what was missed, by a command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.local_forge.admin import LocalForgeAdmin
from adapters.system_clock.clock import SystemClock
from tests.support.commands import command, json_of

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result


def with_labelled_issue(tmp_path: Path) -> Path:
    """A local forge with one issue that maria has labelled."""
    admin = LocalForgeAdmin(tmp_path / "forge", SystemClock())
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "calc.py").write_text("pass")
    issue = admin.create_issue(admin.create_repository("acme/shop", tmp_path / "files"), author="sam", title="It fails")
    admin.add_label(issue, "ai-help", by="maria")
    return tmp_path


def reconcile(folder: Path, *options: str, allowed: str = "acme/shop") -> Result:
    return command(
        *("reconcile", *options),
        local_forge_path=folder / "forge",
        sqlite_path=folder / "queue.sqlite",
        allowed_repositories=allowed,
    )


def test_queues_what_was_missed_and_only_once(tmp_path: Path) -> None:
    folder = with_labelled_issue(tmp_path)
    first = reconcile(folder).stdout
    assert first.startswith("Queued: acme/shop#1, labeled by maria, task ")
    assert first.endswith("1 queued, 0 known to the queue already.\n")
    assert reconcile(folder).stdout == "0 queued, 1 known to the queue already.\n"


def test_tells_programs_the_same(tmp_path: Path) -> None:
    found = json_of(reconcile(with_labelled_issue(tmp_path), "--json", allowed="acme/shop,other"))
    (queued,) = found["queued"]
    assert (queued["repository"], queued["issue"], queued["action"], queued["by"]) == (
        *("acme/shop", 1),
        *("labeled", "maria"),
    )
    assert (found["repositories"], found["owners_not_looked_at"]) == (["acme/shop"], ["other"])


def test_looks_no_further_back_than_it_is_told(tmp_path: Path) -> None:
    folder = with_labelled_issue(tmp_path)
    page = folder / "forge" / "acme" / "shop" / "issues" / "1.md"
    text = page.read_text()
    page.write_text(text.replace(text.split('events = ["')[1][:4], "2001"))
    assert json_of(reconcile(folder, "--since", "1d", "--json"))["queued"] == []


def test_a_repository_that_does_not_exist_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    shown = reconcile(with_labelled_issue(tmp_path), allowed="acme/shop,acme/gone")
    assert shown.exit_code == 2
    assert "Not read: acme/gone: " in shown.stdout
    assert "1 queued" in shown.stdout


def test_wants_repositories_that_are_listed(tmp_path: Path) -> None:
    assert "ALLOWED_REPOSITORIES" in str(reconcile(tmp_path, allowed="acme").exception)
