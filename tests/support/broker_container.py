"""RabbitMQ in a container."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from tests.support.broker import Broker, issue_certificates

if TYPE_CHECKING:
    from collections.abc import Iterator

_START_SECONDS = 240
_CONFIGURATION = """
listeners.tcp.default = 5672
listeners.ssl.default = 5671
loopback_users.guest = false
ssl_options.cacertfile = /agent/ca.pem
ssl_options.certfile = /agent/server.pem
ssl_options.keyfile = /agent/server.key
ssl_options.verify = verify_peer
ssl_options.fail_if_no_peer_cert = true
log.console = true
disk_free_limit.absolute = 10MB
"""


@contextmanager
def container_broker(image: str) -> Iterator[Broker]:
    """The image with our certificates; the container is removed at the end of the block."""
    os.environ.setdefault("TESTCONTAINERS_CONNECTION_MODE", "docker_host")
    os.environ.setdefault("TESTCONTAINERS_RYUK_DISABLED", "true")  # its image may not be there, and the block ends
    from testcontainers.core.container import DockerContainer  # noqa: PLC0415 - reads the environment
    from testcontainers.core.wait_strategies import LogMessageWaitStrategy  # noqa: PLC0415

    server = Path(tempfile.mkdtemp(prefix="coding-agent-broker-"))
    client = Path(tempfile.mkdtemp(prefix="coding-agent-broker-tls-"))
    issue_certificates(client, server)
    (server / "agent.conf").write_text(_CONFIGURATION)
    for path in (server, *server.iterdir()):
        path.chmod(0o755)  # the broker in the container is another user
    container = (
        DockerContainer(image)
        .with_exposed_ports(5672, 5671, 15672)
        .with_volume_mapping(str(server), "/agent", "ro")
        .with_env("RABBITMQ_CONFIG_FILE", "/agent/agent.conf")
        .waiting_for(LogMessageWaitStrategy("Server startup complete").with_startup_timeout(_START_SECONDS))
    )
    try:
        with container:
            ports = {port: int(container.get_exposed_port(port)) for port in (5672, 5671, 15672)}
            host = container.get_container_host_ip()
            _warm_up(f"http://{host}:{ports[15672]}/api/queues/%2F/warm-up")

            def ctl(*arguments: str) -> None:
                code, output = container.exec(["rabbitmqctl", *arguments])
                assert code == 0, output

            yield Broker(host, ports[5672], ports[5671], ports[15672], client, f"docker ({image})", ctl)
    finally:
        shutil.rmtree(server, ignore_errors=True)
        shutil.rmtree(client, ignore_errors=True)


def _warm_up(queue: str) -> None:
    """Have one queue of each kind made: on a busy machine the first ones take longer than the agent waits for any."""
    deadline = time.monotonic() + _START_SECONDS
    with httpx.Client(trust_env=False, auth=("guest", "guest"), timeout=60) as client:
        for kind in ("classic", "quorum", "stream"):
            made = {"durable": True, "arguments": {"x-queue-type": kind}}
            while not _succeeds(client, "PUT", queue, made):
                assert time.monotonic() < deadline, f"the broker's first {kind} queue cannot be made"
                time.sleep(0.2)
            assert _succeeds(client, "DELETE", queue)


def _succeeds(client: httpx.Client, method: str, url: str, body: object = None) -> bool:
    try:
        return client.request(method, url, json=body).is_success
    except httpx.TransportError:
        return False
