"""A command whose `--json` holds for a command line that cannot be understood, too."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from domain.errors import InvalidInput

if TYPE_CHECKING:
    from typing import Any

as_json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object, and nothing else, on standard output."
)


class JsonCommand(click.Command):
    """Reports wrong usage as a JSON object where one was asked for."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """See click; with `--json` anywhere on the line, wrong usage ends the process here."""
        as_json = "--json" in args
        try:
            return super().make_context(info_name, args, parent, **extra)
        except click.UsageError as error:
            if not as_json:
                raise
            from entrypoints.cli import solve_output as output  # noqa: PLC0415 - slow to load, and seldom needed

            report = output.report_error(InvalidInput(error.format_message()))
            sys.exit(output.show(report, as_json=True))
