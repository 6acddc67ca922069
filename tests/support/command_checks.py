"""Whether a command that a document gives could be typed: sub-commands, options, targets, modules, files."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import click

from entrypoints.cli.main import cli
from tests.support.project_files import PROJECT

if TYPE_CHECKING:
    from tests.support.shell_text import Command

_OURS = re.compile(r"(?:infra|docs|tests|\.github|\.ci)/[\w./-]*[\w-]")
_TAKES_A_FILE = {"docker", "kubectl", "helm", "bash", "sh", "install", "cp", "minikube", "promtool"}


def faults(command: Command, *, whole: bool) -> list[str]:
    """What is wrong with it; `whole` if all that the command needs must be there, as in a block to be copied."""
    if command.program == "coding-agent":
        return _faults_of_ours(command.words[1:], whole=whole)
    if command.program == "make":
        return _faults_of_make(command.words[1:])
    if command.program.startswith("python") and "-m" in command.words:
        return _faults_of_module(command.words[command.words.index("-m") + 1 :])
    return _missing_files(command)


def _faults_of_ours(words: tuple[str, ...], *, whole: bool) -> list[str]:
    group: click.Command = cli
    context = click.Context(cli, info_name="coding-agent")
    rest = list(words)
    while isinstance(group, click.Group) and rest and not rest[0].startswith("-"):
        found = group.get_command(context, rest[0])
        if found is None:
            return [f"{context.command_path} has no command {rest[0]!r}"]
        group, context = found, click.Context(found, parent=context, info_name=rest.pop(0))
    return (
        [] if isinstance(group, click.Group) and not whole else _faults_of_arguments(group, context, rest, whole=whole)
    )


def _faults_of_arguments(command: click.Command, context: click.Context, rest: list[str], *, whole: bool) -> list[str]:
    try:
        command.make_context(context.command_path, rest, resilient_parsing=not whole)
    except click.exceptions.Exit:
        return []  # --help, --version
    except click.exceptions.NoArgsIsHelpError:
        return [f"{context.command_path}: a command is missing"]
    except click.BadParameter as error:  # a file that is not here, or a word in place of a value
        return [_told(context, error)] if isinstance(error, click.MissingParameter) else []
    except click.UsageError as error:
        return [_told(context, error)]
    return []


def _told(context: click.Context, error: click.UsageError) -> str:
    return f"{context.command_path}: {error.format_message()}"


def _faults_of_make(words: tuple[str, ...]) -> list[str]:
    makefile = _text("Makefile")
    targets = [word for word in words if re.fullmatch(r"[a-z][\w-]*", word)]
    variables = [word.partition("=")[0] for word in words if re.match(r"[A-Z_]+=", word)]
    return [
        *[f"make has no target {name}" for name in targets if not re.search(rf"^{name}:", makefile, re.MULTILINE)],
        *[f"the Makefile reads no {name}" for name in variables if f"$({name})" not in makefile],
    ]


def _faults_of_module(words: tuple[str, ...]) -> list[str]:
    name = words[0] if words else ""
    if name.partition(".")[0] not in {"tests", "infra", "entrypoints"}:
        return []
    path = PROJECT / name.replace(".", "/")
    file = path / "__main__.py" if path.is_dir() else path.with_suffix(".py")
    if not file.is_file():
        return [f"there is no module {name}"]
    known = "".join(each.read_text(encoding="utf-8") for each in sorted(file.parent.glob("*.py")))
    options = [word.strip("[]") for word in words[1:] if word.strip("[]").startswith("--")]
    return [f"{name} has no option {option}" for option in options if f'"{option.partition("=")[0]}"' not in known]


def _missing_files(command: Command) -> list[str]:
    ours = bool(command.words) and _OURS.match(command.words[0]) is not None
    if command.program not in _TAKES_A_FILE and not ours:
        return []
    named = {found for word in command.words for found in _OURS.findall(word)}
    return [f"there is no {name}" for name in sorted(named) if not (PROJECT / name).exists()]


@cache
def _text(name: str) -> str:
    return (PROJECT / name).read_text(encoding="utf-8")
