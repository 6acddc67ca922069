"""The checks find what they are there to find."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.kubernetes.references import dangling
from tests.support.kubernetes.rendering import Combination, manifests_group, one, parsed, rendered
from tests.support.kubernetes.schemas import newest_minors, schema_faults

if TYPE_CHECKING:
    from tests.support.kubernetes.rendering import Manifest

pytestmark = manifests_group

PROD = Combination("prod", ("ollama", "monitoring", "otlp"))
Change = tuple[str, str, str, object]


def changed(kind: str, name: str, path: str, value: object) -> list[Manifest]:
    """The manifests with one field of one of them set."""
    manifests = deepcopy([*rendered(PROD)])
    place: Any = one(manifests, kind, name)
    *steps, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    for step in steps:
        place = place[step]
    place[last] = value
    return manifests


@pytest.mark.parametrize(
    "change",
    [
        ("Deployment", "gateway", "spec.template.spec.containers.0.readynessProbe", {}),
        ("Service", "gateway", "spec.ports.0.port", "80"),
        ("CronJob", "reconcile", "spec.jobTemplate.spec.backofLimit", 1),
        ("ScaledObject", "worker", "spec.pollingIntervall", 5),
        ("ScaledObject", "worker", "spec.advanced.horizontalPodAutoscalerConfig.behavior.scaleDown.window", 5),
        ("TriggerAuthentication", "rabbitmq", "spec.secretTargetRef.0.keys", "x"),
        ("Ingress", "gateway", "apiVersion", "networking.k8s.io/v1beta1"),
    ],
    ids=lambda change: f"{change[0]} {change[2].rpartition('.')[2]}",
)
def test_a_field_that_no_schema_knows_is_found(change: Change) -> None:
    for minor in newest_minors(3):
        (fault,) = schema_faults(changed(*change), minor)
        assert fault.startswith(f"{change[0]} {change[1]}: ")


@pytest.mark.parametrize(
    "change",
    [
        ("Deployment", "gateway", "spec.template.spec.serviceAccountName", "nobody"),
        ("Deployment", "gateway", "spec.template.spec.containers.0.envFrom.0.configMapRef.name", "nothing"),
        ("Deployment", "gateway", "spec.template.spec.containers.0.env.0.valueFrom.secretKeyRef.key", "nothing"),
        ("Deployment", "gateway", "spec.template.spec.containers.0.livenessProbe.httpGet.port", "nothing"),
        ("Deployment", "gateway", "spec.template.spec.containers.0.volumeMounts.0.name", "nothing"),
        ("Deployment", "gateway", "spec.template.metadata.labels", {"app.kubernetes.io/name": "other"}),
        ("Service", "gateway", "spec.ports.0.targetPort", "nothing"),
        ("Service", "rabbitmq", "spec.selector", {"app": "nothing"}),
        ("Ingress", "gateway", "spec.rules.0.http.paths.0.backend.service.name", "nothing"),
        ("Ingress", "gateway", "spec.tls.0.secretName", "nothing"),
        ("PodDisruptionBudget", "worker", "spec.selector.matchLabels", {"app": "nothing"}),
        ("StatefulSet", "rabbitmq", "spec.serviceName", "nothing"),
        ("StatefulSet", "rabbitmq", "spec.template.spec.volumes.0.configMap.name", "nothing"),
        ("NetworkPolicy", "gateway", "spec.podSelector.matchLabels", {"app": "nothing"}),
        ("NetworkPolicy", "gateway", "spec.ingress.0.ports.0.port", "nothing"),
        ("NetworkPolicy", "broker-clients", "spec.egress.0.to.0.podSelector.matchLabels", {"app": "nothing"}),
        ("ScaledObject", "worker", "spec.scaleTargetRef.name", "nothing"),
        ("ScaledObject", "worker", "spec.triggers.0.authenticationRef.name", "nothing"),
        ("TriggerAuthentication", "rabbitmq", "spec.secretTargetRef.0.key", "nothing"),
        ("PodMonitor", "worker", "spec.podMetricsEndpoints.0.port", "nothing"),
        ("Job", "ollama-pull", "spec.template.spec.containers.0.env.2.valueFrom.configMapKeyRef.key", "NOTHING"),
    ],
    ids=lambda change: f"{change[0]} {change[1]} {change[2].rpartition('.')[2]}",
)
def test_a_reference_that_leads_nowhere_is_found(change: Change) -> None:
    assert dangling([*rendered(PROD)]) == []
    assert dangling(changed(*change)) != []


@pytest.mark.parametrize("text", ["a: 1\na: 2\n", "a:\n  - b: 1\n    b: 1\n"])
def test_a_key_that_stands_twice_is_found(text: str) -> None:
    with pytest.raises(ValueError, match="stands twice"):
        parsed(text)
