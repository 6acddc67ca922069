"""What the processes refuse to start without."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from domain.errors import InvalidInput
from entrypoints.cli.processes import gateway, serve


@pytest.mark.parametrize("command", [gateway, serve], ids=["gateway", "serve"])
def test_no_webhook_is_taken_without_a_secret_and_the_setting_is_named(command: object) -> None:
    done = CliRunner(env={"WEBHOOK_SECRET": "", "QUEUE": "memory"}).invoke(command)  # type: ignore[arg-type]  # either is a command
    assert isinstance(done.exception, InvalidInput)
    assert str(done.exception).startswith("WEBHOOK_SECRET: ")
