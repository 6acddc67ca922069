"""A proxy for encrypted connections: it takes `CONNECT` to any host, and leads to the same port of this machine.

So a host that no name server knows is reached through it, and only through it.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class ConnectProxy(ThreadingHTTPServer):
    """`asked` are the targets of the requests that it took."""

    daemon_threads = True

    def __init__(self, expected: str) -> None:
        super().__init__(("127.0.0.1", 0), _Tunnel)
        self.expected = expected
        self.asked: list[str] = []

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server_port}"


@contextlib.contextmanager
def connect_proxy(expected: str = "") -> Iterator[ConnectProxy]:
    """A running proxy, stopped at the end; with `expected`, for those who send this `Proxy-Authorization`."""
    server = ConnectProxy(expected)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Tunnel(BaseHTTPRequestHandler):
    server: ConnectProxy

    def log_message(self, *_: object) -> None:
        """Tests look at `asked` instead."""

    def do_CONNECT(self) -> None:
        credentials = self.headers.get("Proxy-Authorization", "")
        if self.server.expected not in {"", credentials}:
            self._refuse()
            return
        self.server.asked.append(self.path)
        port = int(self.path.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port)) as there:
            self.send_response(200)
            self.end_headers()
            back = threading.Thread(target=_pump, args=(there, self.connection), daemon=True)
            back.start()
            _pump(self.connection, there)
            back.join()
        self.close_connection = True

    def _refuse(self) -> None:
        self.send_response(407)
        self.send_header("Proxy-Authenticate", 'Basic realm="proxy"')
        self.send_header("Content-Length", "0")
        self.end_headers()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(64 * 1024):
            target.sendall(piece)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)
