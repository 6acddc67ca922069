"""What the commands of `coding-agent local-forge` share: the settings, and telling the gateway as a forge would."""

from __future__ import annotations

import functools
import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import click

from domain.errors import InvalidInput, NotFound
from domain.issue import IssueKey
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

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Act:
    """Somebody (`sender`) does something to one issue or pull request, and the gateway is told."""

    repository: str
    number: int
    sender: str
    gateway: str | None
    no_webhook: bool

    def perform(
        self,
        do: Callable[[Parts, IssueKey], T],
        action: str,
        more: Callable[[T], dict[str, object]] = lambda _: {},
        *,
        event: str = "issues",
    ) -> None:
        """Do it, then send the webhook of that event and action; `more` is what its payload has besides the issue."""

        async def work(parts: Parts, settings: Settings) -> None:
            key = IssueKey(repository(parts, self.repository), self.number)
            url = "" if self.no_webhook else _gateway_url(settings, self.gateway)
            done = do(parts, key)
            if not url:
                print(f"{key}: {action}.")
                return
            told_as, payload = await self._payload(parts, key, action, event, more(done))
            answer = await webhook.send(url, settings.webhook_secret, payload, event=told_as)
            print(printable(", ".join(f"{name}: {value}" for name, value in answer.items())))

        with_parts(work)

    async def _payload(
        self, parts: Parts, key: IssueKey, action: str, event: str, more: dict[str, object]
    ) -> tuple[str, dict[str, object]]:
        """The event as a forge calls it, and its payload; what happens to a pull request has names of its own."""
        seen = await parts.forge().issue(key)
        found = await parts.forge().pull_requests(key.repository, "")
        pull_request = next((pull for pull in found if pull.number == key.number), None)
        if pull_request is None:
            return event, webhook.about(seen, action, self.sender, **more)
        if event == "issue_comment":
            return event, webhook.with_pull_request_mark(webhook.about(seen, action, self.sender, **more))
        named = "pull_request" if event == "issues" else event
        return named, webhook.about_pull_request(seen, pull_request, action, self.sender, **more)


def acting(command: Callable[..., None]) -> Callable[..., None]:
    """The arguments and options of a command that does something; it gets them as one `Act`."""

    @click.argument("repository", metavar="OWNER/NAME")
    @click.argument("number", type=int)
    @click.option("--as", "sender", required=True, metavar="LOGIN", help="Who does it.")
    @click.option(
        "--gateway", metavar="URL", help="Where the gateway listens.  [default: from GATEWAY_HOST, GATEWAY_PORT]"
    )
    @click.option("--no-webhook", is_flag=True, help="Tell no gateway; `coding-agent serve --poll` finds it by itself.")
    @functools.wraps(command)
    def with_act(
        *, repository: str, number: int, sender: str, gateway: str | None, no_webhook: bool, **own: Any
    ) -> None:
        command(Act(repository, number, sender, gateway, no_webhook), **own)

    return with_act


def repository(parts: Parts, full_name: str) -> RepositoryRef:
    """The reference to a repository of the local forge."""
    try:
        return parts.local_forge_admin().repository(full_name)
    except NotFound as error:
        message = f"{error}. Add it with `coding-agent local-forge add`, or correct LOCAL_FORGE_PATH."
        raise NotFound(message) from None


def text_of(body: str) -> str:
    """A text from the command line; `-` is standard input."""
    if body != "-":
        return body
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        message = "Cannot read the body from standard input: it is not UTF-8 text."
        raise InvalidInput(message) from None


def with_parts(work: Callable[[Parts, Settings], Awaitable[None]]) -> None:
    """Run it with the settings of the environment."""
    settings = load(os.environ)

    async def working() -> None:
        async with composed(settings) as parts:
            await work(parts, settings)

    run(working())


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
