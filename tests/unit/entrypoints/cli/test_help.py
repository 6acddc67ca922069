"""The pages that `--help` shows."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from entrypoints.cli.main import cli

PAGES = [
    *([], ["solve"], ["demo"], ["serve"], ["gateway"], ["worker"]),
    *(["local-forge"], ["local-forge", "add"], ["local-forge", "issue"], ["local-forge", "label"]),
    *(
        ["queue"],
        ["queue", "status"],
        ["queue", "purge"],
        ["pause"],
        ["resume"],
        ["enqueue"],
        ["reconcile"],
        ["doctor"],
        ["health"],
    ),
    *(["queue", "dead"], *(["queue", "dead", verb] for verb in ("list", "show", "retry", "drop"))),
]


@pytest.mark.parametrize("page", PAGES, ids=" ".join)
def test_every_page_fits_80_columns_and_shows_no_mark_up(page: list[str]) -> None:
    shown = CliRunner().invoke(cli, [*page, "--help"], prog_name="coding-agent")
    assert shown.exit_code == 0
    assert shown.stdout.startswith(" ".join(["Usage: coding-agent", *page]))
    assert max(map(len, shown.stdout.splitlines())) <= 80
    assert not {"\b", "\\", "..."} & set(shown.stdout.replace("\\n", "").replace('"..."', "").split())
    assert "\\b" not in shown.stdout
    assert "noqa" not in shown.stdout


def test_says_its_version_and_its_name_however_it_was_started() -> None:
    shown = CliRunner().invoke(cli, ["--version"], prog_name="coding-agent")
    assert shown.stdout.startswith("coding-agent, version ")
