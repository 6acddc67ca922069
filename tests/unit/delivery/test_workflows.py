"""What is asked of each workflow beyond what the linters ask."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.support.command_checks import faults
from tests.support.project_files import PROJECT, workflows
from tests.support.shell_text import commands_in_block

if TYPE_CHECKING:
    from pathlib import Path

JOBS = [
    pytest.param(path, name, job, id=f"{path.stem}-{name}")
    for path in workflows()
    for name, job in yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].items()
]
EACH_WORKFLOW = pytest.mark.parametrize("path", workflows(), ids=lambda path: path.stem)
EACH_JOB = pytest.mark.parametrize(("path", "name", "job"), JOBS)


@EACH_WORKFLOW
def test_a_workflow_may_do_nothing_and_its_jobs_say_what_they_need(path: Path) -> None:
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert workflow["permissions"] == {}
    assert workflow["concurrency"]["group"].startswith(f"{path.stem}")


@EACH_JOB
def test_a_job_has_its_own_permissions_and_an_end(path: Path, name: str, job: dict[str, Any]) -> None:
    del path, name
    assert job["permissions"]
    assert "uses" in job or job["timeout-minutes"] <= 90


@EACH_JOB
def test_no_text_of_an_event_is_put_into_a_script(path: Path, name: str, job: dict[str, Any]) -> None:
    del path, name
    assert [step["run"] for step in job.get("steps", []) if "${{" in step.get("run", "")] == []


@EACH_JOB
def test_a_step_runs_what_there_is(path: Path, name: str, job: dict[str, Any]) -> None:
    del path, name
    commands = [command for step in job.get("steps", []) for command in commands_in_block("", step.get("run", ""))]
    assert [fault for command in commands for fault in faults(command, whole=True)] == []


@EACH_WORKFLOW
def test_a_foreign_action_is_pinned_to_a_commit_and_names_its_version(path: Path) -> None:
    foreign = re.findall(r"uses: ([^.\s]\S*)(.*)", path.read_text(encoding="utf-8"))
    pinned = re.compile(r"[\w-]+/[\w-]+@[0-9a-f]{40}")
    assert [(what, rest) for what, rest in foreign if not pinned.fullmatch(what) or not re.match(r" # v\d", rest)] == []


def test_one_version_of_an_action_is_used() -> None:
    used = {line for path in workflows() for line in re.findall(r"uses: ([^.\s].*)", path.read_text(encoding="utf-8"))}
    names = [line.split("@")[0] for line in used]
    assert sorted(names) == sorted(set(names))


def test_the_gate_runs_on_every_python_that_the_package_promises() -> None:
    gate = yaml.safe_load((PROJECT / ".github" / "workflows" / "test.yml").read_text(encoding="utf-8"))["jobs"]["gate"]
    promised = re.findall(r"Python :: (3\.\d+)", (PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    assert gate["strategy"]["matrix"]["python"] == promised
