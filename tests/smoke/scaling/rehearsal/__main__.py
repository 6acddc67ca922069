"""`make rehearse-scaling`: `infra/minikube/load` without a cluster, on a real broker, gateway, forge and workers."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from entrypoints.cli.child_process import started
from tests.e2e.test_two_processes import logged
from tests.smoke.scaling.rehearsal.scaler import Scaler
from tests.support.broker import private_broker
from tests.support.installation import PROJECT, REPOSITORY, Installation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.support.broker import Broker

_KUBECTL = '#!/bin/sh\nexec "{python}" -P -m tests.smoke.scaling.rehearsal.kubectl "$@"\n'


async def rehearse(folder: Path, broker: Broker, options: argparse.Namespace) -> int:
    """Set the stage, and return what the check returns."""
    own = {"QUEUE": "rabbitmq", "RABBITMQ_URL": broker.url, "SCRIPT_PAUSE_SECONDS": "1", "RECONCILE_SECONDS": "0"}
    installation = Installation(folder, {**own, "PYTHONPATH": str(PROJECT)})
    await installation.set_up()
    async with started("gateway", installation.environment, folder) as gateway, installation.parts() as parts:
        port = str((await logged(gateway, "listening"))["port"])
        scene = {
            "environment": {**installation.environment, "GATEWAY_PORT": port},
            "management": f"http://{broker.host}:{broker.http}",
        }
        (folder / "scene.json").write_text(json.dumps(scene))
        scaler = Scaler(parts.queue_admin(), installation.environment, folder, options.kill_one)
        scaler.tell()
        scaling = asyncio.create_task(scaler.run())
        try:
            return await _check(folder, options.tasks)
        finally:
            scaling.cancel()
            with suppress(asyncio.CancelledError):
                await scaling


async def _check(folder: Path, tasks: int) -> int:
    kubectl = folder / "bin" / "kubectl"
    kubectl.parent.mkdir()
    kubectl.write_text(_KUBECTL.format(python=sys.executable))
    kubectl.chmod(0o755)
    path = os.pathsep.join([str(kubectl.parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path, "PYTHON": sys.executable, "REHEARSAL": str(folder)}
    command = [str(PROJECT / "infra" / "minikube" / "load"), "--tasks", str(tasks), "--repository", REPOSITORY]
    check = await asyncio.create_subprocess_exec(*command, env=environment, cwd=PROJECT)
    return await check.wait()


def main(arguments: Sequence[str] | None = None) -> int:
    """Rehearse, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.smoke.scaling.rehearsal", description=__doc__)
    parser.add_argument("--tasks", type=int, default=8, help="issues to open (default: %(default)s)")
    parser.add_argument("--kill-one", action="store_true", help="kill a worker that has a task in hand")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder, private_broker() as (broker, _):
        return asyncio.run(rehearse(Path(folder), broker, options))


if __name__ == "__main__":
    sys.exit(main())
