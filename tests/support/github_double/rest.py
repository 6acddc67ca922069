"""The operations that the agent uses, as GitHub's documentation has them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from tests.support.github_double import views

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.support.github_double.access import Access, Grant
    from tests.support.github_double.world import Repository, Thread, World

Json = dict[str, Any]
_REPO = "/repos/{owner}/{repo}"


@dataclass(frozen=True)
class Result:
    """An answer; `items` are a list's, which is given in pages."""

    status: int
    body: Any = None
    items: list[Json] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


class Refused(Exception):
    """An answer that is an error."""

    def __init__(self, status: int, message: str, errors: list[Json] | None = None, **headers: str) -> None:
        super().__init__(message)
        self.status = status
        self.body: Json = {
            "message": message,
            "documentation_url": "https://docs.github.com/rest",
            "status": str(status),
        }
        if errors is not None:
            self.body["errors"] = errors
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


@dataclass(frozen=True)
class Call:
    """A request with all that a handler needs; `repository` is there below `/repos` only."""

    world: World
    access: Access
    grant: Grant
    api: str
    found: Repository | None
    arguments: Mapping[str, str]
    query: Mapping[str, str]
    body: Json

    @property
    def repository(self) -> Repository:
        if self.found is None:
            raise Refused(404, "Not Found")
        return self.found

    @property
    def url(self) -> str:
        """The repository's address in the API."""
        return f"{self.api}/repos/{self.repository.full_name}"

    def needs(self, permission: str, level: str) -> None:
        if not self.grant.may(permission, level):
            raise Refused(
                403, "Resource not accessible by integration", x_accepted_github_permissions=f"{permission}={level}"
            )

    def thread(self, name: str = "issue_number") -> Thread:
        number = self.arguments[name]
        found = self.repository.threads.get(int(number)) if number.isdecimal() else None
        if found is None:
            raise Refused(404, "Not Found")
        return found

    def pull(self) -> Thread:
        found = self.thread("pull_number")
        if not found.head:
            raise Refused(404, "Not Found")
        return found


Handler = "Callable[[Call], Result]"
HANDLERS: dict[tuple[str, str], Callable[[Call], Result]] = {}


def handles(method: str, template: str) -> Callable[[Callable[[Call], Result]], Callable[[Call], Result]]:
    """The operation that a function answers."""

    def remember(function: Callable[[Call], Result]) -> Callable[[Call], Result]:
        HANDLERS[method, template] = function
        return function

    return remember


def page(call: Call, items: list[Json], url: str) -> tuple[list[Json], dict[str, str]]:
    """One page of a list, and the header that leads to the next."""
    size, number = int(call.query.get("per_page", "30")), int(call.query.get("page", "1"))
    here = items[(number - 1) * size : number * size]
    if number * size >= len(items):
        return here, {}
    query = urlencode({**call.query, "page": number + 1})
    return here, {"Link": f'<{url}?{query}>; rel="next", <{url}?page=1>; rel="first"'}


# -- Who we are ----------------------------------------------------------------------------------------


@handles("get", "/user")
def user(call: Call) -> Result:
    return Result(200, {"login": call.grant.login, "type": "User"})


@handles("get", "/app")
def app(call: Call) -> Result:
    return Result(200, {"slug": call.access.app.slug, "id": int(call.access.app.id)})


@handles("get", f"{_REPO}/installation")
def installation(call: Call) -> Result:
    found = call.access.app.installations.get(call.repository.id)
    if found is None:
        raise Refused(404, "Not Found")
    suspended = views.moment(call.world.now()) if call.access.app.suspended else None
    facts = {
        "id": call.repository.id + 1_000_000,
        "app_slug": call.access.app.slug,
        "suspended_at": suspended,
        "suspended_by": None,
    }
    return Result(200, {**facts, "permissions!": found})


@handles("post", "/app/installations/{installation_id}/access_tokens")
def access_token(call: Call) -> Result:
    id_ = int(call.arguments["installation_id"]) - 1_000_000
    granted = call.access.app.installations.get(id_)
    if granted is None:
        raise Refused(404, "Not Found")
    wanted: Json = call.body.get("permissions", granted)
    if any(granted.get(name) != level for name, level in wanted.items()):
        raise Refused(422, "The permissions requested are not granted to this installation.")
    names = {name.casefold() for name in call.body.get("repositories", [])}
    named = [each.id for each in call.world.repositories.values() if each.name.casefold() in names]
    chosen = frozenset(call.body.get("repository_ids", named))
    token, grant = call.access.installation_token(chosen, wanted)
    facts = {
        "token": token,
        "expires_at": views.moment(grant.expires_at),
        "permissions!": dict(grant.permissions or {}),
    }
    return Result(201, facts)


# -- The repository ------------------------------------------------------------------------------------


@handles("get", _REPO)
def repository(call: Call) -> Result:
    facts = views.repository_facts(call.repository, call.grant)
    left_out = {name: None for name in ("source", "parent", "template_repository", "organization") if name}
    return Result(200, {**facts, "-": list(left_out), "language": None})


@handles("get", f"{_REPO}/collaborators/{{username}}/permission")
def permission(call: Call) -> Result:
    login = call.arguments["username"]
    held, role = call.repository.roles.get(login.casefold(), ("none", "none"))
    account = {**views.account(login), "role_name": role, "-": ["permissions"]}
    return Result(200, {"permission": held, "role_name": role, "user": account})


@handles("get", f"{_REPO}/git/matching-refs/{{ref}}")
def matching_refs(call: Call) -> Result:
    call.needs("contents", "read")
    found = [(f"refs/heads/{name}", sha) for name, sha in sorted(call.repository.branches().items())]
    wanted = f"refs/{call.arguments['ref']}"
    items = [{"ref": ref, "object": {"sha": sha, "type": "commit"}} for ref, sha in found if ref.startswith(wanted)]
    return Result(200, items=items)


@handles("get", f"{_REPO}/git/ref/{{ref}}")
def ref(call: Call) -> Result:
    call.needs("contents", "read")
    sha = call.repository.branches().get(call.arguments["ref"].removeprefix("heads/"))
    if sha is None:
        raise Refused(404, "Not Found")
    return Result(200, {"ref": f"refs/{call.arguments['ref']}", "object": {"sha": sha, "type": "commit"}})


@handles("delete", f"{_REPO}/git/refs/{{ref}}")
def delete_ref(call: Call) -> Result:
    call.needs("contents", "write")
    branch = call.arguments["ref"].removeprefix("heads/")
    if branch not in call.repository.branches():
        raise Refused(422, "Reference does not exist")
    call.world.delete_branch(call.repository.id, branch)
    return Result(204)


# -- Issues --------------------------------------------------------------------------------------------


@handles("get", f"{_REPO}/issues")
def issues(call: Call) -> Result:
    call.needs("issues", "read")
    since = call.query.get("since", "")
    found = [each for each in call.repository.threads.values() if each.state == call.query.get("state", "open")]
    recent = [each for each in found if (views.moment(each.updated_at) or "") >= since]
    recent.sort(key=lambda each: each.updated_at, reverse=call.query.get("direction", "desc") == "desc")
    return Result(200, items=[_issue(call, each) for each in recent])


@handles("post", f"{_REPO}/issues")
def create_issue(call: Call) -> Result:
    call.needs("issues", "write")
    made = call.world.create_issue(
        call.repository.id, call.grant.login, call.body["title"], call.body.get("body", ""), call.body.get("labels", [])
    )
    return Result(201, _issue(call, made))


@handles("get", f"{_REPO}/issues/{{issue_number}}")
def issue(call: Call) -> Result:
    call.needs("issues", "read")
    return Result(200, _issue(call, call.thread()))


@handles("patch", f"{_REPO}/issues/{{issue_number}}")
def update_issue(call: Call) -> Result:
    call.needs("issues", "write")
    thread = call.thread()
    if call.body.get("state") == "closed":
        call.world.close(call.repository.id, thread.number)
    return Result(200, _issue(call, thread))


@handles("get", f"{_REPO}/issues/{{issue_number}}/comments")
def comments(call: Call) -> Result:
    call.needs("issues", "read")
    return Result(200, items=[views.comment(each, call.url) for each in call.thread().comments])


@handles("post", f"{_REPO}/issues/{{issue_number}}/comments")
def create_comment(call: Call) -> Result:
    call.needs("issues", "write")
    made = call.world.add_comment(call.repository.id, call.thread().number, call.grant.login, call.body["body"])
    return Result(201, views.comment(made, call.url))


@handles("patch", f"{_REPO}/issues/comments/{{comment_id}}")
def update_comment(call: Call) -> Result:
    call.needs("issues", "write")
    id_ = _comment_id(call)
    call.world.edit_comment(call.repository.id, id_, call.body["body"])
    return Result(200, views.comment(call.world.comment(call.repository.id, id_)[1], call.url))


@handles("get", f"{_REPO}/issues/{{issue_number}}/events")
def events(call: Call) -> Result:
    call.needs("issues", "read")
    return Result(200, items=[views.event(call.repository, each) for each in call.thread().events])


@handles("post", f"{_REPO}/issues/{{issue_number}}/labels")
def add_labels(call: Call) -> Result:
    call.needs("issues", "write")
    thread = call.thread()
    labels = [*thread.labels, *call.body["labels"]]
    call.world.set_labels(call.repository.id, thread.number, labels, call.grant.login)
    return Result(200, items=[views.label(call.repository, name) for name in thread.labels])


@handles("delete", f"{_REPO}/issues/{{issue_number}}/labels/{{name}}")
def remove_label(call: Call) -> Result:
    call.needs("issues", "write")
    thread, name = call.thread(), call.arguments["name"]
    if name not in thread.labels:
        raise Refused(404, "Label does not exist")
    rest = [label for label in thread.labels if label != name]
    call.world.set_labels(call.repository.id, thread.number, rest, call.grant.login)
    return Result(200, items=[views.label(call.repository, each) for each in rest])


@handles("get", f"{_REPO}/labels/{{name}}")
def label(call: Call) -> Result:
    name = call.repository.labels.get(call.arguments["name"].casefold())
    if name is None:
        raise Refused(404, "Not Found")
    return Result(200, views.label(call.repository, name))


@handles("post", f"{_REPO}/labels")
def create_label(call: Call) -> Result:
    call.needs("issues", "write")
    name = call.body["name"]
    if name.casefold() in call.repository.labels:
        raise Refused(422, "Validation Failed", [{"resource": "Label", "code": "already_exists", "field": "name"}])
    call.repository.labels[name.casefold()] = name
    return Result(201, views.label(call.repository, name))


@handles("post", f"{_REPO}/issues/{{issue_number}}/reactions")
def react_to_issue(call: Call) -> Result:
    call.needs("issues", "write")
    return _reacted(call, call.thread().reactions)


@handles("post", f"{_REPO}/issues/comments/{{comment_id}}/reactions")
def react_to_comment(call: Call) -> Result:
    call.needs("issues", "write")
    return _reacted(call, call.world.comment(call.repository.id, _comment_id(call))[1].reactions)


# -- Pull requests -------------------------------------------------------------------------------------


@handles("get", f"{_REPO}/pulls")
def pulls(call: Call) -> Result:
    call.needs("pull_requests", "read")
    state, head = call.query.get("state", "open"), call.query.get("head", "")
    found = [each for each in call.repository.threads.values() if each.head and state in {"all", each.state}]
    if head:
        owner, _, branch = head.partition(":")
        found = [each for each in found if each.head == branch and owner == call.repository.owner and not each.fork]
    found.sort(key=lambda each: each.number, reverse=call.query.get("direction", "desc") == "desc")
    commits = call.repository.branches()
    return Result(200, items=[views.pull(call.repository, each, commits) for each in found])


@handles("post", f"{_REPO}/pulls")
def create_pull(call: Call) -> Result:
    call.needs("pull_requests", "write")
    head, base = call.body["head"], call.body["base"]
    _require_mergeable(call, head, base)
    made = call.world.create_pull_request(
        call.repository.id,
        call.grant.login,
        call.body["title"],
        call.body.get("body", ""),
        head=head,
        base=base,
        draft=call.body.get("draft", False),
    )
    return Result(201, _pull(call, made))


@handles("get", f"{_REPO}/pulls/{{pull_number}}")
def pull(call: Call) -> Result:
    call.needs("pull_requests", "read")
    return Result(200, _pull(call, call.pull()))


@handles("patch", f"{_REPO}/pulls/{{pull_number}}")
def update_pull(call: Call) -> Result:
    """`draft` is ignored without a word, as by GitHub."""
    call.needs("pull_requests", "write")
    thread = call.pull()
    title, body = call.body.get("title", thread.title), call.body.get("body", thread.body)
    call.world.edit_thread(call.repository.id, thread.number, title, body)
    if call.body.get("state") == "closed":
        call.world.close(call.repository.id, thread.number)
    return Result(200, _pull(call, thread))


@handles("get", f"{_REPO}/pulls/{{pull_number}}/reviews")
def reviews(call: Call) -> Result:
    call.needs("pull_requests", "read")
    thread = call.pull()
    return Result(200, items=[views.review(call.repository, thread, each) for each in thread.reviews])


@handles("get", f"{_REPO}/pulls/{{pull_number}}/comments")
def review_comments(call: Call) -> Result:
    call.needs("pull_requests", "read")
    return Result(200, items=[views.review_comment(each) for each in call.pull().review_comments])


@handles("post", f"{_REPO}/pulls/{{pull_number}}/comments/{{comment_id}}/replies")
def reply(call: Call) -> Result:
    call.needs("pull_requests", "write")
    thread, id_ = call.pull(), int(call.arguments["comment_id"])
    root = next((each for each in thread.review_comments if each.id == id_ and each.in_reply_to is None), None)
    if root is None:
        raise Refused(404, "Not Found")
    comment = [(root.path, root.line, call.body["body"])]
    call.world.add_review(
        call.repository.id, thread.number, call.grant.login, "COMMENTED", "", comment, in_reply_to=root.id
    )
    return Result(201, views.review_comment(thread.review_comments[-1]))


# -- Inside --------------------------------------------------------------------------------------------


def _issue(call: Call, thread: Thread) -> Json:
    facts = views.issue(call.repository, thread, call.api)
    return facts if thread.head else {**facts, "-": ["pull_request"]}


def _pull(call: Call, thread: Thread) -> Json:
    return views.pull(call.repository, thread, call.repository.branches())


def _comment_id(call: Call) -> int:
    id_ = int(call.arguments["comment_id"])
    try:
        call.world.comment(call.repository.id, id_)
    except KeyError:
        raise Refused(404, "Not Found") from None
    return id_


def _reacted(call: Call, reactions: set[tuple[str, str]]) -> Result:
    reaction = (call.body["content"], call.grant.login)
    status = 200 if reaction in reactions else 201
    reactions.add(reaction)
    return Result(status, {"content": reaction[0], "user": views.account(call.grant.login)})


def _require_mergeable(call: Call, head: str, base: str) -> None:
    branches = call.repository.branches()
    for name, branch in (("head", head), ("base", base)):
        if branch not in branches:
            raise Refused(422, "Validation Failed", [{"resource": "PullRequest", "field": name, "code": "invalid"}])
    if call.repository.commits_ahead(head, base) == 0:
        message = f"No commits between {base} and {head}"
        raise Refused(422, "Validation Failed", [{"resource": "PullRequest", "code": "custom", "message": message}])
    if any(each.head == head and each.state == "open" for each in call.repository.threads.values()):
        message = f"A pull request already exists for {call.repository.owner}:{head}."
        raise Refused(422, "Validation Failed", [{"resource": "PullRequest", "code": "custom", "message": message}])
