"""A server would take every manifest, and every name in one leads somewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adapters.rabbitmq.topology import Topology
from infra.kubernetes.broker_secret import secret
from tests.support.kubernetes.pods import reachable
from tests.support.kubernetes.references import dangling
from tests.support.kubernetes.rendering import (
    COMBINATIONS,
    KUBERNETES,
    Combination,
    called,
    manifests_group,
    of_kind,
    one,
    parsed,
    rendered,
    secret_forms,
)
from tests.support.kubernetes.schemas import UNKNOWN, newest_minors, schema_faults

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.support.kubernetes.rendering import Manifest

pytestmark = manifests_group

OPTIONAL_PARTS = {"rabbitmq-operator", "monitoring", "external-secrets"}


@pytest.mark.parametrize("minor", newest_minors(3))
def test_the_schemas_of_kubernetes_and_of_keda_are_kept_to(combination: Combination, minor: str) -> None:
    assert schema_faults(rendered(combination), minor) == []


def test_every_reference_leads_somewhere(combination: Combination) -> None:
    assert dangling(rendered(combination)) == []


def test_only_optional_parts_hold_what_no_schema_is_at_hand_for(combination: Combination) -> None:
    kinds = {manifest["kind"] for manifest in rendered(combination)} & UNKNOWN
    assert not kinds or OPTIONAL_PARTS & {*combination.components}


def test_every_component_is_among_the_combinations() -> None:
    of_overlays = {"rabbitmq", "trial", "reconcile"}
    tried = {name for combination in COMBINATIONS for name in combination.components} | of_overlays
    assert tried == {path.name for path in (KUBERNETES / "components").iterdir()}


def test_every_file_is_used_and_holds_no_key_twice() -> None:
    for folder in KUBERNETES.rglob("kustomization.yaml"):
        text = folder.read_text()
        parsed(text)
        for path in set(folder.parent.glob("*.yaml")) - {folder}:
            assert path.name in text, path
            parsed(path.read_text())


def test_nothing_is_defined_twice(combination: Combination) -> None:
    names = [(each["apiVersion"], called(each)) for each in rendered(combination)]
    assert len(names) == len({*names})


def test_everything_lies_in_the_one_namespace(combination: Combination) -> None:
    manifests = rendered(combination)
    assert manifests[0]["kind"] == "Namespace", "it must be there before what lies in it"
    assert {each["metadata"].get("namespace") for each in manifests[1:]} == {"ai-agent"}


def test_the_queues_that_keda_asks_for_are_among_those_that_are_made(combination: Combination) -> None:
    manifests = rendered(combination)
    made = {name for name, _ in Topology(_settings(manifests)["QUEUE_NAME"]).queues()}
    scalers = [*of_kind(manifests, "ScaledObject"), *of_kind(manifests, "ScaledJob")]
    asked = {trigger["metadata"]["queueName"] for each in scalers for trigger in each["spec"]["triggers"]}
    assert asked == {"agent-tasks", "agent-tasks.expired"}
    assert asked <= made


def test_the_broker_answers_under_the_name_that_its_users_are_given(combination: Combination) -> None:
    urls = secret("agent-tasks", "rabbitmq.ai-agent.svc", "ai-agent")["stringData"]
    assert isinstance(urls, dict)
    manifests = rendered(combination)
    (broker,) = [pod for pod in reachable(manifests) if "amqp" in pod.ports]
    for key, port in (("gateway-url", "amqp"), ("worker-url", "amqp"), ("keda-url", "management")):
        assert f"@rabbitmq.ai-agent.svc:{broker.ports[port]}/" in urls[key]
    if broker.maker["kind"] == "RabbitmqCluster":
        assert broker.maker["metadata"]["name"] == "rabbitmq", "the operator names the Service for its cluster"
    else:
        service = one(manifests, "Service", "rabbitmq")
        assert {port["port"] for port in service["spec"]["ports"]} == {5672, 15672}


def test_the_form_of_the_brokers_secret_has_the_keys_that_are_made() -> None:
    made = secret("agent-tasks", "rabbitmq.ai-agent.svc", "ai-agent")
    content = made["stringData"]
    assert isinstance(content, dict)
    assert content.keys() == secret_forms()["rabbitmq-credentials"]


def test_no_secret_is_applied_with_an_overlay(combination: Combination) -> None:
    assert of_kind(rendered(combination), "Secret") == []


@pytest.mark.parametrize("form", sorted((KUBERNETES / "secrets").glob("*.yaml")), ids=lambda path: path.stem)
def test_each_form_of_a_secret_is_valid_and_tells_its_command(form: Path) -> None:
    text = form.read_text()
    assert schema_faults(parsed(text), newest_minors(1)[0]) == []
    assert f"kubectl -n ai-agent create secret generic {form.stem}" in text


def test_the_vaults_secrets_have_the_forms_names_and_keys() -> None:
    manifests = rendered(Combination("prod", ("search-cache", "external-secrets")))
    vault = {
        each["spec"]["target"]["name"]: {entry["secretKey"] for entry in each["spec"]["data"]}
        for each in of_kind(manifests, "ExternalSecret")
    }
    assert vault == secret_forms()


def _settings(manifests: Sequence[Manifest]) -> dict[str, str]:
    data: dict[str, str] = one(manifests, "ConfigMap", "coding-agent-config")["data"]
    return data
