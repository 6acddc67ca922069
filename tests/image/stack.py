"""The stack of infra/compose under a name of its own, with secrets, ports and a script of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import uuid
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]
COMPOSE = Path(sys.executable).with_name("docker-compose")
ANSWER = ROOT / "entrypoints/cli/demo_data/answers/fix/01-fix.md"
PATIENCE_SECONDS = 300.0
_LONG_WINDED = "First I read the files that are shown, one after the other.\n" * 700
"""The scripted model writes 60 characters every 20 ms: for about 14 seconds there is something to interrupt."""


def docker(*arguments: str, check: bool = True) -> str:
    """What the client prints, standard error included."""
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True, check=False)
    assert not check or done.returncode == 0, f"docker {' '.join(arguments)}: {done.stdout}{done.stderr}"
    return done.stdout + done.stderr


def inspected(name: str) -> dict[str, Any]:
    """All that the engine knows of a container or an image."""
    found: list[dict[str, Any]] = json.loads(docker("inspect", name))
    return found[0]


@dataclass(frozen=True, slots=True)
class Stack:
    """A running one; `folder` holds what is its own."""

    project: str
    folder: Path
    image: str

    @property
    def secrets(self) -> dict[str, str]:
        """What its secret files hold, where they hold anything."""
        texts = {path.name: path.read_text().strip() for path in (self.folder / "secrets").iterdir()}
        return {name: text for name, text in texts.items() if text and name != "README.md"}

    def compose(self, *arguments: str, check: bool = True) -> str:
        """What Compose prints on standard output when it does this to the stack."""
        files: list[str | Path] = ["-f", ROOT / "infra/compose/compose.yaml", "-f", self.folder / "script.yaml"]
        command: list[str | Path] = [
            COMPOSE,
            "--ansi=never",
            "-p",
            self.project,
            "--env-file",
            self.folder / "env",
            *files,
            *arguments,
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if check and done.returncode:
            pytest.fail(f"compose {' '.join(arguments)}: {done.stdout}{done.stderr}\n{self.logs()[-5000:]}")
        return done.stdout

    def containers(self, service: str = "") -> list[str]:
        """The ids of the containers that there are, of one service or of all, ended ones too."""
        named = [service] if service else []
        return self.compose("ps", "--all", "--quiet", *named).split()

    def logs(self, service: str = "") -> str:
        """All that its containers have written."""
        return self.compose("logs", "--no-color", *([service] if service else []), check=False)

    def tool(self, *arguments: str, entrypoint: str = "coding-agent") -> str:
        """What a command prints that is run beside the stack, with an operator's settings."""
        return self.compose("run", "--rm", "--no-deps", "-T", f"--entrypoint={entrypoint}", "tools", *arguments)

    def pages(self) -> str:
        """Every page of the local forge's sample, under its path."""
        return self.tool("-c", "cd forge/demo/durations; grep -rs '' issues pulls || :", entrypoint="sh")


@contextmanager
def running_stack(folder: Path, image: str, rabbitmq: str) -> Iterator[Stack]:
    """A stack that is up and well; whatever happens, nothing of it is left behind at the end of the block."""
    stack = Stack(f"coding-agent-test-{uuid.uuid4().hex[:8]}", folder, image)
    _configure(folder, image, rabbitmq)
    try:
        stack.compose("up", "--detach", "--no-build", "--wait", "--wait-timeout", f"{PATIENCE_SECONDS:.0f}")
        yield stack
    finally:
        stack.compose("--profile", "*", "down", "--volumes", "--timeout", "5", "--remove-orphans", check=False)


def wait_for(condition: Callable[[], bool], words: str) -> None:
    """Wait until it holds; fails with the words when it has not for five minutes."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain: {words}"
        time.sleep(0.5)


def _configure(folder: Path, image: str, rabbitmq: str) -> None:
    subprocess.run([ROOT / "infra/compose/make-secrets.sh", folder / "secrets"], check=True, capture_output=True)
    script = folder / "answer.md"
    script.write_text(_LONG_WINDED + "\n" + ANSWER.read_text())
    script.chmod(0o644)
    own = {
        "ENV_FILE": folder / "env",
        "SECRETS": folder / "secrets",
        "AGENT_IMAGE": image,
        "RABBITMQ_IMAGE": rabbitmq,
        "PUBLISH_PORT": 0,
        "RABBITMQ_MANAGEMENT_PORT": 0,
        "SCRIPT_PATH": "/answer.md",
    }
    example = (ROOT / "infra/compose/.env.example").read_text()
    (folder / "env").write_text(example + "".join(f"{name}={value}\n" for name, value in own.items()))
    mount = {"volumes": [f"{script}:/answer.md:ro"]}
    (folder / "script.yaml").write_text(json.dumps({"services": {"worker": mount}}))


def built_image(python: str) -> str:
    """The image, built from the work tree; its name."""
    name = "coding-agent:test"
    arguments = {"PYTHON_IMAGE": python, "VERSION": "0.0.0+test", "REVISION": "test", "SOURCE": "test"}
    options = [option for key, value in arguments.items() for option in ("--build-arg", f"{key}={value}")]
    docker("build", "--quiet", *options, "--tag", name, os.fspath(ROOT))
    return name
