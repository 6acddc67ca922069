"""The few lines of shell in the manifests, run with a command of the agent's that ends as a test says."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from entrypoints.cli.exit_codes import ExitCode
from tests.support.kubernetes.pods import agents
from tests.support.kubernetes.rendering import Combination, manifests_group, rendered

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = manifests_group

FAKE = """#!/bin/sh
echo "$@" >>{folder}/calls
code=$(head -n 1 {folder}/codes)
sed -i 1d {folder}/codes
exit "$code"
"""


def run(folder: Path, component: str, codes: list[int]) -> tuple[int, list[str]]:
    """The exit code of the part's first container, and what it had the agent do; each call ends with the next code."""
    (pod,) = [pod for pod in agents(rendered(Combination("prod"))) if pod.component == component]
    programs = {"coding-agent": FAKE.format(folder=folder), "sleep": "#!/bin/sh\n"}
    for name, text in programs.items():
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    (folder / "codes").write_text("\n".join(map(str, codes)))
    environment = {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}
    ended = subprocess.run(pod.containers[0]["command"], env=environment, check=False, timeout=30)
    return ended.returncode, (folder / "calls").read_text().splitlines()


def test_the_job_waits_for_a_broker_that_is_not_up_yet(tmp_path: Path) -> None:
    code, calls = run(tmp_path, "topology", [ExitCode.TRANSIENT, ExitCode.TRANSIENT, ExitCode.DONE])
    assert (code, calls) == (0, ["topology apply"] * 3)


@pytest.mark.parametrize("code", [ExitCode.USAGE, ExitCode.REFUSED])
def test_the_job_does_not_wait_where_that_would_not_help(tmp_path: Path, code: ExitCode) -> None:
    assert run(tmp_path, "topology", [code]) == (code, ["topology apply"])


def test_the_gateway_waits_for_the_queues_however_long_it_takes(tmp_path: Path) -> None:
    code, calls = run(tmp_path, "gateway", [ExitCode.USAGE, ExitCode.TRANSIENT, ExitCode.DONE])
    assert (code, calls) == (0, ["topology check"] * 3)
