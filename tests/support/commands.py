"""`coding-agent` inside the test's own process: quicker than a process, and enough for what is only printed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from click.testing import CliRunner

from entrypoints.cli.main import cli

if TYPE_CHECKING:
    from click.testing import Result


def command(*arguments: str, **settings: object) -> Result:
    """What the command comes to with these settings and no others; an error is kept in `exception`."""
    environment = {name.upper(): str(value) for name, value in settings.items()}
    return CliRunner(env=environment).invoke(cli, arguments, prog_name="coding-agent")


def json_of(result: Result) -> dict[str, Any]:
    """The one object that it printed, with nothing beside it."""
    assert result.stdout.count("\n") == 1
    assert not result.stderr
    found: dict[str, Any] = json.loads(result.stdout)
    assert found["exit_code"] == result.exit_code
    return found
