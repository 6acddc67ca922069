"""`coding-agent local-forge`: what people do on a forge, on the one in a folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from domain.errors import InvalidInput
from domain.repository import Permission
from entrypoints.cli.local_forge_acts import repository as find
from entrypoints.cli.local_forge_acts import text_of, with_parts
from entrypoints.cli.local_forge_people import COMMANDS

if TYPE_CHECKING:
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

    Then play the people: comment, edit, review, assign, close. Each command tells the gateway what a forge would.
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

    with_parts(work)


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
        text = text_of(body)
        found = find(parts, repository)
        print(parts.local_forge_admin().create_issue(found, author=author, title=title, body=text).number)

    with_parts(work)


for _command in COMMANDS:
    local_forge.add_command(_command)

commands = {"local-forge": local_forge}
