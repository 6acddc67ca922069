"""The trial's pods start as their manifests describe them, and do their work: on a read-only root, as nobody's user."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from tests.image.node import ask, ended, running_node
from tests.image.stack import docker, wait_for
from tests.support.kubernetes.rendering import Combination, rendered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.image.node import Node

TRIAL = rendered(Combination("trial"))
JOBS = rendered(Combination("trial", ("scaled-job",)))
PROGRAMS = Path(__file__).parents[1] / "smoke" / "scaling" / "in_pods"
REPOSITORY = "demo/durations"


class Cluster:
    """The pods that there are before the first worker."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.broker = node.start(TRIAL, "StatefulSet", "rabbitmq", "rabbitmq.ai-agent.svc")
        self.topology = node.start(TRIAL, "Job", "topology")
        self.gateway = node.start(TRIAL, "Deployment", "gateway")
        self.forge = node.start(TRIAL, "Deployment", "forge")

    def seen_by_keda(self) -> int:
        url = urlsplit(self.node.secrets["rabbitmq-credentials"]["keda-url"])
        page = f"http://{url.hostname}:{url.port}/api/queues/%2F/agent-tasks"
        return int(ask(self.forge, page, url.username or "", url.password or "").get("messages", 0))

    def publish(self) -> int:
        """One task; the number of its issue."""
        (asked,) = self._program(self.forge, "ask", REPOSITORY, "1")
        assert self._program(self.gateway, "deliver", given=json.dumps([asked["payload"]])) == [202]
        wait_for(lambda: self.seen_by_keda() == 1, "for KEDA to see the task")
        return int(asked["issue"])

    def made_of(self, issue: int) -> dict[str, int]:
        (found,) = self._program(self.forge, "look", REPOSITORY, str(issue), str(issue))
        return dict(found)

    def _program(self, container: str, name: str, *arguments: str, given: str = "") -> Any:
        text = (PROGRAMS / f"{name}.py").read_text()
        command = ["docker", "exec", "--interactive", container, "python", "-c", text, *arguments]
        return json.loads(subprocess.run(command, input=given, capture_output=True, text=True, check=True).stdout)


@pytest.fixture(scope="module")
def cluster(base_images: dict[str, str], image: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with running_node(tmp_path_factory.mktemp("node"), image, base_images["RABBITMQ_IMAGE"]) as node:
        yield Cluster(node)


def done_once(issue: int) -> dict[str, int]:
    return {"issue": issue, "comments": 1, "done": 1, "pull_requests": 1, "commits": 1}


def test_the_queues_are_made_and_the_gateway_answers_its_probes(cluster: Cluster) -> None:
    wait_for(lambda: ended(cluster.topology) == 0, "for the Job that makes the queues")
    wait_for(lambda: "listening" in docker("logs", cluster.gateway), "for the gateway")
    assert ask(cluster.gateway, "http://localhost:8080/health") == {"status": "alive"}
    assert ask(cluster.gateway, "http://localhost:8080/ready") == {"status": "ready"}


def test_a_job_does_one_task_and_ends(cluster: Cluster) -> None:
    issue = cluster.publish()
    job = cluster.node.start(JOBS, "ScaledJob", "worker")
    wait_for(lambda: ended(job) is not None, "for the Job to end")
    assert ended(job) == 0
    assert cluster.made_of(issue) == done_once(issue)


def test_a_worker_that_is_scaled_away_finishes_its_task_first(cluster: Cluster) -> None:
    issue = cluster.publish()
    worker = cluster.node.start(TRIAL, "Deployment", "worker")
    wait_for(lambda: '"stage": "thinking"' in docker("logs", worker), "for the worker to ask the model")
    assert ask(worker, "http://localhost:8081/ready")["status"] == "ready"
    docker("stop", "--time=300", worker)
    assert ended(worker) == 0
    assert cluster.made_of(issue) == done_once(issue)
    wait_for(lambda: cluster.seen_by_keda() == 0, "for KEDA to see that nothing is left")


def test_the_broker_comes_back_with_what_was_on_its_volume(cluster: Cluster) -> None:
    issue = cluster.publish()
    docker("rm", "--force", cluster.broker)
    cluster.broker = cluster.node.start(TRIAL, "StatefulSet", "rabbitmq", "rabbitmq.ai-agent.svc")
    job = cluster.node.start(JOBS, "ScaledJob", "worker")
    wait_for(lambda: ended(job) is not None, "for the Job to end")
    assert cluster.made_of(issue) == done_once(issue)
