"""A real RabbitMQ for the tests that need one.

Where a Docker engine answers it is a container of `CODING_AGENT_TEST_RABBITMQ_IMAGE` (`rabbitmq:4-management` unless
set), otherwise a private child from Debian's package `rabbitmq-server`. `CODING_AGENT_TEST_BROKER` = `docker` or
`private` insists on one of them. It is started by the first test of a process that asks, and shared by all of it: such
tests carry the mark `broker`, which keeps them on one worker of a parallel run.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import trustme

from tests.support.broker_guard import SERVER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

IMAGE = os.environ.get("CODING_AGENT_TEST_RABBITMQ_IMAGE", "rabbitmq:4-management")
CHOICE = os.environ.get("CODING_AGENT_TEST_BROKER", "")
MISSING = (
    "These tests need a RabbitMQ: start Docker, or install Debian's rabbitmq-server (`make system` does). "
    "Neither a Docker engine answers, nor is there " + str(SERVER) + "."
)
broker_group = pytest.mark.xdist_group("broker")


@dataclass(frozen=True, slots=True)
class Broker:
    """A broker that runs. `certificates` holds `ca.pem`, `client.pem` and `client.key`; `amqps` asks for them.

    `ctl` is its `rabbitmqctl`.
    """

    host: str
    amqp: int
    amqps: int
    http: int
    certificates: Path
    kind: str
    ctl: Callable[..., None]

    @property
    def url(self) -> str:
        """Where it is spoken to, credentials included."""
        return f"amqp://guest:guest@{self.host}:{self.amqp}/"

    @property
    def tls_url(self) -> str:
        """The same over TLS."""
        return f"amqps://guest:guest@localhost:{self.amqps}/"


@contextmanager
def running_broker() -> Iterator[Broker]:
    """A broker until the end of the block; it ends too when this process is killed."""
    if CHOICE != "private" and _docker_answers():
        from tests.support.broker_container import container_broker  # noqa: PLC0415 - loads the client of Docker

        with container_broker(IMAGE) as broker:
            yield broker
    elif SERVER.exists():
        with private_broker() as (broker, _):
            yield broker
    else:
        pytest.fail(MISSING, pytrace=False)


@contextmanager
def private_broker() -> Iterator[tuple[Broker, PrivateControl]]:
    """A child process of our own, and what can be done to it."""
    folder = Path(tempfile.mkdtemp(prefix="coding-agent-broker-"))
    certificates = Path(tempfile.mkdtemp(prefix="coding-agent-broker-tls-"))
    issue_certificates(certificates, folder)
    guard = subprocess.Popen(
        [sys.executable, "-P", "-m", "tests.support.broker_guard", str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    control = PrivateControl(guard)
    try:
        ports = control.ports()
        listening = (ports["amqp"], ports["amqps"], ports["http"])
        yield Broker("127.0.0.1", *listening, certificates, "private", control.ctl), control
    finally:
        control.stop()
        shutil.rmtree(certificates, ignore_errors=True)


class PrivateControl:
    """What a test may do to a private broker."""

    def __init__(self, guard: subprocess.Popen[str]) -> None:
        self._guard = guard

    def ports(self) -> dict[str, int]:
        """Its ports, once it answers; they stay the same over a restart."""
        assert self._guard.stdout is not None
        line = self._guard.stdout.readline()
        if not line:
            _, errors = self._guard.communicate()
            pytest.fail(f"The private broker did not start:\n{errors[-3000:]}", pytrace=False)
        ports: dict[str, int] = json.loads(line)
        return ports

    def restart(self) -> None:
        """Kill it, and start it on the same data; returns once it answers."""
        self._order("restart")

    def ctl(self, *arguments: str) -> None:
        """Run `rabbitmqctl` with these arguments, none of which has blanks in it."""
        self._order("ctl", *arguments)

    def _order(self, *words: str) -> None:
        assert self._guard.stdin is not None
        self._guard.stdin.write(" ".join(words) + "\n")
        self._guard.stdin.flush()
        self.ports()

    def stop(self) -> None:
        """End it, with everything that belongs to it."""
        self._guard.communicate()


def issue_certificates(client: Path, server: Path) -> None:
    """An authority of our own; its certificates for the broker (`localhost`), and for who speaks to it."""
    authority = trustme.CA()
    of_server, of_client = authority.issue_cert("localhost", "127.0.0.1"), authority.issue_cert("agent")
    for folder in (client, server):
        authority.cert_pem.write_to_path(folder / "ca.pem")
    of_server.cert_chain_pems[0].write_to_path(server / "server.pem")
    of_server.private_key_pem.write_to_path(server / "server.key")
    of_client.cert_chain_pems[0].write_to_path(client / "client.pem")
    of_client.private_key_pem.write_to_path(client / "client.key")


def _docker_answers() -> bool:
    if shutil.which("docker") is None:
        if CHOICE == "docker":
            pytest.fail(MISSING, pytrace=False)
        return False
    asked = subprocess.run(["docker", "info"], capture_output=True, check=False, timeout=30)
    if asked.returncode and CHOICE == "docker":
        pytest.fail(f"CODING_AGENT_TEST_BROKER=docker, but no engine answers: {asked.stderr.decode()}", pytrace=False)
    return asked.returncode == 0
