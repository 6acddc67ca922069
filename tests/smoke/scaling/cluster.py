"""What the check asks of the cluster, in the names that the manifests give."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.smoke.scaling.kubectl import ClusterError
from tests.smoke.scaling.timeline import Queue, Workers
from tests.smoke.scaling.verdict import Result

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.smoke.scaling.kubectl import Kubectl

_COMPONENT = "app.kubernetes.io/name=coding-agent,app.kubernetes.io/component"
_BROKER = "statefulset/rabbitmq"
_GATEWAY = "deployment/gateway"
_FORGE = "deployment/forge"
_DEAD = ("dead", "expired")
_IGNORED = ("cancels", "paused", "pause-note", "holders")
_PROGRAMS = Path(__file__).parent / "in_pods"
_ENDED = {"Succeeded", "Failed"}


@dataclass(frozen=True, slots=True)
class Asked:
    """The issues that the check has opened, and what a forge would send about them."""

    issues: tuple[int, ...]
    payloads: tuple[Mapping[str, object], ...]


@dataclass(frozen=True, slots=True)
class Cluster:
    """The deployment under test; each method raises `ClusterError` where the cluster cannot be asked."""

    kubectl: Kubectl
    queue: str
    repository: str

    def require_trial(self) -> None:
        """Refuse a deployment without the forge that the check needs."""
        if not self.kubectl.objects("deployments", f"{_COMPONENT}=forge"):
            message = f"There is no trial in the namespace {self.kubectl.namespace}: no forge to open issues on."
            raise ClusterError(message, "infra/minikube/deploy --trial")

    def workers(self) -> Workers:
        """The workers' pods, whatever made them."""
        pods = [
            pod
            for pod in self.kubectl.objects("pods", f"{_COMPONENT}=worker")
            if pod["status"].get("phase") not in _ENDED
        ]
        containers = [each for pod in pods for each in pod["status"].get("containerStatuses", [])]
        return Workers(
            pods=len(pods),
            ready=sum(_holds(pod, "Ready") for pod in pods),
            restarts=sum(container.get("restartCount", 0) for container in containers),
            troubles=tuple(sorted({trouble for pod in pods for trouble in _troubles(pod)})),
        )

    def tasks(self) -> Queue:
        """The queues, as the broker's own tool counts them."""
        columns = ("name", "messages_ready", "messages_unacknowledged")
        command = ("rabbitmqctl", "--quiet", "--formatter", "json", "list_queues", *columns)
        rows = self.kubectl.execute(_BROKER, *command)
        return counted(
            {row["name"]: (row["messages_ready"], row["messages_unacknowledged"]) for row in rows}, self.queue
        )

    def ask(self, count: int) -> Asked:
        """Open so many issues."""
        asked = self._program(_FORGE, "ask", self.repository, str(count))
        return Asked(tuple(each["issue"] for each in asked), tuple(each["payload"] for each in asked))

    def deliver(self, asked: Asked) -> list[int]:
        """Send the webhooks; the HTTP status of each."""
        return list(self._program(_GATEWAY, "deliver", given=json.dumps(asked.payloads)))

    def results(self, asked: Asked) -> list[Result]:
        """What the forge holds about the issues."""
        found = self._program(_FORGE, "look", self.repository, str(min(asked.issues)), str(max(asked.issues)))
        return [Result(**each) for each in found if each["issue"] in asked.issues]

    def _program(self, target: str, name: str, *arguments: str, given: str = "") -> Any:
        text = (_PROGRAMS / f"{name}.py").read_text(encoding="utf-8")
        return self.kubectl.execute(target, "python", "-c", text, *arguments, given=given)


def counted(queues: Mapping[str, tuple[int, int]], name: str) -> Queue:
    """The counts of all queues whose names begin with the task queue's; raises `ClusterError` without that one."""
    if name not in queues:
        message = f"The broker has no queue `{name}`: the Job that makes it has not run. kubectl get jobs shows why."
        raise ClusterError(message)
    ready, held = queues[name]
    beside = {queue.removeprefix(f"{name}."): sum(counts) for queue, counts in queues.items() if queue != name}
    later = sum(count for suffix, count in beside.items() if suffix not in {*_DEAD, *_IGNORED})
    return Queue(ready=ready, held=held, later=later, dead=sum(beside.get(suffix, 0) for suffix in _DEAD))


def _holds(pod: Mapping[str, Any], condition: str) -> bool:
    conditions: Sequence[Mapping[str, Any]] = pod["status"].get("conditions", [])
    return any(each["type"] == condition and each["status"] == "True" for each in conditions)


def _troubles(pod: Mapping[str, Any]) -> list[str]:
    """Why it is not scheduled, or its containers do not run; reasons that pass by themselves are left out."""
    status = pod["status"]
    conditions = [each for each in status.get("conditions", []) if each.get("reason") == "Unschedulable"]
    waiting = [
        each["state"]["waiting"].get("reason", "")
        for each in [*status.get("initContainerStatuses", []), *status.get("containerStatuses", [])]
        if "waiting" in each.get("state", {})
    ]
    passing = {"", "ContainerCreating", "PodInitializing"}
    return ["Unschedulable"] * bool(conditions) + [reason for reason in waiting if reason not in passing]
