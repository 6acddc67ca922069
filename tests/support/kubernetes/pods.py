"""The pods that manifests would make."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.support.kubernetes.rendering import called

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.support.kubernetes.rendering import Manifest

_TEMPLATES = {
    "Deployment": ("spec", "template"),
    "StatefulSet": ("spec", "template"),
    "Job": ("spec", "template"),
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
    "ScaledJob": ("spec", "jobTargetRef", "template"),
}
_OPERATORS_PORTS = {"amqp": 5672, "management": 15672, "prometheus": 15692}


@dataclass(frozen=True, slots=True)
class Pod:
    """A pod as its maker describes it."""

    maker: Manifest
    labels: Mapping[str, str]
    spec: Mapping[str, Any]

    def __str__(self) -> str:
        return called(self.maker)

    @property
    def containers(self) -> list[Manifest]:
        """All of them, those that go first included."""
        return [*self.spec.get("initContainers", []), *self.spec["containers"]]

    @property
    def ports(self) -> dict[str, int]:
        """Numbers by names."""
        ports = [port for container in self.spec["containers"] for port in container.get("ports", [])]
        return {port["name"]: port["containerPort"] for port in ports}

    @property
    def component(self) -> str:
        """Which part of the agent it is."""
        return self.labels.get("app.kubernetes.io/component", "")

    @property
    def claims(self) -> list[str]:
        """The volumes that its maker makes for each."""
        return [claim["metadata"]["name"] for claim in self.maker["spec"].get("volumeClaimTemplates", [])]


def pods(manifests: Sequence[Manifest]) -> list[Pod]:
    """One for each maker that is described here."""
    return [_pod(manifest) for manifest in manifests if manifest["kind"] in _TEMPLATES]


def reachable(manifests: Sequence[Manifest]) -> list[Pod]:
    """Those, and what RabbitMQ's operator makes, as it labels it and names its ports."""
    return [*pods(manifests), *(_broker(each) for each in manifests if each["kind"] == "RabbitmqCluster")]


def agents(manifests: Sequence[Manifest]) -> list[Pod]:
    """Those that run the agent's own image."""
    return [pod for pod in pods(manifests) if pod.labels.get("app.kubernetes.io/name") == "coding-agent"]


def chosen(selector: Mapping[str, Any], among: Sequence[Pod]) -> list[Pod]:
    """The pods that a selector, with labels or expressions, matches; an empty one matches all."""
    return [pod for pod in among if _matches(selector, pod.labels)]


def _matches(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    wanted = selector.get("matchLabels", {})
    among = selector.get("matchExpressions", [])
    assert all(each["operator"] == "In" for each in among), "this reader knows no other operator"
    return all(labels.get(name) == value for name, value in wanted.items()) and all(
        labels.get(each["key"]) in each["values"] for each in among
    )


def _pod(maker: Manifest) -> Pod:
    template: Any = maker
    for step in _TEMPLATES[maker["kind"]]:
        template = template[step]
    return Pod(maker, template["metadata"]["labels"], template["spec"])


def _broker(cluster: Manifest) -> Pod:
    labels = {"app.kubernetes.io/name": cluster["metadata"]["name"], "app.kubernetes.io/component": "rabbitmq"}
    ports = [{"name": name, "containerPort": number} for name, number in _OPERATORS_PORTS.items()]
    spec = cluster["spec"]["override"]["statefulSet"]["spec"]["template"]["spec"]
    containers = [{**container, "ports": ports} for container in spec["containers"]]
    return Pod(cluster, labels, {**spec, "containers": containers})
