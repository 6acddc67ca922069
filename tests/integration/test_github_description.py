"""What the agent sends to GitHub is held against GitHub's own description, and what is not in there is noticed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adapters.github.forge import AppAccount, GitHubForge
from adapters.system_clock.clock import SystemClock
from domain.secret import Secret
from tests.integration.test_github_faults import MARKER, scene_on
from tests.support.github_double.rest import HANDLERS
from tests.support.github_double.server import github_double
from tests.support.github_openapi import description

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.xdist_group("github-faults")

SHOP = "/repos/acme/shop"
OF_PEOPLE = {("post", "/repos/{owner}/{repo}/issues"), ("patch", "/repos/{owner}/{repo}/issues/{issue_number}")}
"""What `make smoke-github` does in a person's place."""
UNUSUAL = {
    ("get", "/repos/{owner}/{repo}/git/matching-refs/{ref}"),  # in repositories with very many pull requests
    ("post", "/repos/{owner}/{repo}/issues/{issue_number}/reactions"),  # the scene reacts to a comment
    ("get", "/user"),  # a token's, not an App's
}


async def test_every_request_that_the_agent_can_make_is_in_the_description(tmp_path: Path) -> None:
    with github_double(tmp_path) as github:
        scene = scene_on(github)
        app = github.access.app
        app.install(scene.ref.id)
        await scene.forge.close()
        account = AppAccount(app.id, Secret(app.private_key))
        scene.forge = GitHubForge(account, SystemClock(), base_url=github.url)
        for call in (*scene.reads().values(), *scene.effects().values()):
            await call()
        await scene.forge.upsert_comment(scene.issue, MARKER, f"Edited. {MARKER}")
        await scene.forge.close()

        asked = {(each.method.lower(), each.template) for each in github.asked if each.template}
        assert asked == set(HANDLERS) - OF_PEOPLE - UNUSUAL
        assert github.problems == []


@pytest.mark.parametrize(
    ("method", "path", "query", "body", "problem"),
    [
        ("POST", f"{SHOP}/issues/1/comments", {}, {"body": "x", "colour": "red"}, "unknown property 'colour'"),
        ("POST", f"{SHOP}/issues/1/comments", {}, {}, "'body' is a required property"),
        ("POST", f"{SHOP}/issues/1/comments", {}, {"body": 3}, "3 is not of type 'string'"),
        ("POST", f"{SHOP}/issues/1/reactions", {}, {"content": "shrug"}, "'shrug' is not one of"),
        ("POST", f"{SHOP}/issues/1/labels", {}, {"labels": [{"nam": "bug"}]}, "unknown property 'labels[].nam'"),
        ("PATCH", f"{SHOP}/pulls/1", {}, {"draft": False}, "unknown property 'draft'"),
        ("GET", f"{SHOP}/pulls", {"state": "merged"}, None, "'merged' is not one of"),
        ("GET", f"{SHOP}/pulls", {"head_prefix": "x"}, None, "unknown parameter 'head_prefix'"),
        ("GET", f"{SHOP}/git/matching-refs/heads/a/b", {"per_page": "100"}, None, "unknown parameter 'per_page'"),
        ("GET", f"{SHOP}/issues/one", {}, None, "'one' is not of type 'integer'"),
        ("GET", f"{SHOP}/issues/1", {}, {"body": "x"}, "there is no body in the description"),
    ],
)
def test_what_the_description_does_not_know_is_noticed(
    method: str, path: str, query: dict[str, str], body: object, problem: str
) -> None:
    operation = description().operation(method, path)
    assert operation is not None

    assert any(problem in found for found in description().request_problems(operation, query, body))


def test_an_operation_that_is_not_in_the_description_is_none() -> None:
    assert description().operation("GET", "/repositories/1") is None
    assert description().operation("PUT", f"{SHOP}/issues/1") is None


def test_an_answer_that_lacks_something_is_noticed() -> None:
    operation = description().operation("GET", f"{SHOP}/labels/bug")
    assert operation is not None
    example = description().example(operation, 200)

    assert description().response_problems(operation, 200, example) == []
    del example["name"]
    assert "'name' is a required property" in description().response_problems(operation, 200, example)[0]
    assert description().response_problems(operation, 299, example)
