"""What the documents tell people to type can be typed: commands, options, targets, settings and files exist."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec
import pytest

from infra.settings import CONFIG_VARIABLE, Settings
from tests.support.command_checks import faults
from tests.support.documents import documents
from tests.support.project_files import PROJECT
from tests.support.shell_text import commands_in_block, commands_in_line

if TYPE_CHECKING:
    from tests.support.documents import Document

EACH_PAGE = pytest.mark.parametrize("page", documents(), ids=lambda page: page.path.relative_to(PROJECT).as_posix())

SETTINGS = {field.name.upper() for field in msgspec.structs.fields(Settings)}
OF_COMPOSE = re.findall(
    r"^#?([A-Z_]+)=", (PROJECT / "infra" / "compose" / ".env.example").read_text(encoding="utf-8"), re.MULTILINE
)
NOT_SETTINGS = {
    CONFIG_VARIABLE,
    "CODING_AGENT_TEST_RABBITMQ_IMAGE",  # of the tests
    "OTEL_RESOURCE_ATTRIBUTES",  # of the library that sends traces
    "OTEL_TRACES_SAMPLER",
    *OF_COMPOSE,
}
"""Names of variables that the documents may speak of besides."""
VARIABLE = re.compile(r"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?:=.*)?")
OUR_PATH = re.compile(
    r"(?!application/json)(?:domain|application|adapters|entrypoints|infra|tests|docs|\.github|\.ci)/[\w./*-]*"
)


def is_known(name: str) -> bool:
    return name in SETTINGS | NOT_SETTINGS or name.removesuffix("_FILE") in SETTINGS


@EACH_PAGE
def test_commands_in_blocks_can_be_typed_as_they_stand(page: Document) -> None:
    commands = [command for fence in page.fences for command in commands_in_block(fence.language, fence.text)]
    assert [fault for command in commands for fault in faults(command, whole=True)] == []


@EACH_PAGE
def test_commands_in_the_text_exist(page: Document) -> None:
    commands = [command for code in page.code for command in commands_in_line(code)]
    assert [fault for command in commands for fault in faults(command, whole=False)] == []


@EACH_PAGE
def test_variables_are_settings(page: Document) -> None:
    in_text = [found[1] for code in page.code if (found := VARIABLE.fullmatch(code))]
    typed = [command for fence in page.fences for command in commands_in_block(fence.language, fence.text)]
    in_blocks = [name for command in typed if command.program in {"", "coding-agent"} for name in command.assigns]
    assert [name for name in in_text + in_blocks if not is_known(name)] == []


@EACH_PAGE
def test_files_that_the_text_names_exist(page: Document) -> None:
    named = [code for code in page.code if OUR_PATH.fullmatch(code) and not re.search(r"\.\.\.|…", code)]
    assert [path for path in named if not list(PROJECT.glob(path.rstrip("/")))] == []


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("coding-agent serv", "no command 'serv'"),
        ("coding-agent queue dead forget 1", "no command 'forget'"),
        ("PATH=a coding-agent serve --pol 30s", "No such option '--pol'"),
        ("echo | /opt/bin/coding-agent solve --text x", "Missing option '--repo'"),
        ("coding-agent pause now", "unexpected extra argument"),
        ("sudo make sytem", "no target sytem"),
        ("make demo MODELL=ollama", "reads no MODELL"),
        (".venv/bin/python -m tests.benchmarks.bench_gti", "no module"),
        ("python -m tests.benchmarks.bench_git --filez 3", "no option --filez"),
        ("infra/minikube/upp --no-build", "no infra/minikube/upp"),
        ("docker compose -f infra/compose/no.yaml up", "no infra/compose/no.yaml"),
    ],
)
def test_what_cannot_be_typed_is_found(line: str, fault: str) -> None:
    found = [each for command in commands_in_line(line) for each in faults(command, whole=True)]
    assert len(found) == 1
    assert fault in found[0]


def test_of_a_block_with_prompts_the_rest_is_output() -> None:
    block = "$ coding-agent doctor\ngood make nothing\n$ A=1 make \\\n  demo\n"
    assert [command.words for command in commands_in_block("", block)] == [("coding-agent", "doctor"), ("make", "demo")]
