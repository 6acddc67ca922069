"""A real smart-HTTP git server on loopback: git's own `http-backend` behind a small threaded CGI server.

with git_http_server(folder_of_bare_repositories, username="agent", password="s3cret") as server:
    ...  # clone server.url + "/sample.git"
    server.inject(Fault("git-receive-pack", status=503))
"""

from __future__ import annotations

import base64
import contextlib
import hmac
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator, Mapping

_CHUNK = 64 * 1024
_ENVIRONMENT: Mapping[str, str] = {
    "GIT_HTTP_EXPORT_ALL": "1",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_COUNT": "2",
    "GIT_CONFIG_KEY_0": "http.receivepack",
    "GIT_CONFIG_VALUE_0": "true",
    "GIT_CONFIG_KEY_1": "safe.directory",
    "GIT_CONFIG_VALUE_1": "*",
    "PATH": os.environ.get("PATH", os.defpath),
}


class GitBackendMissing(RuntimeError):
    """There is no `git http-backend` on this machine: the tests cannot run, rather than pass for nothing."""

    def __init__(self) -> None:
        super().__init__("these tests need git with its http-backend; on Debian and Ubuntu: apt-get install git")


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong with requests whose path and query contain `where`; or of these, only with the authorized.

    They are answered with `status`, or redirected to `location`, or begin `delay` seconds late, or come in pieces of
    `piece` bytes with `pause` seconds between them, or break off after `cut_after` bytes of the body.
    """

    where: str
    status: int = 0
    location: str = ""
    delay: float = 0.0
    cut_after: int | None = None
    piece: int = _CHUNK
    pause: float = 0.0
    only_authorized: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """A request that came in, before anything was done about it."""

    method: str
    target: str
    authorization: str


class GitHttpServer(ThreadingHTTPServer):
    """Serves every repository below `root`; with a password, only to who knows it. Requests are kept in order."""

    daemon_threads = True

    def __init__(self, root: Path, username: str, password: str) -> None:
        super().__init__(("127.0.0.1", 0), CgiHandler)
        self.root = root
        self.requests: list[Request] = []
        self.released = threading.Event()
        self._password = password
        self._expected = "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()
        self._faults: tuple[Fault, ...] = ()

    @property
    def url(self) -> str:
        """Where the repositories are, without a slash at the end."""
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request: socket.socket | tuple[bytes, socket.socket], client_address: object) -> None:
        """A client that goes away is no event here; any other error is printed, as usual."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)

    def inject(self, *faults: Fault) -> None:
        """From now on these go wrong, and nothing else; without arguments all is well again."""
        self._faults = faults

    def fault_for(self, request: Request) -> Fault | None:
        """What is to go wrong with a request."""
        hits = (fault for fault in self._faults if fault.where in request.target)
        return next((fault for fault in hits if request.authorization or not fault.only_authorized), None)

    def allows(self, authorization: str) -> bool:
        """Whether the request may pass."""
        return not self._password or hmac.compare_digest(authorization.encode(), self._expected.encode())


@contextlib.contextmanager
def git_http_server(root: Path, username: str = "", password: str = "") -> Iterator[GitHttpServer]:
    """A running server, stopped at the end; without a password it lets everybody in."""
    require_backend()
    server = GitHttpServer(root, username, password)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        server.shutdown()
        server.server_close()
        thread.join()


@cache
def require_backend() -> None:
    try:
        found = subprocess.run(["git", "--exec-path"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise GitBackendMissing from error
    if not (Path(found.stdout.strip()) / "git-http-backend").exists():
        raise GitBackendMissing


class CgiHandler(BaseHTTPRequestHandler):
    """One connection: reads a request, runs the backend for it, streams its answer."""

    protocol_version = "HTTP/1.1"
    server: GitHttpServer

    timeout = 60.0  # seconds; a connection that idles does not keep its thread

    def log_message(self, *_: object) -> None:
        """Tests look at `requests` instead."""

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        self._answer(self._body())

    def _answer(self, body: bytes) -> None:
        authorization = self.headers.get("Authorization", "")
        request = Request(self.command, self.path, authorization)
        self.server.requests.append(request)
        fault = self.server.fault_for(request) or Fault("")
        self.server.released.wait(fault.delay)
        if fault.location:
            self._refuse(302, ("Location", fault.location + self.path))
        elif fault.status:
            self._refuse(fault.status)
        elif not self.server.allows(authorization):
            self._refuse(401, ("WWW-Authenticate", 'Basic realm="git"'))
        else:
            self._run_backend(body, fault)

    def _refuse(self, status: int, *headers: tuple[str, str]) -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            return b"".join(self._chunks())
        return self.rfile.read(int(self.headers.get("Content-Length", "0")))

    def _chunks(self) -> Iterator[bytes]:
        while size := int(self.rfile.readline().split(b";")[0], 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()

    def _run_backend(self, body: bytes, fault: Fault) -> None:
        with subprocess.Popen(
            ["git", "http-backend"],
            env=self._cgi_environment(len(body)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as backend:
            feeder = threading.Thread(target=_feed, args=(backend.stdin, body), daemon=True)
            feeder.start()
            with contextlib.suppress(OSError):  # the client went away
                self._relay(_opened(backend.stdout), fault)
            _opened(backend.stdout).close()
            feeder.join()

    def _cgi_environment(self, length: int) -> dict[str, str]:
        path, _, query = self.path.partition("?")
        return {
            **_ENVIRONMENT,
            "GIT_PROJECT_ROOT": str(self.server.root),
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "REQUEST_METHOD": self.command,
            "REMOTE_ADDR": self.client_address[0],
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(length),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
        }

    def _relay(self, answer: IO[bytes], fault: Fault) -> None:
        headers = dict(_cgi_headers(answer))
        self.send_response(int(headers.pop("Status", "200").split()[0]))
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self._relay_body(answer, fault)

    def _relay_body(self, answer: IO[bytes], fault: Fault) -> None:
        sent = 0
        while piece := answer.read(fault.piece):
            if fault.cut_after is not None and sent + len(piece) > fault.cut_after:
                self.wfile.write(b"%x\r\n%s" % (len(piece), piece[: fault.cut_after - sent]))
                self.close_connection = True
                return
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            sent += len(piece)
            self.server.released.wait(fault.pause)
        self.wfile.write(b"0\r\n\r\n")


def _opened(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        message = "the backend was started without a pipe"
        raise RuntimeError(message)
    return pipe


def _feed(pipe: IO[bytes] | None, body: bytes) -> None:
    with contextlib.suppress(OSError), _opened(pipe) as stdin:  # the backend may refuse before it has read all
        stdin.write(body)


def _cgi_headers(answer: IO[bytes]) -> Iterator[tuple[str, str]]:
    while line := answer.readline().decode("latin-1").strip():
        name, _, value = line.partition(":")
        yield name, value.strip()
