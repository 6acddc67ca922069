"""How old the broker's figures are by which KEDA goes: from a confirmed task until the management API shows it.

    python -m tests.benchmarks.bench_queue_figures [--tasks 60] [--default] [--json]

A private broker with the configuration and the users of infra/kubernetes; tasks are published at random times, and the
API is asked as KEDA's user ten times a second. `--default` leaves the broker's own intervals as they are.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import yaml

from adapters.rabbitmq.endpoint import Endpoint
from adapters.rabbitmq.queue import RabbitTaskQueue
from adapters.system_clock.clock import SystemClock
from adapters.task_json.codec import TaskJson
from domain.secret import Secret
from infra.kubernetes.broker_secret import secret
from tests.benchmarks.figures import Report, percentile, show
from tests.fakes.queued_tasks import a_task
from tests.support.broker_guard import PrivateBroker

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_CONFIGURATION = Path(__file__).parents[2] / "infra" / "kubernetes" / "components" / "rabbitmq" / "config.yaml"
_HOST = "rabbitmq.ai-agent.svc"
_LOOK_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 5.0
_SETTLING_SECONDS = 12.0


class DeployedBroker(PrivateBroker):
    """Configured as on Kubernetes, but for ports and files."""

    def __init__(self, folder: Path, credentials: Mapping[str, str], *, own_intervals: bool) -> None:
        super().__init__(folder)
        self._root = folder
        self._credentials = credentials
        self._own_intervals = own_intervals

    def url(self, key: str) -> str:
        """The address of one of the users."""
        url = self._credentials[key]
        for port, name in ((5672, "amqp"), (15672, "http")):
            url = url.replace(f"{_HOST}:{port}", f"127.0.0.1:{self.ports[name]}")
        return url

    def _configure(self) -> None:
        files: Mapping[str, str] = yaml.safe_load(_CONFIGURATION.read_text())["data"]
        definitions = self._root / "definitions.json"
        definitions.write_text(self._credentials["definitions.json"])
        here = {
            "/etc/rabbitmq/definitions/definitions.json": str(definitions),
            "= 5672": f"= 127.0.0.1:{self.ports['amqp']}",
            "= 15672": f"= {self.ports['http']}\nmanagement.tcp.ip = 127.0.0.1",
            "500MB": "10MB",
        }
        text = files["50-coding-agent.conf"]
        for theirs, ours in here.items():
            text = text.replace(theirs, ours)
        (self._root / "rabbitmq.conf").write_text(f"{text}\n")
        (self._root / "advanced.config").write_text("[]." if self._own_intervals else files["advanced.config"])
        (self._root / "plugins").write_text("[rabbitmq_management].\n")

    def _environment(self) -> dict[str, str]:
        return {**super()._environment(), "RABBITMQ_ADVANCED_CONFIG_FILE": str(self._root / "advanced.config")}

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url('keda-url')}api/whoami", trust_env=False).is_success
        except httpx.TransportError:
            return False


async def measured(broker: DeployedBroker, tasks: int) -> Sequence[float]:
    """The seconds for each task."""
    queue = RabbitTaskQueue(Endpoint(Secret(broker.url("worker-url"))), TaskJson(), SystemClock())
    await queue.set_up()
    await asyncio.sleep(_SETTLING_SECONDS)
    found = []
    async with httpx.AsyncClient(trust_env=False) as client:
        for number in range(1, tasks + 1):
            await asyncio.sleep(random.uniform(0, _LONGEST_PAUSE_SECONDS))  # noqa: S311 - no secret
            await queue.publish(a_task(number))
            began = time.monotonic()
            while await _shown(client, broker) < number:  # noqa: ASYNC110 - the API tells nobody
                await asyncio.sleep(_LOOK_SECONDS)
            found.append(time.monotonic() - began)
    await queue.close()
    return found


async def _shown(client: httpx.AsyncClient, broker: DeployedBroker) -> int:
    answer = await client.get(f"{broker.url('keda-url')}api/queues/%2F/agent-tasks")
    return int(answer.json().get("messages", 0))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tasks", type=int, default=60)
    parser.add_argument("--default", action="store_true", help="with the broker's own intervals")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    credentials = secret("agent-tasks", _HOST, "ai-agent")["stringData"]
    assert isinstance(credentials, dict)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        broker = DeployedBroker(Path(folder), credentials, own_intervals=options.default)
        broker.start()
        try:
            seconds = sorted(asyncio.run(measured(broker, options.tasks)))
        finally:
            broker.stop()
    show(_report(seconds, default=options.default), as_json=options.json)


def _report(seconds: Sequence[float], *, default: bool) -> Report:
    figures = {"median": percentile(seconds, 50), "p95": percentile(seconds, 95), "max": seconds[-1]}
    return Report(
        title=f"Until the management API shows a task, s ({'default' if default else 'deployed'} intervals)",
        columns=("tasks", *figures),
        rows=((str(len(seconds)), *(f"{value:.1f}" for value in figures.values())),),
        figures={"tasks": len(seconds), **figures},
    )


if __name__ == "__main__":
    main()
