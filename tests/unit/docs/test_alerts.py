"""docs/OPERATIONS.md says what to do about each alert, and about no other."""

from __future__ import annotations

import re

import yaml

from tests.support.project_files import PROJECT


def alerts() -> list[str]:
    """The alerts' names, in the order of the file."""
    rules = yaml.safe_load((PROJECT / "infra" / "prometheus" / "rules.yml").read_text(encoding="utf-8"))
    return [rule["alert"] for group in rules["groups"] for rule in group["rules"] if "alert" in rule]


def test_every_alert_has_its_entry_and_every_entry_its_alert() -> None:
    page = (PROJECT / "docs" / "OPERATIONS.md").read_text(encoding="utf-8")
    entries = re.findall(r"^### (.+)$", page.split("\n## Alerts\n")[1], re.MULTILINE)
    assert alerts()
    assert entries == alerts()
