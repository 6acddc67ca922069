"""`coding-agent local-forge`: what people do on a forge, on the one in a folder."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from domain.errors import InvalidInput, NotFound
from domain.issue import IssueKey
from domain.repository import Permission
from entrypoints.cli import webhook
from entrypoints.cli.interruptible import run
from entrypoints.cli.printable import printable
from infra.composition import composed
from infra.settings import load

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from domain.repository import RepositoryRef
    from infra.composition import Parts
    from infra.settings import Settings


@click.group("local-forge")
def local_forge() -> None:
    """Make and fill a local forge: a folder (LOCAL_FORGE_PATH) of repositories, issues and pull requests.

    \b
    A service on one machine, in two terminals that share these settings:
      export LOCAL_FORGE_PATH=forge WEBHOOK_SECRET=choose-one
      export ALLOWED_REPOSITORIES=me LLM=ollama
      coding-agent local-forge add me/project --bare ~/project.git
      coding-agent local-forge issue me/project --as me --title "..." --body "..."
      coding-agent serve                        (in the second terminal)
      coding-agent local-forge label me/project 1 ai-help --as me
    """  # noqa: D301 - click reads the mark


@local_forge.command()
@click.argument("repository", metavar="OWNER/NAME")
@click.option("--files", type=click.Path(path_type=Path), help="A folder whose files become the first commit.")
@click.option("--bare", type=click.Path(path_type=Path), help="A bare repository to copy (git clone --bare makes one).")
def add(repository: str, files: Path | None, bare: Path | None) -> None:
    """Add a repository; its owner may do everything in it."""
    if (files is None) == (bare is None):
        message = "Say what the repository holds: either --files FOLDER or --bare REPOSITORY."
        raise InvalidInput(message)

    async def work(parts: Parts, _: Settings) -> None:
        admin = parts.local_forge_admin()
        if files is not None:
            ref = admin.create_repository(repository, files)
        elif bare is not None:
            ref = admin.import_repository(repository, bare)
        admin.grant(ref.owner, Permission.ADMIN, ref)
        print(f"{ref} is there.")

    _with_parts(work)


@local_forge.command()
@click.argument("repository", metavar="OWNER/NAME")
@click.option("--as", "author", required=True, metavar="LOGIN", help="Who opens it.")
@click.option("--title", required=True)
@click.option("--body", default="", help="Markdown; - reads standard input.")
def issue(repository: str, author: str, title: str, body: str) -> None:
    """Open an issue and print its number."""
    if not title.strip():
        message = "The issue has no title: say in a few words what is wrong with --title."
        raise InvalidInput(message)

    async def work(parts: Parts, _: Settings) -> None:
        text = _standard_input() if body == "-" else body
        found = _repository(parts, repository)
        print(parts.local_forge_admin().create_issue(found, author=author, title=title, body=text).number)

    _with_parts(work)


@local_forge.command(short_help="Label an issue, and tell the gateway.")
@click.argument("repository", metavar="OWNER/NAME")
@click.argument("number", type=int)
@click.argument("label")
@click.option("--as", "sender", required=True, metavar="LOGIN", help="Who sets it.")
@click.option("--gateway", metavar="URL", help="Where the gateway listens.  [default: from GATEWAY_HOST, GATEWAY_PORT]")
@click.option("--no-webhook", is_flag=True, help="Tell no gateway; `coding-agent serve --poll` finds it by itself.")
def label(repository: str, number: int, label: str, *, sender: str, gateway: str | None, no_webhook: bool) -> None:
    """Set a label on an issue, and send the gateway the webhook that a forge would send."""

    async def work(parts: Parts, settings: Settings) -> None:
        key = IssueKey(_repository(parts, repository), number)
        if no_webhook:
            parts.local_forge_admin().add_label(key, label, by=sender)
            print(f"{key} is labelled {label}.")
            return
        url = _gateway_url(settings, gateway)
        parts.local_forge_admin().add_label(key, label, by=sender)
        payload = webhook.labelled(await parts.forge().issue(key), label, sender)
        answer = await webhook.send(url, settings.webhook_secret, payload)
        print(printable(", ".join(f"{name}: {value}" for name, value in answer.items())))

    _with_parts(work)


def _repository(parts: Parts, full_name: str) -> RepositoryRef:
    try:
        return parts.local_forge_admin().repository(full_name)
    except NotFound as error:
        message = f"{error}. Add it with `coding-agent local-forge add`, or correct LOCAL_FORGE_PATH."
        raise NotFound(message) from None


def _gateway_url(settings: Settings, given: str | None) -> str:
    """Where the gateway listens; raises `InvalidInput` before anything is done that it could not be told."""
    if not settings.webhook_secret:
        message = (
            "WEBHOOK_SECRET: the gateway takes signed webhooks only. Set the same secret here and for the gateway."
        )
        raise InvalidInput(message)
    if given or settings.gateway_port:
        return given or f"http://{settings.gateway_host}:{settings.gateway_port}"
    message = "GATEWAY_PORT: with 0 the gateway takes a free port, which its log names. Give it as --gateway URL."
    raise InvalidInput(message)


def _standard_input() -> str:
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        message = "Cannot read the body from standard input: it is not UTF-8 text."
        raise InvalidInput(message) from None


def _with_parts(work: Callable[[Parts, Settings], Awaitable[None]]) -> None:
    settings = load(os.environ)

    async def with_parts() -> None:
        async with composed(settings) as parts:
            await work(parts, settings)

    run(with_parts())


commands = {"local-forge": local_forge}
