"""The unit for systemd starts a command that there is, with settings that there are."""

from __future__ import annotations

import re

import pytest

from infra.settings import load
from tests.support.command_checks import faults
from tests.support.project_files import PROJECT
from tests.support.shell_text import commands_in_line

FOLDER = PROJECT / "infra" / "systemd"
UNIT = (FOLDER / "coding-agent.service").read_text(encoding="utf-8")
APP_KEY = (FOLDER / "app-key.conf").read_text(encoding="utf-8")
EXAMPLE = (FOLDER / "environment.example").read_text(encoding="utf-8")


def assigned(text: str) -> dict[str, str]:
    return dict(re.findall(r"^(?:Environment=)?([A-Z][A-Z_]+)=(.*)$", text, re.MULTILINE))


def test_it_starts_a_command_that_there_is() -> None:
    (started,) = re.findall(r"^ExecStart=(.*)$", UNIT, re.MULTILINE)
    assert [faults(command, whole=True) for command in commands_in_line(started)] == [[]]


@pytest.mark.parametrize("text", [UNIT, UNIT + APP_KEY], ids=["token", "app"])
def test_its_variables_are_settings_and_its_secrets_come_from_credentials(text: str) -> None:
    environment = assigned(text) | assigned(EXAMPLE)
    as_set = {name: value for name, value in environment.items() if value and not name.endswith("_FILE")}
    settings = load(as_set)
    assert {name for name in as_set if not hasattr(settings, name.lower())} == set()
    files = {name: value for name, value in environment.items() if value and name.endswith("_FILE")}
    assert all(hasattr(settings, name.removesuffix("_FILE").lower()) for name in files)
    loaded = re.split(r"^LoadCredential=$", text, flags=re.MULTILINE)[-1]
    assert sorted(files.values()) == sorted(f"%d/{name}" for name in re.findall(r"LoadCredential=([\w-]+):", loaded))
