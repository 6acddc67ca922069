"""The command `coding-agent`."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from typing import NoReturn

import click

from domain.errors import AgentError
from entrypoints.cli.cures import cure_for
from entrypoints.cli.exit_codes import ExitCode, code_for
from entrypoints.cli.printable import printable
from entrypoints.cli.standard_output import open_what_is_closed

_COMMANDS = {
    "solve": ("entrypoints.cli.solve", "Resolve one issue on any git repository."),
    "locate": ("entrypoints.cli.locate", "Name the files that an issue is about."),
    "apply": ("entrypoints.cli.apply", "Put a model's answer into the files of a folder."),
    "demo": ("entrypoints.cli.demo", "Play the whole job on a sample repository."),
    "serve": ("entrypoints.cli.processes", "Gateway and worker in one process, no broker needed."),
    "gateway": ("entrypoints.cli.processes", "Receive webhooks and queue tasks."),
    "worker": ("entrypoints.cli.processes", "Take tasks and work on them."),
    "topology": ("entrypoints.cli.topology", "Make the queues on the broker."),
    "health": ("entrypoints.cli.health", "Ask the gateway or worker on this machine whether it lives."),
    "doctor": ("entrypoints.cli.doctor", "Say what is wrong, and what mends it."),
    "queue": ("entrypoints.cli.queue_commands", "Look into the queue, and mend it."),
    "enqueue": ("entrypoints.cli.enqueue", "Queue the work on an issue, without a label."),
    "reconcile": ("entrypoints.cli.reconcile", "Queue what no webhook has told of."),
    "pause": ("entrypoints.cli.queue_commands", "Let no worker take a task, anywhere."),
    "resume": ("entrypoints.cli.queue_commands", "End the pause."),
    "local-forge": ("entrypoints.cli.local_forge", "Make and fill a local forge."),
}


class _Commands(click.Group):
    """Imports a command's module only when it is called: a gateway need not wait for what `solve` imports."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, in the order that a newcomer meets them."""
        del ctx
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command's own object, or None for an unknown name."""
        del ctx
        if cmd_name not in _COMMANDS:
            return None
        module = __import__(_COMMANDS[cmd_name][0], fromlist=["commands"])
        command = module.commands[cmd_name]
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list in `--help`, without importing anything."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, about) for name, (_, about) in _COMMANDS.items()])


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="coding-agent")
def cli() -> None:
    """An issue becomes a pull request, on your own machines.

    \b
    See it work:             coding-agent demo
    On your own repository:  coding-agent solve --repo . --issue bug.md --dry-run
    One-machine service:     coding-agent serve
    Is all as it should be?  coding-agent doctor
    What waits, what failed: coding-agent queue status

    Settings come from environment variables, or from a TOML file that CODING_AGENT_CONFIG names. Exit codes: 0 done,
    1 nothing to change or edits refused, 2 usage or settings, 3 something outside failed for now, 4 credentials, push
    or budget refused, 130 interrupted.
    """  # noqa: D301 - click reads the mark


def main() -> None:
    """Run the command, and end with the exit code that it documents."""
    open_what_is_closed()
    logging.getLogger().addHandler(logging.NullHandler())  # what a library logs is not a command's answer
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # until the command says what is to be done
    try:
        cli(prog_name="coding-agent", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        _end(ExitCode.USAGE)
    except (click.Abort, KeyboardInterrupt):
        if "--json" in sys.argv:  # it came before the command could say so itself
            print('{"outcome": "interrupted", "exit_code": 130, "reason": "Interrupted; nothing was left behind."}')
        else:
            print("Interrupted.", file=sys.stderr)
        _end(ExitCode.INTERRUPTED)
    except AgentError as error:
        print(printable(f"coding-agent: {error}\n{cure_for(error)}").rstrip(), file=sys.stderr)
        _end(code_for(error))
    except SystemExit as asked:
        _end(asked.code if isinstance(asked.code, int) else ExitCode.DONE)


def _end(code: int) -> NoReturn:
    """End now: a thread that still waits for a silent server has been given up, and must not hold the process."""
    if threading.active_count() == 1:
        sys.exit(code)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
