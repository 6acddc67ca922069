"""`coding-agent doctor`: what is good, and what is wrong and how it is mended."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from domain.errors import InvalidInput
from domain.finding import Finding, Grade
from entrypoints.cli.answers import Answer, show
from entrypoints.cli.exit_codes import ExitCode
from entrypoints.cli.interruptible import run
from entrypoints.cli.json_command import JsonCommand, as_json_option
from entrypoints.cli.printable import printable_line
from infra.composition import composed
from infra.doctor import Doctor
from infra.settings import load

if TYPE_CHECKING:
    from collections.abc import Sequence

_WORDS = {Grade.GOOD: "good  ", Grade.REMARK: "remark", Grade.BAD: "BAD   "}


@click.command(cls=JsonCommand)
@as_json_option
def doctor(*, as_json: bool) -> None:
    """Look at each setting and at each part outside: git, forge, queue, model.

    One line each: good; a remark, where it works but may surprise; or BAD, with what mends it. Nothing is changed and
    nothing is spent: no model is asked for an answer. Exit code 0 where nothing is BAD, otherwise 2.
    """
    answer = _answer(run(_findings()))
    show(answer, as_json=as_json)
    sys.exit(answer.code)


async def _findings() -> Sequence[Finding]:
    try:
        settings = load(os.environ)
    except InvalidInput as error:
        return [Finding("settings", Grade.BAD, str(error))]
    async with composed(settings) as parts:
        return await Doctor(settings, parts).findings()


def _answer(findings: Sequence[Finding]) -> Answer:
    bad = sum(finding.grade is Grade.BAD for finding in findings)
    verdict = f"{bad} of these must be mended." if bad else "Ready to work."
    facts = [
        {"part": finding.part, "grade": finding.grade.value, "words": finding.words, "mend": finding.mend}
        for finding in findings
    ]
    return Answer(
        "\n".join([*(_line(finding) for finding in findings), "", verdict]),
        {"outcome": "bad" if bad else "good", "findings": facts},
        ExitCode.USAGE if bad else ExitCode.DONE,
    )


def _line(finding: Finding) -> str:
    mend = f"\n          {'':12}mend: {finding.mend}" if finding.mend else ""
    return f"{_WORDS[finding.grade]}    {finding.part:12}{printable_line(finding.words)}{mend}"


commands = {"doctor": doctor}
