"""What people do to issues and pull requests of a local forge: label, assign, comment, edit, review, close."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from domain.errors import InvalidInput
from domain.issue import ReviewState
from entrypoints.cli import webhook
from entrypoints.cli.local_forge_acts import acting, text_of

if TYPE_CHECKING:
    from entrypoints.cli.local_forge_acts import Act

_REMARK = re.compile(r"([^=]+?)(?::([1-9][0-9]*))?=(.+)", re.DOTALL)
_STATES = {
    "approve": ReviewState.APPROVED,
    "request-changes": ReviewState.CHANGES_REQUESTED,
    "comment": ReviewState.COMMENTED,
}


@click.command(short_help="Label an issue, and tell the gateway.")
@acting
@click.argument("label")
def label(act: Act, label: str) -> None:
    """Set a label on an issue, and send the gateway the webhook that a forge would send."""
    about = {"label": {"name": label}}
    act.perform(
        lambda parts, key: parts.local_forge_admin().add_label(key, label, by=act.sender),
        "labeled",
        lambda _: dict(about),
    )


@click.command()
@acting
@click.argument("label")
def unlabel(act: Act, label: str) -> None:
    """Take a label off; taking off the trigger label stops the work."""
    about = {"label": {"name": label}}
    act.perform(
        lambda parts, key: parts.local_forge_admin().remove_label(key, label, by=act.sender),
        "unlabeled",
        lambda _: dict(about),
    )


@click.command()
@acting
@click.argument("login")
def assign(act: Act, login: str) -> None:
    """Assign a person, or the machine account that asks for the agent (ASSIGNEE)."""
    about = {"assignee": {"login": login}}
    act.perform(
        lambda parts, key: parts.local_forge_admin().assign(key, login, by=act.sender),
        "assigned",
        lambda _: dict(about),
    )


@click.command()
@acting
@click.argument("login")
def unassign(act: Act, login: str) -> None:
    """Unassign a person."""
    about = {"assignee": {"login": login}}
    act.perform(
        lambda parts, key: parts.local_forge_admin().unassign(key, login, by=act.sender),
        "unassigned",
        lambda _: dict(about),
    )


@click.command()
@acting
@click.option("--body", required=True, help="Markdown; - reads standard input.")
def comment(act: Act, body: str) -> None:
    """Comment on an issue or a pull request."""
    act.perform(
        lambda parts, key: parts.local_forge_admin().add_comment(key, author=act.sender, body=text_of(body)),
        "created",
        lambda made: {"comment": webhook.comment_fields(made)},
        event="issue_comment",
    )


@click.command("edit-comment")
@acting
@click.argument("comment_id", metavar="COMMENT", type=int)
@click.option("--body", required=True, help="Markdown; - reads standard input.")
def edit_comment(act: Act, comment_id: int, body: str) -> None:
    """Give a comment another text; its number begins its file's name."""
    text = text_of(body)
    act.perform(
        lambda parts, key: parts.local_forge_admin().edit_comment(key, comment_id, text),
        "edited",
        lambda _: {"comment": {"id": comment_id, "body": text}},
        event="issue_comment",
    )


@click.command()
@acting
@click.option("--title", required=True)
@click.option("--body", required=True, help="Markdown; - reads standard input.")
def edit(act: Act, title: str, body: str) -> None:
    """Give an issue or a pull request another title and text."""
    act.perform(lambda parts, key: parts.local_forge_admin().edit_issue(key, title=title, body=text_of(body)), "edited")


@click.command()
@acting
def close(act: Act) -> None:
    """Close an issue or a pull request; closing the issue stops the work."""
    act.perform(lambda parts, key: parts.local_forge_admin().close_issue(key), "closed")


@click.command()
@acting
def reopen(act: Act) -> None:
    """Open it again."""
    act.perform(lambda parts, key: parts.local_forge_admin().reopen_issue(key), "reopened")


@click.command()
@acting
@click.option("--state", type=click.Choice(list(_STATES)), default="comment", show_default=True)
@click.option("--body", default="", help="Markdown; - reads standard input.")
@click.option(
    "--on", "remarks", multiple=True, metavar="PATH[:LINE]=TEXT", help="A remark on a line of a file, or on the file."
)
def review(act: Act, state: str, body: str, remarks: tuple[str, ...]) -> None:
    """Review a pull request.

    \b
    Example:
      coding-agent local-forge review me/project 2 --as me --state request-changes \\
          --body "Nearly." --on "durations/parsing.py:14=What of negative numbers?"
    """  # noqa: D301 - click reads the mark
    written = [_remark(text) for text in remarks]
    act.perform(
        lambda parts, key: parts.local_forge_admin().add_review(
            key.repository, key.number, author=act.sender, state=_STATES[state], body=text_of(body), remarks=written
        ),
        "submitted",
        lambda made: {"review": webhook.review_fields(made)},
        event="pull_request_review",
    )


def _remark(text: str) -> tuple[str, int | None, str]:
    found = _REMARK.fullmatch(text)
    if not found:
        message = f"--on {text!r}: a remark reads PATH=TEXT or PATH:LINE=TEXT, such as shop/total.py:17=Why twice?"
        raise InvalidInput(message)
    return found[1], int(found[2]) if found[2] else None, found[3]


COMMANDS = (label, unlabel, assign, unassign, comment, edit_comment, edit, review, close, reopen)
