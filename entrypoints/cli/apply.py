"""`coding-agent apply`: a model's answer, put into the files of a folder."""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from domain.change_set import ChangeKind
from domain.errors import InvalidInput
from entrypoints.cli.exit_codes import ExitCode
from entrypoints.cli.json_command import JsonCommand
from entrypoints.cli.printable import printable, printable_line
from entrypoints.cli.standard_output import write_out
from infra import builders

if TYPE_CHECKING:
    from application.editing.refusal import Refusal
    from application.use_cases.apply_answer import AnswerApplied
    from domain.change_set import FileChange

_MAX_ANSWER_BYTES = 20_000_000
_STATUS = {
    ChangeKind.CREATE: "created",
    ChangeKind.EDIT: "changed",
    ChangeKind.REWRITE: "changed",
    ChangeKind.DELETE: "deleted",
    ChangeKind.RENAME: "renamed",
}


@click.command(cls=JsonCommand)
@click.option("--answer", required=True, metavar="FILE|-", help="The model's answer, from a file or standard input.")
@click.option(
    "--root",
    default=Path(),
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="The folder whose files it changes.  [default: the current one]",
)
@click.option("--dry-run", is_flag=True, help="Say what would change; change nothing.")
@click.option(
    "--protect", is_flag=True, help="Refuse what the agent itself may not change: workflows, manifests, locks."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, and nothing else, on standard output.")
def apply(answer: str, root: Path, dry_run: bool, protect: bool, as_json: bool) -> None:  # noqa: FBT001
    """Put the edits of a model's answer into the files of a folder: all of them, or none.

    Understands search/replace blocks, unified diffs (wrong line numbers and counts too), patch envelopes, whole files
    in code fences, JSON and XML, and the agent's own format. What fits nowhere, or in two places, is refused with the
    nearest text, for whoever wrote the answer to mend. No file outside of the folder is reached, none in .git, and no
    symbolic link is followed. The files need not be in a git repository.

    \b
    Examples:
      coding-agent apply --answer reply.md --dry-run
      pbpaste | coding-agent apply --answer - --root ~/project

    Exit codes: 0 applied, 1 refused or nothing to change, 2 usage.
    """  # noqa: D301 - click reads the mark
    outcome = asyncio.run(_applied(_read(answer), root, dry_run=dry_run, protect=protect))
    code = ExitCode.DONE if outcome.applied.changes else ExitCode.NOTHING_CHANGED
    if as_json:
        write_out(json.dumps(_report(outcome, code, dry_run=dry_run)) + "\n")
    else:
        _tell(outcome, dry_run=dry_run)
    sys.exit(code)


async def _applied(text: str, root: Path, *, dry_run: bool, protect: bool) -> AnswerApplied:
    async with AsyncExitStack() as stack:
        return await builders.apply_answer(stack, root, protect=protect).run(text, dry_run=dry_run)


def _read(answer: str) -> str:
    try:
        if answer == "-":
            content = sys.stdin.buffer.read(_MAX_ANSWER_BYTES + 1)
        else:
            with Path(answer).open("rb") as file:
                content = file.read(_MAX_ANSWER_BYTES + 1)
    except OSError as error:
        message = f"--answer: cannot read {answer}: {error.strerror}"
        raise InvalidInput(message) from None
    if len(content) > _MAX_ANSWER_BYTES:
        message = f"--answer: longer than {_MAX_ANSWER_BYTES // 1_000_000} MB, which no model's answer is"
        raise InvalidInput(message)
    return content.decode("utf-8", "surrogateescape")


def _report(outcome: AnswerApplied, code: ExitCode, *, dry_run: bool) -> dict[str, object]:
    report: dict[str, object] = {
        "applied": bool(outcome.applied.changes) and not dry_run,
        "files": {change.path: _file(change, outcome) for change in outcome.applied.changes},
        "refused": [_refusal(refusal) for refusal in outcome.applied.refused],
        "exit_code": int(code),
    }
    return report | ({"words": outcome.words} if outcome.words else {}) | ({"dry_run": True} if dry_run else {})


def _file(change: FileChange, outcome: AnswerApplied) -> dict[str, str]:
    told = {"status": _STATUS[change.kind], "how": outcome.applied.how.get(change.path, "")}
    return told | ({"to": change.renamed_to} if change.renamed_to else {})


def _refusal(refusal: Refusal) -> dict[str, str | None]:
    return {"path": refusal.path, "reason": refusal.reason, "nearest": refusal.nearest or None}


def _tell(outcome: AnswerApplied, *, dry_run: bool) -> None:
    lines = [_line(change, outcome) for change in outcome.applied.changes]
    if lines:
        write_out("\n".join([*lines, *(["Nothing was changed (--dry-run)."] if dry_run else []), ""]))
        return
    said = [f"The answer changes nothing: {printable(outcome.words)}"] if outcome.words else []
    for refusal in outcome.applied.refused:
        said.append(f"refused  {printable_line(str(refusal))}")
        said += [f"         {line}" for line in printable(refusal.nearest).split("\n") if refusal.nearest]
    print("\n".join([*said, "Nothing was changed."]), file=sys.stderr)


def _line(change: FileChange, outcome: AnswerApplied) -> str:
    told = _file(change, outcome)
    target = f" -> {change.renamed_to}" if change.renamed_to else ""
    return printable_line(f"{told['status']:8} {change.path}{target}  ({told['how']})")


commands = {"apply": apply}
