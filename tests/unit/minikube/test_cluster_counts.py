"""How the scaling check reads what kubectl and the broker's own tool answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.smoke.scaling.cluster import Cluster, counted
from tests.smoke.scaling.kubectl import ClusterError, Kubectl
from tests.smoke.scaling.timeline import Queue, Workers
from tests.support.recorded_program import record

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.recorded_program import Recorded


def pod(phase: str = "Running", *, ready: bool = True, **status: Any) -> dict[str, Any]:
    conditions = [{"type": "Ready", "status": str(ready)}, *status.pop("conditions", [])]
    return {"status": {"phase": phase, "conditions": conditions, **status}}


def waiting(reason: str, restarts: int = 0) -> dict[str, Any]:
    return {"restartCount": restarts, "state": {"waiting": {"reason": reason}}}


@pytest.fixture
def kubectl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Recorded:
    return record("kubectl", tmp_path, monkeypatch)


@pytest.fixture
def cluster() -> Cluster:
    return Cluster(Kubectl("trial", "ai-agent"), "agent-tasks", "demo/durations")


def test_every_queue_of_the_agents_is_counted_for_what_it_holds() -> None:
    queues = {
        "agent-tasks": (5, 2),
        "agent-tasks.busy": (1, 0),
        "agent-tasks.delay.10s": (2, 0),
        "agent-tasks.expired": (1, 1),
        "agent-tasks.dead": (3, 0),
        "agent-tasks.cancels": (9, 0),
        "agent-tasks.holders": (9, 0),
    }
    assert counted(queues, "agent-tasks") == Queue(ready=5, held=2, later=3, dead=5)


def test_a_broker_without_the_queue_is_an_error_that_says_what_makes_it() -> None:
    with pytest.raises(ClusterError, match="no queue `agent-tasks`: the Job"):
        counted({}, "agent-tasks")


def test_pods_that_have_ended_are_no_workers(kubectl: Recorded, cluster: Cluster) -> None:
    kubectl.answer({"items": [pod(), pod("Succeeded"), pod("Failed"), pod("Pending", ready=False)]})
    assert cluster.workers() == Workers(pods=2, ready=1)


def test_pods_that_cannot_run_say_why(kubectl: Recorded, cluster: Cluster) -> None:
    unplaced = pod(
        "Pending", ready=False, conditions=[{"type": "PodScheduled", "status": "False", "reason": "Unschedulable"}]
    )
    crashing = pod(ready=False, containerStatuses=[waiting("CrashLoopBackOff", restarts=3)])
    starting = pod("Pending", ready=False, containerStatuses=[waiting("ContainerCreating")])
    kubectl.answer({"items": [unplaced, crashing, starting]})
    assert cluster.workers() == Workers(pods=3, ready=0, restarts=3, troubles=("CrashLoopBackOff", "Unschedulable"))


def test_every_call_names_the_cluster_and_the_namespace(kubectl: Recorded, cluster: Cluster) -> None:
    kubectl.answer([{"name": "agent-tasks", "messages_ready": 1, "messages_unacknowledged": 0}])
    assert cluster.tasks() == Queue(ready=1)
    (call,) = kubectl.calls()
    assert call[:7] == ["--context", "trial", "--namespace", "ai-agent", "exec", "statefulset/rabbitmq", "--"]


def test_what_kubectl_says_last_becomes_the_error(kubectl: Recorded, cluster: Cluster) -> None:
    kubectl.fail("Warning: something else\nThe connection to the server was refused", code=1)
    with pytest.raises(
        ClusterError, match=r"^`kubectl .* get pods .*` failed: The connection to the server was refused$"
    ):
        cluster.workers()


def test_an_answer_that_is_no_json_is_an_error(kubectl: Recorded, cluster: Cluster) -> None:
    kubectl.print("Unable to use a TTY")
    with pytest.raises(ClusterError, match="did not answer with JSON: 'Unable to use a TTY'"):
        cluster.tasks()


def test_a_program_gets_its_arguments_and_its_input(kubectl: Recorded, cluster: Cluster) -> None:
    kubectl.answer([{"issue": 4, "payload": {"action": "labeled"}}])
    asked = cluster.ask(1)
    assert asked.issues == (4,)
    assert kubectl.calls()[0][-2:] == ["demo/durations", "1"]
    kubectl.answer([202])
    assert cluster.deliver(asked) == [202]
    assert json.loads(kubectl.given()) == [{"action": "labeled"}]
