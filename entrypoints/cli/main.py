"""The command `coding-agent`."""

from __future__ import annotations

import sys

import click

from domain.errors import AgentError
from entrypoints.cli.exit_codes import ExitCode, code_for

_COMMANDS = {
    "solve": ("entrypoints.cli.solve", "Resolve one issue on any git repository."),
    "demo": ("entrypoints.cli.demo", "Play the whole job on a sample repository."),
    "serve": ("entrypoints.cli.processes", "Gateway and worker in one process, no broker needed."),
    "gateway": ("entrypoints.cli.processes", "Receive webhooks and queue tasks."),
    "worker": ("entrypoints.cli.processes", "Take tasks and work on them."),
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
    r"""An issue becomes a pull request, on your own machines.

    \b
    See it work:            coding-agent demo
    On your own repository: coding-agent solve --repo . --text "..." --model ollama --dry-run
    One-machine service:    coding-agent serve

    Settings come from environment variables, or from a TOML file that CODING_AGENT_CONFIG names. Exit codes: 0 done,
    1 nothing to change or edits refused, 2 usage or settings, 3 something outside failed for now, 4 credentials, push
    or budget refused, 130 interrupted.
    """


def main() -> None:
    """Run the command, and end with the exit code that it documents."""
    try:
        cli(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(ExitCode.USAGE)
    except (click.Abort, KeyboardInterrupt):
        print("Interrupted; nothing was left behind.", file=sys.stderr)
        sys.exit(ExitCode.INTERRUPTED)
    except AgentError as error:
        print(f"coding-agent: {error}", file=sys.stderr)
        sys.exit(code_for(error))


if __name__ == "__main__":
    main()
