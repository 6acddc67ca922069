"""`coding-agent local-forge`: what a person does by hand, beside a service that runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from domain.repository import RepositoryRef
from entrypoints.cli.child_process import started
from infra.composition import composed
from infra.settings import load
from tests.e2e.test_solve import FIX, NAMED
from tests.e2e.test_two_processes import logged
from tests.support.command_line import CommandLine
from tests.support.git_repositories import bare_copy, sample_repository
from tests.support.model_harnesses import unused_url

if TYPE_CHECKING:
    from pathlib import Path


def user(folder: Path, **settings: str) -> CommandLine:
    """A person and a service that share these settings, as the command's help shows them."""
    (folder / "answer.md").write_text(FIX, encoding="utf-8")
    shared = {
        "LOCAL_FORGE_PATH": str(folder / "forge"),
        "SQLITE_PATH": str(folder / "queue.sqlite"),
        "WEBHOOK_SECRET": "choose-one",
        "ALLOWED_REPOSITORIES": "me",
        "LLM": "scripted",
        "SCRIPT_PATH": str(folder / "answer.md"),
        "GATEWAY_PORT": "0",
    }
    return CommandLine(folder, {**shared, **settings})


async def with_issue(person: CommandLine) -> None:
    """The sample as `me/project`, and an issue about it."""
    bare_copy(sample_repository(person.folder / "project"), person.folder / "project.git")
    added = await person.run("local-forge", "add", "me/project", "--bare", "project.git")
    assert added.code == 0, added.err
    words = ("--title", "It subtracts", "--body", "-")
    opened = await person.run("local-forge", "issue", "me/project", "--as", "me", *words, stdin=NAMED.encode())
    assert (opened.code, opened.out) == (0, "1\n")


async def test_a_label_set_by_hand_becomes_a_pull_request(tmp_path: Path) -> None:
    person = user(tmp_path)
    await with_issue(person)
    async with started("serve", person.environment, tmp_path) as service:
        port = (await logged(service, "listening"))["port"]
        told = ("local-forge", "label", "me/project", "1", "ai-help", "--as", "me")
        labelled = await person.run(*told, "--gateway", f"http://127.0.0.1:{port}/")
        assert labelled.code == 0, labelled.err
        assert labelled.out.startswith("task: ")
        assert (await logged(service, "attempt_ended"))["outcome"] == "Done"
        other = CommandLine(tmp_path, {**person.settings, "WEBHOOK_SECRET": "not-that-one"})
        refused = await other.run(*told, "--gateway", f"http://127.0.0.1:{port}")
        assert refused.code == 2
        assert "set the same one here and there" in refused.err
    async with composed(load(person.environment)) as parts:
        (pull_request,) = await parts.forge().pull_requests(RepositoryRef("local", 1, "me/project"), "coding-agent/")
    assert pull_request.title == "Add the numbers"


async def test_a_plan_is_asked_for_approved_and_reviewed_by_hand(tmp_path: Path) -> None:
    person = user(tmp_path)
    answer = tmp_path / "answer.md"
    answer.write_text("Add.\n\n<files>\n- `src/**`: add\n- `bin/run`: add\n</files>\n", encoding="utf-8")
    await with_issue(person)
    async with started("serve", person.environment, tmp_path) as service:
        port = (await logged(service, "listening"))["port"]

        async def act(command: str, number: int, *arguments: str) -> None:
            told = ("local-forge", command, "me/project", str(number), "--as", "me")
            done = await person.run(*told, *arguments, "--gateway", f"http://127.0.0.1:{port}")
            assert done.code == 0, done.err

        await act("comment", 1, "--body", "/plan")
        assert (await logged(service, "attempt_ended"))["outcome"] == "Done"
        answer.write_text(FIX, encoding="utf-8")
        await act("comment", 2, "--body", "/approve")
        assert (await logged(service, "attempt_ended"))["outcome"] == "Done"
        answer.write_text("<nothing>It is right as it is.</nothing>", encoding="utf-8")
        await act("review", 2, "--state", "request-changes", "--body", "Are you sure?")
        assert (await logged(service, "attempt_ended"))["outcome"] == "NothingToDo"
    async with composed(load(person.environment)) as parts:
        (pull_request,) = await parts.forge().pull_requests(RepositoryRef("local", 1, "me/project"), "coding-agent/")
    assert (pull_request.title, pull_request.draft) == ("Add the numbers", False)


async def test_errors_say_what_to_do_next(tmp_path: Path) -> None:
    person = user(tmp_path)
    await with_issue(person)
    label = ("local-forge", "label", "me/project")
    silent = await person.run(*label, "1", "ai-help", "--as", "me", "--gateway", unused_url())
    assert silent.code == 3
    assert "coding-agent serve" in silent.err
    unknown = await person.run(*label, "7", "ai-help", "--as", "me", "--gateway", unused_url())
    assert unknown.code == 2
    assert "7" in unknown.err
    unsigned = await CommandLine(tmp_path, {**person.settings, "WEBHOOK_SECRET": ""}).run(
        *label, "1", "x", "--as", "me"
    )
    assert unsigned.code == 2
    assert unsigned.err.startswith("coding-agent: WEBHOOK_SECRET: ")
    portless = await person.run(*label, "1", "x", "--as", "me")
    assert portless.code == 2
    assert "--gateway URL" in portless.err
    address = await person.run(*label, "1", "x", "--as", "me", "--gateway", "localhost:8080")
    assert address.code == 2
    assert "http://127.0.0.1:8080" in address.err
    assert "Traceback" not in silent.err + unknown.err + unsigned.err + portless.err + address.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["issue", "me/nowhere", "--as", "me", "--title", "x"], "coding-agent local-forge add"),
        (["issue", "me/nowhere", "--as", "me", "--title", " "], "--title"),
        (["add", "me/other", "--bare", "project"], "git clone --bare"),
        (["add", "me/other", "--files", "nowhere"], "nowhere is not a folder"),
        (["add", "me/other"], "--files FOLDER or --bare REPOSITORY"),
        (["add", "nonsense", "--files", "project"], "nonsense"),
    ],
)
async def test_what_cannot_be_done_leaves_nothing_half_done(tmp_path: Path, arguments: list[str], words: str) -> None:
    sample_repository(tmp_path / "project")
    done = await user(tmp_path).run("local-forge", *arguments)
    assert (done.code, done.out) == (2, "")
    assert words in done.err
    assert "Traceback" not in done.err
    assert not list((tmp_path / "forge").rglob("*.git"))
