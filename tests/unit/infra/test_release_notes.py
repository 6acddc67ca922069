"""A tag makes a release of what the project's own files say."""

from __future__ import annotations

import pytest

from infra.release_notes import NoRelease, notes

PROJECT = '[project]\nversion = "1.2.0"\n'
CHANGELOG = """# Changelog

## [Unreleased]

## [1.2.0] - 2026-12-01

### Added

- A thing.

## [1.1.0] - 2026-11-01

- Older.

[1.2.0]: https://example.com
"""


def test_the_notes_are_the_section_about_the_version() -> None:
    assert notes("v1.2.0", PROJECT, CHANGELOG) == "### Added\n\n- A thing.\n"


def test_the_last_section_ends_before_the_links() -> None:
    text = CHANGELOG.replace("## [1.1.0] - 2026-11-01\n\n- Older.\n\n", "")
    assert notes("v1.2.0", PROJECT, text) == "### Added\n\n- A thing.\n"


@pytest.mark.parametrize("tag", ["1.2.0", "v1.2", "v1.2.0-rc.1", "v1.2.0; rm -rf /", "latest"])
def test_a_tag_of_another_form_makes_no_release(tag: str) -> None:
    with pytest.raises(NoRelease, match=r"those are like v1\.2\.3"):
        notes(tag, PROJECT, CHANGELOG)


def test_a_tag_that_is_not_the_projects_version_makes_no_release() -> None:
    with pytest.raises(NoRelease, match=r"The tag says 1\.1\.0, pyproject\.toml says 1\.2\.0"):
        notes("v1.1.0", PROJECT, CHANGELOG)


@pytest.mark.parametrize(
    "heading", ["## [1.2.0]\n", "## [Unreleased]\n", "## [1.2.0] - 2026-12-01\n\n## [0.9.0] - 2026-01-01\n"]
)
def test_a_version_without_a_dated_section_makes_no_release(heading: str) -> None:
    with pytest.raises(NoRelease, match="CHANGELOG"):
        notes("v1.2.0", PROJECT, f"# Changelog\n\n{heading}\n- A thing.\n")
