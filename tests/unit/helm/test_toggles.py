"""What can be taken away from the chart, or put in another's hands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import helm_python as helm
import pytest

from tests.support.chart import objects, values_file
from tests.support.kubernetes.references import dangling
from tests.support.kubernetes.schemas import newest_minors, schema_faults

if TYPE_CHECKING:
    from tests.support.chart import Objects

BROKER = [{"to": [{"ipBlock": {"cidr": "10.1.2.3/32"}}], "ports": [{"protocol": "TCP", "port": 5671}]}]
OUTSIDE = {"broker": {"kind": "external"}, "networkPolicies": {"brokerEgress": BROKER}}


def kinds(made: Objects) -> set[str]:
    return {kind for kind, _ in made}


def pods(made: Objects) -> dict[str, dict[str, Any]]:
    """The specification of each pod of the agent's own, by the name of what makes it."""
    makers = {name: each["spec"] for (kind, name), each in made.items() if kind in {"Deployment", "Job", "CronJob"}}
    return {name: spec.get("jobTemplate", {"spec": spec})["spec"]["template"]["spec"] for name, spec in makers.items()}


EVERYTHING_ELSE: dict[str, dict[str, Any]] = {
    "nothing set": {},
    "an external broker": {**values_file("values-prod.yaml"), **OUTSIDE},
    "no policies": {"networkPolicies": {"enabled": False}, "ollama": {"enabled": True}, "otlp": {"enabled": True}},
    "classes, names and digests": {
        "image": {"repository": "r", "digest": f"sha256:{'0' * 64}", "pullSecrets": ["registry"]},
        "broker": {"storageClass": "fast"},
        "ollama": {"enabled": True, "storageClass": "fast"},
        "searchCache": {"enabled": True, "storageClass": "shared"},
        "ingress": {"enabled": False},
        "networkPolicies": {"workerEgress": BROKER},
    },
}
"""What no combination of the manifests has."""


@pytest.mark.parametrize("values", EVERYTHING_ELSE.values(), ids=EVERYTHING_ELSE)
def test_whatever_is_chosen_is_valid_and_leads_somewhere(values: dict[str, Any]) -> None:
    made = [*objects(values).values()]
    assert [fault for minor in newest_minors(3) for fault in schema_faults(made, minor)] == []
    assert dangling(made) == []


def test_an_external_broker_brings_its_way_and_nothing_else() -> None:
    made = objects(OUTSIDE)
    assert not {name for _, name in made if "rabbitmq" in name} - {"rabbitmq"}
    assert {kind for kind, name in made if name == "rabbitmq"} == {"TriggerAuthentication"}
    assert made["NetworkPolicy", "broker-clients"]["spec"]["egress"] == BROKER


def test_an_external_broker_that_no_pod_could_reach_is_refused() -> None:
    with pytest.raises(helm.HelmRenderError, match=r"networkPolicies\.brokerEgress: say where the broker is"):
        objects({"broker": {"kind": "external"}})


def test_without_policies_there_is_none_and_none_is_asked_for() -> None:
    every = {"ollama", "monitoring", "otlp", "reconcile"}
    made = objects({**{name: {"enabled": True} for name in every}, "networkPolicies": {"enabled": False}})
    assert "NetworkPolicy" not in kinds(made)
    assert "NetworkPolicy" not in kinds(
        objects({"broker": {"kind": "external"}, "networkPolicies": {"enabled": False}})
    )


def test_the_gateway_need_not_be_reached_from_outside() -> None:
    assert "Ingress" not in kinds(objects({"ingress": {"enabled": False}}))


def test_every_pod_of_the_agent_may_log_in_at_the_registry() -> None:
    made = objects({**values_file("values-prod.yaml"), "image": {"repository": "r", "pullSecrets": ["registry"]}})
    assert pods(made).keys() == {"gateway", "worker", "topology", "reconcile"}
    assert all(pod["imagePullSecrets"] == [{"name": "registry"}] for pod in pods(made).values())


def test_a_key_that_the_vault_does_not_have_is_left_out_and_so_is_a_whole_secret() -> None:
    secrets = {"webhook-secret": ["current"], "llm-api-key": []}
    made = objects({"externalSecrets": {"enabled": True, "secrets": secrets}})
    found = {name: each for (kind, name), each in made.items() if kind == "ExternalSecret"}
    assert found.keys() == {"rabbitmq-credentials", "webhook-secret", "github-token"}
    assert [each["secretKey"] for each in found["webhook-secret"]["spec"]["data"]] == ["current"]


def test_workers_may_reach_a_forge_of_ones_own() -> None:
    made = objects({"networkPolicies": {"workerEgress": BROKER}})
    assert BROKER[0] in made["NetworkPolicy", "worker-internet"]["spec"]["egress"]


def test_another_queue_is_scaled_by_its_own_length() -> None:
    made = objects({"settings": {"QUEUE_NAME": "others"}})
    triggers = made["ScaledObject", "worker"]["spec"]["triggers"]
    assert [each["metadata"]["queueName"] for each in triggers] == ["others", "others.expired"]
