"""A folder of secrets of one's own."""

from __future__ import annotations

import json
import stat
import subprocess
from typing import TYPE_CHECKING

import pytest

from infra.kubernetes.broker_secret import users
from tests.support.project_files import PROJECT

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = PROJECT / "infra" / "compose"
SCRIPT = FOLDER / "make-secrets.sh"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("own") / "secrets"
    subprocess.run([SCRIPT, folder], check=True, capture_output=True)
    return folder


def test_has_the_examples_files_and_none_of_its_passwords(made: Path) -> None:
    assert {path.name for path in made.iterdir()} == {path.name for path in (FOLDER / "secrets.example").iterdir()}
    assert [path.name for path in made.iterdir() if "try-out" in path.read_text()] == []
    assert (made / "webhook-secret").read_text().strip() != (made / "grafana-password").read_text().strip()


def test_the_broker_and_its_clients_hold_the_same_passwords(made: Path) -> None:
    users = {
        user["name"]: user["password"] for user in json.loads((made / "rabbitmq-definitions").read_text())["users"]
    }
    for name in ("admin", "gateway", "worker"):
        assert (made / f"{name}-url").read_text().strip() == f"amqp://{name}:{users[name]}@rabbitmq:5672/"
    assert len(set(users.values())) == len(users)


def test_the_brokers_users_may_do_what_they_may_on_kubernetes(made: Path) -> None:
    told = json.loads((made / "rabbitmq-definitions").read_text())
    here = {each["user"]: (each["configure"], each["write"], each["read"]) for each in told["permissions"]}
    there = {
        user.name: tuple(right.replace(r"\-", "-") for right in (user.configure, user.write, user.read))
        for user in users("agent-tasks")
    }
    assert here == {"monitoring" if name == "keda" else name: rights for name, rights in there.items()}


def test_its_files_are_for_the_containers_and_the_folder_for_its_owner(made: Path) -> None:
    assert stat.S_IMODE(made.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in made.iterdir()} == {0o644}


def test_secrets_that_are_there_are_left_alone(made: Path) -> None:
    again = subprocess.run([SCRIPT, made], check=False, capture_output=True, text=True)
    assert again.returncode == 1
    assert "delete it, or name another folder" in again.stderr
