"""What the scripts do on machines with and without an engine, which a stand-in for Docker's client plays."""

from __future__ import annotations

import os
import signal
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.support.project_files import PROJECT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., subprocess.CompletedProcess[str]]

SCRIPTS = PROJECT / "infra" / "docker"
WITH_ENGINE = SCRIPTS / "with-engine.sh"
OFFICIAL = "docker.io/library/python:3.13-slim"
STAND_IN = "coding-agent-stand-in/python:3.13-slim"


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs a script where `docker` does what is said, and nobody is root."""

    def run(*command: str | Path, docker: str, **variables: str) -> subprocess.CompletedProcess[str]:
        for name, body in {"docker": docker, "id": "echo 1000"}.items():
            (tmp_path / name).write_text(f"#!/bin/sh\n{body}\n")
            (tmp_path / name).chmod(0o755)
        environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "HOME": str(tmp_path), **variables}
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)

    return run


def test_an_engine_that_answers_is_used_and_the_commands_exit_code_is_kept(run: Run) -> None:
    done = run(WITH_ENGINE, "sh", "-c", "echo worked; exit 7", docker="exit 0")
    assert (done.returncode, done.stdout, done.stderr) == (7, "worked\n", "")


def test_without_an_engine_nothing_is_run_and_the_next_step_is_told(run: Run) -> None:
    done = run(WITH_ENGINE, "echo", "worked", docker="exit 1")
    assert (done.returncode, done.stdout) == (69, "")
    assert "none answers" in done.stderr
    assert "Install and start Docker" in done.stderr


def test_what_can_do_without_an_engine_is_run_and_told_why_there_is_none(run: Run) -> None:
    done = run(WITH_ENGINE, "--optional", "sh", "-c", "echo $CODING_AGENT_NO_ENGINE", docker="exit 1")
    assert done.returncode == 0
    assert done.stdout.startswith("none answers, ")


def test_a_signal_reaches_the_command(tmp_path: Path) -> None:
    (tmp_path / "docker").write_text("#!/bin/sh\n")
    (tmp_path / "docker").chmod(0o755)
    work = "trap 'echo ended in good order; exit 5' TERM; echo started; while :; do sleep 0.05; done"
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    with subprocess.Popen(
        [WITH_ENGINE, "sh", "-c", work], env=environment, stdout=subprocess.PIPE, text=True
    ) as script:
        assert script.stdout is not None
        assert script.stdout.readline() == "started\n"
        script.send_signal(signal.SIGTERM)
        assert script.communicate(timeout=60)[0] == "ended in good order\n"
    assert script.returncode == 5


def test_the_images_that_are_named_are_taken_as_they_are(run: Run) -> None:
    done = run(
        SCRIPTS / "base-images.sh", docker="exit 1", PYTHON_IMAGE="ours/python:1", RABBITMQ_IMAGE="ours/rabbit:2"
    )
    assert done.stdout == "PYTHON_IMAGE=ours/python:1\nRABBITMQ_IMAGE=ours/rabbit:2\n"


def test_the_official_images_are_taken_where_they_can_be_pulled(run: Run) -> None:
    done = run(SCRIPTS / "base-images.sh", docker='test "$1" = pull')
    assert f"PYTHON_IMAGE={OFFICIAL}\n" in done.stdout
    assert not done.stderr


def test_a_stand_in_that_is_there_takes_the_place_of_what_cannot_be_pulled_and_that_is_said(run: Run) -> None:
    done = run(SCRIPTS / "base-images.sh", docker='case "$*" in *inspect*stand-in*) ;; *) exit 1 ;; esac')
    assert f"PYTHON_IMAGE={STAND_IN}\n" in done.stdout
    assert f"{OFFICIAL} cannot be pulled here" in done.stderr


def test_testing_the_image_needs_an_engine_and_says_what_to_do(run: Run) -> None:
    done = run(SCRIPTS / "test-image.sh", docker="exit 1")
    assert done.returncode == 69
    assert "infra/docker/with-engine.sh make test-image" in done.stderr
