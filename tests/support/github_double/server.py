"""The stand-in over HTTP, and faults at chosen requests.

with github_double(tmp_path) as github:
    shop = github.world.create_repository("acme/shop", {"README.md": "A shop."})
    ...  # GITHUB_BASE_URL is github.url
    github.inject(Fault("POST", "/comments", lost=True))
"""

from __future__ import annotations

import base64
import contextlib
import json
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from tests.support.git_http import CgiHandler, GitHttpServer, require_backend
from tests.support.github_double import graphql
from tests.support.github_double.access import Access, Grant
from tests.support.github_double.rest import HANDLERS, Call, Refused, page
from tests.support.github_double.views import over
from tests.support.github_double.world import World
from tests.support.github_openapi import description

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.support.github_double.rest import Result
    from tests.support.github_double.world import Repository
    from tests.support.github_openapi import Operation

Json = dict[str, Any]
_REST, _GRAPHQL = "/api/v3", "/api/graphql"


@dataclass
class Fault:
    """What goes wrong with requests of a method ("": any) whose target contains `where`: so many `times` after `skip`.

    They are answered with `status`, `headers` and `body` instead of being carried out; or they are carried out, and the
    answer is lost, or cut in half; or they begin `delay` seconds late.
    """

    method: str = ""
    where: str = ""
    times: int = 1
    skip: int = 0
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = '{"message": "injected"}'
    lost: bool = False
    half: bool = False
    delay: float = 0.0


@dataclass(frozen=True)
class Asked:
    """A request that came in; `template` is "" where it is no REST operation."""

    method: str
    path: str
    query: Mapping[str, str]
    body: object
    authorization: str
    template: str = ""


class GitHubDouble(GitHttpServer):
    """The server; `asked` are the API's requests in order, `problems` what did not agree with the description."""

    def __init__(self, root: Path, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> None:
        super().__init__(root, "", "")
        self.RequestHandlerClass = _Handler
        self._origin = f"{'https' if tls else 'http'}://{host}:{self.server_port}"
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self.world = World(root)
        self.access = Access()
        self.asked: list[Asked] = []
        self.problems: list[str] = []
        self.connections = 0
        self._planned: list[Fault] = []

    @property
    def url(self) -> str:
        """What people open, and `GITHUB_BASE_URL` is."""
        return self._origin

    def get_request(self) -> tuple[Any, Any]:
        """Counts the connections."""
        accepted = super().get_request()
        self.connections += 1
        return accepted

    def go_wrong(self, *faults: Fault) -> None:
        """From now on these go wrong, each so often as it says; without arguments nothing does any more."""
        self._planned = list(faults)

    def next_fault(self, method: str, target: str) -> Fault | None:
        """The fault that a request meets."""
        for fault in self._planned:
            if fault.times <= 0 or fault.method not in {"", method} or fault.where not in target:
                continue
            if fault.skip:
                fault.skip -= 1
                continue
            fault.times -= 1
            return fault
        return None

    def allows(self, authorization: str) -> bool:
        """Git's requests: a token as the password, which may read or write the repository's contents."""
        return self.git_grant(authorization) is not None

    def git_grant(self, authorization: str) -> Grant | None:
        try:
            _, _, password = base64.b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
        except ValueError:
            return None
        return self.access.grant(password)

    def by_path(self, path: str) -> Repository | None:
        """The repository at the beginning of a path, under a name that it has or had."""
        full_name = "/".join(path.strip("/").split("/")[:2]).removesuffix(".git")
        former = self.world.former_names.get(full_name.casefold())
        return self.world.named(full_name) or (self.world.repositories[former] if former else None)


@contextlib.contextmanager
def github_double(root: Path, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> Iterator[GitHubDouble]:
    """A running stand-in, stopped at the end; with `tls`, as the host that its certificate is for."""
    require_backend()
    server = GitHubDouble(root, tls, host)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(CgiHandler):
    """One connection."""

    server: GitHubDouble
    disable_nagle_algorithm = True

    def do_GET(self) -> None:  # noqa: N802 - the name that http.server calls
        self._answer_all(b"")

    def do_POST(self) -> None:  # noqa: N802 - likewise
        self._answer_all(self._body())

    do_PATCH = do_POST  # noqa: N815 - likewise
    do_DELETE = do_GET  # noqa: N815 - likewise

    def _answer_all(self, body: bytes) -> None:
        target = urlsplit(self.path)
        fault = self.server.next_fault(self.command, self.path)
        if fault and fault.delay:
            self.server.released.wait(fault.delay)
        if fault and fault.status:
            self._send(fault.status, fault.body.encode(), fault.headers)
        elif not target.path.startswith((_REST, _GRAPHQL)):
            self._git(body)
        else:
            self._api(target.path, dict(parse_qsl(target.query, keep_blank_values=True)), body, fault)

    # -- git ---------------------------------------------------------------------------------------

    def _git(self, body: bytes) -> None:
        repository = self.server.by_path(self.path)
        grant = self.server.git_grant(self.headers.get("Authorization", ""))
        pushes = "git-receive-pack" in self.path
        if grant and (not repository or not grant.sees(repository.id)):
            self._send(404, b"")
        elif grant and not grant.may("contents", "write" if pushes else "read"):
            self._send(403, b"")
        else:
            rest = self.path.split(".git", 1)[-1]
            self.path = f"/{repository.id if repository else 0}.git{rest}"
            self._answer(body)

    # -- The API -----------------------------------------------------------------------------------

    def _api(self, path: str, query: Mapping[str, str], body: bytes, fault: Fault | None) -> None:
        sent = json.loads(body) if body else None
        with self.server.world.lock:
            if path == _GRAPHQL:
                status, answer, headers = self._graphql(sent)
            else:
                status, answer, headers = self._rest(path.removeprefix(_REST), query, sent)
        content = b"" if answer is None else json.dumps(answer).encode()
        if fault and fault.lost:
            self.close_connection = True
        elif fault and fault.half:
            self._send(status, content[: len(content) // 2], {**headers, "Content-Length": str(len(content))})
            self.close_connection = True
        else:
            self._send(status, content, headers)

    def _graphql(self, sent: Any) -> tuple[int, Any, Mapping[str, str]]:
        grant = self._grant()
        self.server.asked.append(Asked("POST", _GRAPHQL, {}, sent, self.headers.get("Authorization", "")))
        if grant is None:
            return 401, {"message": "Bad credentials"}, {}
        return 200, graphql.answer(self.server.world, grant, sent), {}

    def _rest(self, path: str, query: Mapping[str, str], sent: Any) -> tuple[int, Any, Mapping[str, str]]:
        operation = description().operation(self.command, path)
        template = operation.template if operation else ""
        asked = Asked(self.command, path, query, sent, self.headers.get("Authorization", ""), template)
        self.server.asked.append(asked)
        if operation is None:
            self.server.problems.append(f"{self.command} {path} is not in GitHub's description")
            return 404, {"message": "Not Found"}, {}
        problems = description().request_problems(operation, query, sent)
        self.server.problems += [f"{self.command} {path}: {problem}" for problem in problems]
        return self._carried_out(operation, path, query, sent)

    def _carried_out(
        self, operation: Operation, path: str, query: Mapping[str, str], sent: Any
    ) -> tuple[int, Any, Mapping[str, str]]:
        try:
            call = self._call(operation, path, query, sent)
            result = HANDLERS[operation.method, operation.template](call)
        except Refused as refused:
            return refused.status, refused.body, refused.headers
        answer, headers = self._filled(operation, call, path, result)
        problems = description().response_problems(operation, result.status, answer)
        self.server.problems += [f"the answer to {self.command} {path}: {problem}" for problem in problems]
        return result.status, answer, {**result.headers, **headers}

    def _call(self, operation: Operation, path: str, query: Mapping[str, str], sent: Any) -> Call:
        grant = self._app_grant(operation) or self._grant()
        if grant is None:
            raise Refused(401, "Bad credentials")
        repository = self._repository(operation, path, grant) if path.startswith("/repos/") else None
        return Call(
            self.server.world,
            self.server.access,
            grant,
            f"{self.server.url}{_REST}",
            repository,
            operation.arguments,
            query,
            sent or {},
        )

    def _repository(self, operation: Operation, path: str, grant: Grant) -> Repository:
        """Renamed ones are redirected to, those that the token does not see do not exist."""
        full_name = f"{operation.arguments['owner']}/{operation.arguments['repo']}"
        found = self.server.by_path(full_name)
        if found is None or not grant.sees(found.id):
            raise Refused(404, "Not Found")
        if found.full_name.casefold() != full_name.casefold():
            there = f"{self.server.url}{_REST}{path.replace(full_name, found.full_name, 1)}"
            raise Refused(301 if self.command == "GET" else 307, "Moved Permanently", Location=there)
        return found

    def _grant(self) -> Grant | None:
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        return self.server.access.grant(token) if scheme.lower() in {"token", "bearer"} else None

    def _app_grant(self, operation: Operation) -> Grant | None:
        """As the App itself, which few operations take and only these."""
        app = self.server.access.app
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        takes_app = operation.template.startswith("/app") or operation.template.endswith("/installation")
        return Grant(app.login) if takes_app and scheme == "Bearer" and app.is_signed(token) else None

    def _filled(self, operation: Operation, call: Call, path: str, result: Result) -> tuple[Any, Mapping[str, str]]:
        """The facts put over the description's example, and the header that leads to the next page."""
        if result.items is None and result.body is None:
            return None, {}
        example = description().example(operation, result.status)
        if result.items is None:
            return _made_of(example, result.body), {}
        paged = description().has_pages(operation)
        here, headers = page(call, result.items, f"{self.server.url}{_REST}{path}") if paged else (result.items, {})
        return [_made_of(example, item) for item in here], headers

    def _send(self, status: int, content: bytes, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        sent = {
            "Content-Type": "application/json; charset=utf-8",
            "Content-Length": str(len(content)),
            "X-RateLimit-Limit": "5000",
            "X-RateLimit-Remaining": str(max(1, 5000 - len(self.server.asked))),
            "X-RateLimit-Resource": "graphql" if self.path.startswith(_GRAPHQL) else "core",
            **(headers or {}),
        }
        for name, value in sent.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)


def _made_of(example: Any, facts: Json) -> Any:
    """The example with the facts over it: a name that ends in `!` replaces the whole, those in `-` are left out."""
    whole = {name.removesuffix("!"): value for name, value in facts.items() if name.endswith("!")}
    left_out = set(facts.get("-", []))
    plain = {name: value for name, value in facts.items() if name != "-" and not name.endswith("!")}
    made = {**over(_without(example, plain), _cleaned(plain)), **whole}
    return {name: value for name, value in made.items() if name not in left_out}


def _cleaned(value: Any) -> Any:
    """The facts without instructions."""
    if isinstance(value, dict):
        return {name: _cleaned(inner) for name, inner in value.items() if name != "-"}
    return value


def _without(example: Any, facts: Json) -> Any:
    """The example without what the facts leave out at a deeper level."""
    result = dict(example)
    for name, value in facts.items():
        if isinstance(value, dict) and isinstance(result.get(name), dict):
            dropped = set(value.get("-", []))
            result[name] = {inner: each for inner, each in result[name].items() if inner not in dropped}
    return result
