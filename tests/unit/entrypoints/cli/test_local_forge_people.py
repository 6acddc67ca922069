"""`coding-agent local-forge`: what people do there is on the forge afterwards, and the gateway is told as by GitHub."""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from adapters.local_forge.forge import LocalForge
from adapters.system_clock.clock import SystemClock
from domain.errors import InvalidInput
from domain.issue import IssueKey, IssueState, PullRequestDraft, ReviewState
from domain.webhook import EventComment, EventReview
from entrypoints.cli.local_forge import local_forge
from entrypoints.gateway.payloads import read_issue_event
from tests.contract.forge_scene import LocalScene

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from domain.repository import RepositoryRef

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass
class Person:
    """Somebody at a terminal, with a local forge that has an issue (1) and a pull request (2)."""

    scene: LocalScene
    shop: RepositoryRef
    issue: IssueKey
    settings: dict[str, str]
    told: list[tuple[str, bytes]] = field(default_factory=list)

    def does(self, command: str, number: int, *arguments: str, to: str = "") -> None:
        where = ["--gateway", to] if to else ["--no-webhook"]
        line = [command, "acme/shop", str(number), *arguments, "--as", "maria", *where]
        done = CliRunner().invoke(local_forge, line, env=self.settings, catch_exceptions=False)
        assert done.exit_code == 0, done.output

    @property
    def forge(self) -> LocalForge:
        return LocalForge(self.scene.root, SystemClock())


@pytest.fixture
def person(tmp_path: Path) -> Person:
    scene = LocalScene(tmp_path)
    shop = scene.create_repository()
    issue = scene.create_issue(shop, author="sam", title="Wrong total", labels=["bug"])
    scene.create_branch(shop, "fix")
    asyncio.run(scene.forge.open_pull_request(shop, PullRequestDraft("Fix", "", "fix", "main", draft=False)))
    return Person(scene, shop, issue, {"LOCAL_FORGE_PATH": str(scene.root), "WEBHOOK_SECRET": "secret"})


@contextmanager
def gateway(person: Person) -> Iterator[str]:
    """Whatever listens for webhooks; it keeps them."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            person.told.append((self.headers["X-GitHub-Event"], body))
            self.send_response(202)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: object) -> None:
            """Tests look at what was told instead."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_labels_and_assignees_are_changed_in_a_persons_name(person: Person) -> None:
    person.does("label", 1, "ai-help")
    person.does("unlabel", 1, "bug")
    person.does("assign", 1, "lee")
    person.does("assign", 1, "kim")
    person.does("unassign", 1, "lee")

    found = asyncio.run(person.forge.issue(person.issue))
    assert (found.labels, found.assignees) == (frozenset({"ai-help"}), frozenset({"kim"}))
    events = asyncio.run(person.forge.label_events(person.issue))
    assert [(event.label, event.added, event.by) for event in events[1:]] == [
        ("ai-help", True, "maria"),
        ("bug", False, "maria"),
    ]


def test_texts_are_written_and_edited(person: Person) -> None:
    person.does("comment", 1, "--body", "Please.")
    person.does("edit-comment", 1, "1", "--body", "Please!")
    person.does("edit", 1, "--title", "Wrong sum", "--body", "Really.")

    (comment,) = asyncio.run(person.forge.comments(person.issue))
    assert (comment.author, comment.body, comment.edited_at is None) == ("maria", "Please!", False)
    found = asyncio.run(person.forge.issue(person.issue))
    assert (found.title, found.body, found.edited_at is None) == ("Wrong sum", "Really.", False)


def test_an_issue_is_closed_and_opened_again(person: Person) -> None:
    for command, state in (("close", IssueState.CLOSED), ("reopen", IssueState.OPEN)):
        person.does(command, 1)
        assert asyncio.run(person.forge.issue(person.issue)).state is state


def test_a_pull_request_is_reviewed_with_remarks(person: Person) -> None:
    remarks = ["--on", "README.md:1=Of what?", "--on", "docs/a=b.md=Where is it?"]
    person.does("review", 2, "--state", "request-changes", "--body", "Nearly.", *remarks)

    (found,) = asyncio.run(person.forge.reviews(person.shop, 2))
    assert (found.author, found.state, found.body) == ("maria", ReviewState.CHANGES_REQUESTED, "Nearly.")
    assert [(each.path, each.line, each.body) for each in found.comments] == [
        ("README.md", 1, "Of what?"),
        ("docs/a", None, "b.md=Where is it?"),
    ]


@pytest.mark.parametrize("remark", ["README.md", "=text", "README.md:1="])
def test_a_remark_that_names_no_file_or_says_nothing_is_refused(person: Person, remark: str) -> None:
    with pytest.raises(InvalidInput, match="a remark reads PATH=TEXT or PATH:LINE=TEXT"):
        person.does("review", 2, "--on", remark)


@pytest.mark.parametrize(
    ("command", "arguments", "event", "action"),
    [
        ("label", ["ai-help"], "issues", "labeled"),
        ("unlabel", ["bug"], "issues", "unlabeled"),
        ("assign", ["lee"], "issues", "assigned"),
        ("unassign", ["lee"], "issues", "unassigned"),
        ("edit", ["--title", "t", "--body", "b"], "issues", "edited"),
        ("close", [], "issues", "closed"),
        ("reopen", [], "issues", "reopened"),
        ("comment", ["--body", "/cancel"], "issue_comment", "created"),
    ],
)
def test_the_gateway_is_told_in_githubs_words(
    person: Person, command: str, arguments: list[str], event: str, action: str
) -> None:
    with gateway(person) as url:
        person.does(command, 1, *arguments, to=url)

    ((told, body),) = person.told
    read = read_issue_event(body, event=told, forge="local", delivery="d", received_at=NOW)
    assert (told, read.action, read.sender, read.issue_number) == (event, action, "maria", 1)
    assert not read.is_pull_request


@pytest.mark.parametrize(
    ("command", "arguments", "event", "action"),
    [
        ("comment", ["--body", "/approve"], "issue_comment", "created"),
        ("edit-comment", ["1", "--body", "Why not?"], "issue_comment", "edited"),
        ("review", ["--state", "request-changes"], "pull_request_review", "submitted"),
        ("label", ["bug"], "pull_request", "labeled"),
        ("close", [], "pull_request", "closed"),
        ("reopen", [], "pull_request", "reopened"),
    ],
)
def test_what_happens_to_a_pull_request_is_told_as_such(
    person: Person, command: str, arguments: list[str], event: str, action: str
) -> None:
    person.does("comment", 2, "--body", "Why?")
    with gateway(person) as url:
        person.does(command, 2, *arguments, to=url)

    ((told, body),) = person.told
    read = read_issue_event(body, event=told, forge="local", delivery="d", received_at=NOW)
    assert (told, read.action, read.sender, read.issue_number) == (event, action, "maria", 2)
    assert read.is_pull_request
    assert read.head == ("" if event == "issue_comment" else "fix")


def test_what_asks_for_work_is_told_with_the_time_at_which_it_was_said(person: Person) -> None:
    with gateway(person) as url:
        person.does("comment", 2, "--body", "/approve", to=url)
        person.does("review", 2, "--state", "request-changes", to=url)

    (said, asked) = (
        read_issue_event(body, event=told, forge="local", delivery="d", received_at=NOW) for told, body in person.told
    )
    (comment,) = asyncio.run(person.forge.comments(IssueKey(person.shop, 2)))
    (review,) = asyncio.run(person.forge.reviews(person.shop, 2))
    assert said.comment == EventComment(comment.id, "/approve", comment.created_at)
    assert asked.review == EventReview(review.id, requests_changes=True, submitted_at=review.submitted_at)
