"""CHANGELOG.md keeps to the form that it names, so that a release's notes can be taken from it."""

from __future__ import annotations

import re

from tests.support.project_files import PROJECT

CHANGELOG = (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8")
SECTIONS = re.findall(r"^## (.*)$", CHANGELOG, re.MULTILINE)
KINDS = re.findall(r"^### (.*)$", CHANGELOG, re.MULTILINE)


def test_what_is_unreleased_comes_first_and_then_dated_versions_the_newest_before_the_others() -> None:
    assert SECTIONS[0] == "[Unreleased]"
    released = [re.fullmatch(r"\[(\d+)\.(\d+)\.(\d+)\] - (\d{4}-\d\d-\d\d)", section) for section in SECTIONS[1:]]
    versions = [tuple(int(part) for part in found.groups()[:3]) for found in released if found]
    assert len(versions) == len(released)
    assert versions == sorted(versions, reverse=True)


def test_changes_are_of_the_kinds_that_the_form_knows() -> None:
    assert KINDS
    assert set(KINDS) <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def test_each_line_is_an_entry_a_heading_or_the_rest_of_one() -> None:
    body = CHANGELOG.split("## [Unreleased]", 1)[1].splitlines()
    assert [line for line in body if line and not re.match(r"- \S|  \S|##|\[", line)] == []
