"""What the operators' commands print: text for people or one JSON object, and the exit code that goes with it."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from domain.errors import AgentError, InvalidInput
from entrypoints.cli import solve_output
from entrypoints.cli.exit_codes import ExitCode
from entrypoints.cli.interruptible import run
from entrypoints.cli.printable import printable
from entrypoints.cli.standard_output import write_out
from infra.composition import composed
from infra.settings import load, overridden

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from datetime import datetime

    from infra.composition import Parts
    from infra.settings import Settings


@dataclass(frozen=True, slots=True)
class Answer:
    """The same twice: `text` in lines for people, `facts` for programs; `code` is the exit code."""

    text: str
    facts: Mapping[str, object] = field(default_factory=dict)
    code: ExitCode = ExitCode.DONE


def answer(work: Callable[[Parts, Settings], Awaitable[Answer]], *, as_json: bool, **instead: object) -> None:
    """Do the work, print what it answers, and end with its exit code.

    `instead` are settings that options have replaced. An error becomes a JSON object where one was asked for;
    otherwise it is raised, and said in one line.
    """
    try:
        given = run(_with_parts(work, instead))
    except AgentError as error:
        if not as_json:
            raise
        sys.exit(solve_output.show(solve_output.report_error(error), as_json=True))
    show(given, as_json=as_json)
    sys.exit(given.code)


def require_shared_queue(settings: Settings) -> None:
    """Refuse a queue that no other process can see."""
    if settings.queue == "memory":
        message = "QUEUE: `memory` is a queue inside one process; no other can look into it, or put anything there."
        raise InvalidInput(message)


def require_listed_repositories(settings: Settings) -> None:
    """Refuse settings that name no single repository to look at."""
    if not any("/" in name for name in settings.allowed_repositories):
        message = "ALLOWED_REPOSITORIES: list the repositories that are to be looked at, as owner/name."
        raise InvalidInput(message)


def show(given: Answer, *, as_json: bool) -> None:
    """Print it."""
    if as_json:
        write_out(f"{json.dumps({'exit_code': given.code, **given.facts})}\n")
    else:
        write_out(f"{printable(given.text).rstrip()}\n")


def moment(at: datetime) -> str:
    """A time for people: to the second, in UTC."""
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


async def _with_parts(work: Callable[[Parts, Settings], Awaitable[Answer]], instead: dict[str, object]) -> Answer:
    settings = overridden(load(os.environ), **instead)
    async with composed(settings) as parts:
        return await work(parts, settings)
