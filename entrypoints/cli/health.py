"""`coding-agent health`: whether the process beside it lives; made for a container's health check.

It is called every few seconds, and so loads nothing that it can do without.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING

import click

from domain.errors import InvalidInput, RemoteUnavailable
from entrypoints.cli.json_command import JsonCommand, as_json_option
from entrypoints.cli.standard_output import write_out
from infra.settings import load

if TYPE_CHECKING:
    from infra.settings import Settings

_SECONDS = 5.0
_LONGEST_PAGE = 10_000
_OF_EVERY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared, not listened on


@click.command(cls=JsonCommand)
@click.argument("process", type=click.Choice(["gateway", "worker"]), required=False)
@click.option("--ready", is_flag=True, help="Ask whether it can do its work now: /ready instead of /health.")
@as_json_option
def health(process: str | None, *, ready: bool, as_json: bool) -> None:
    """Ask the gateway or the worker on this machine whether it lives. Exit code 0: it does, 3: it does not.

    Where it listens is read from the settings: GATEWAY_PORT, and WORKER_HTTP_PORT where that is set. Without a name,
    the first of the two that answers counts: in a container there is only one.
    """
    found = _first_that_answers(_listeners(load(os.environ), process), "/ready" if ready else "/health")
    if as_json:
        write_out(f"{json.dumps({'exit_code': 0, 'process': found.process, 'status': found.status})}\n")
    else:
        write_out(f"The {found.process} is {found.status}.\n")


@dataclass(frozen=True, slots=True)
class _Listener:
    """Where one of our processes would answer."""

    process: str
    host: str
    port: int

    def __str__(self) -> str:
        return f"no {self.process} at {self.host} port {self.port}"


@dataclass(frozen=True, slots=True)
class _Found:
    """Which one answered, and what it says of itself."""

    process: str
    status: str


def _listeners(settings: Settings, process: str | None) -> list[_Listener]:
    ports = {
        "gateway": (settings.gateway_host, settings.gateway_port),
        "worker": (settings.worker_http_host, settings.worker_http_port),
    }
    known = [
        _Listener(name, _OF_EVERY_ADDRESS.get(host, host), port)
        for name, (host, port) in ports.items()
        if port and process in {None, name}
    ]
    if not known:
        message = "GATEWAY_PORT, WORKER_HTTP_PORT: neither names a port that could be asked."
        raise InvalidInput(message)
    return known


def _first_that_answers(listeners: list[_Listener], path: str) -> _Found:
    """Raises `RemoteUnavailable` where nobody answers, or who does is not well."""
    for listener in listeners:
        answer = _ask(listener, path)
        if answer is None:
            continue
        status, page = answer
        if status == HTTPStatus.OK:
            return _Found(listener.process, str(page.get("status", "")))
        message = f"The {listener.process} is not well: {page.get('error', f'it answers {status}')}"
        raise RemoteUnavailable(message)
    message = f"Nothing answers here: {', '.join(map(str, listeners))}. Its log says why."
    raise RemoteUnavailable(message)


def _ask(listener: _Listener, path: str) -> tuple[int, dict[str, object]] | None:
    """The status and the page; None where nobody listens there, or somebody who is none of ours."""
    connection = HTTPConnection(listener.host, listener.port, timeout=_SECONDS)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        page = json.loads(response.read(_LONGEST_PAGE))
    except (OSError, HTTPException, ValueError):
        return None
    finally:
        connection.close()
    return (response.status, page) if isinstance(page, dict) else None


commands = {"health": health}
