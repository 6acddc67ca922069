"""What `coding-agent health` says of the process beside it."""

from __future__ import annotations

import socket
import subprocess
import sys
from contextlib import closing
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from domain.errors import InvalidInput, RemoteUnavailable
from tests.support.commands import command, json_of

if TYPE_CHECKING:
    from collections.abc import Iterator

WELL = b'{"status": "alive"}'
AWAY = b'{"error": "the queue cannot be reached"}'


class Pages(BaseHTTPRequestHandler):
    """Lives, and cannot do its work."""

    def do_GET(self) -> None:
        alive = self.path == "/health"
        self.send_response(HTTPStatus.OK if alive else HTTPStatus.SERVICE_UNAVAILABLE)
        self.end_headers()
        self.wfile.write(WELL if alive else AWAY)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Say nothing."""


@pytest.fixture
def port() -> Iterator[int]:
    """Where a process answers."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    Thread(target=server.serve_forever, daemon=True).start()
    with closing(server.socket):
        yield server.server_port
        server.shutdown()


@pytest.fixture
def nobody() -> int:
    """A port on which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        free: int = taken.getsockname()[1]
        return free


def test_a_gateway_is_asked_where_its_settings_say_that_it_listens(port: int) -> None:
    shown = command("health", gateway_host="0.0.0.0", gateway_port=port)  # noqa: S104
    assert (shown.exit_code, shown.stdout) == (0, "The gateway is alive.\n")


def test_the_same_command_finds_a_worker_where_no_gateway_runs(port: int, nobody: int) -> None:
    shown = command("health", "--json", gateway_port=nobody, worker_http_port=port)
    assert json_of(shown) == {"exit_code": 0, "process": "worker", "status": "alive"}


def test_the_process_that_is_named_is_asked_and_no_other(port: int, nobody: int) -> None:
    shown = command("health", "gateway", gateway_port=nobody, worker_http_port=port)
    assert isinstance(shown.exception, RemoteUnavailable)
    assert f"no gateway at 127.0.0.1 port {nobody}" in str(shown.exception)


def test_who_lives_but_cannot_work_is_not_ready_and_says_why(port: int) -> None:
    shown = command("health", "--ready", gateway_port=port)
    assert isinstance(shown.exception, RemoteUnavailable)
    assert str(shown.exception) == "The gateway is not well: the queue cannot be reached"


def test_a_server_that_is_none_of_ours_counts_as_nobody() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:

        def hang_up() -> None:
            other.accept()[0].close()

        Thread(target=hang_up, daemon=True).start()
        shown = command("health", gateway_port=other.getsockname()[1])
    assert isinstance(shown.exception, RemoteUnavailable)
    assert "no gateway" in str(shown.exception)


def test_without_a_known_port_the_settings_are_named() -> None:
    shown = command("health", "worker")
    assert isinstance(shown.exception, InvalidInput)
    assert "WORKER_HTTP_PORT" in str(shown.exception)


def test_loads_none_of_the_agents_parts() -> None:
    program = (
        "import sys, entrypoints.cli.health; print([n for n in ('infra.container', 'asyncio') if n in sys.modules])"
    )
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert loaded.stdout == "[]\n"
