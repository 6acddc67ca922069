"""What the pods are told, the settings know, and the processes accept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from domain.secret import Secret
from infra.builders import policy
from infra.settings import Settings, load
from tests.support.kubernetes.pods import agents
from tests.support.kubernetes.rendering import Combination, manifests_group, one, rendered

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.support.kubernetes.pods import Pod

pytestmark = manifests_group

FORGE_CREDENTIALS = {"GITHUB_TOKEN", "GITHUB_APP_ID", "GITHUB_APP_PRIVATE_KEY"}
MODEL_KEYS = {"ANTHROPIC_API_KEY", "OPENAI_API_KEY"}
MARGIN_SECONDS = 60


def known() -> set[str]:
    """The names of all variables that are read."""
    return {name.upper() for name in Settings.__struct_fields__}


def told(combination: Combination, container: Mapping[str, Any], *, optional: bool) -> dict[str, str]:
    """The container's environment, with something in place of each secret."""
    config: dict[str, str] = one(rendered(combination), "ConfigMap", "coding-agent-config")["data"]
    secrets = {
        variable["name"]: _secret(variable["name"])
        for variable in container.get("env", [])
        if optional or not variable["valueFrom"]["secretKeyRef"].get("optional")
    }
    return {**config, **secrets}


def _secret(name: str) -> str:
    return "amqp://user:password@rabbitmq.ai-agent.svc:5672/" if name == "RABBITMQ_URL" else "planted"


def part(combination: Combination, component: str) -> Pod:
    (found,) = [pod for pod in agents(rendered(combination)) if pod.component == component]
    return found


def environment(combination: Combination, component: str, *, optional: bool = True) -> dict[str, str]:
    return told(combination, part(combination, component).spec["containers"][0], optional=optional)


def test_every_name_in_an_environment_is_a_setting(combination: Combination) -> None:
    for pod in agents(rendered(combination)):
        for container in pod.containers:
            assert told(combination, container, optional=True).keys() <= known(), (pod, container["name"])


@pytest.mark.parametrize("optional", [True, False], ids=["with every secret", "with the necessary ones"])
def test_the_settings_can_be_read_in_every_container(combination: Combination, *, optional: bool) -> None:
    for pod in agents(rendered(combination)):
        for container in pod.containers:
            settings = load(told(combination, container, optional=optional))
            assert settings.queue == "rabbitmq"
            assert policy(settings).allowed_repositories


def test_secrets_come_from_secrets_and_nothing_else_does(combination: Combination) -> None:
    secret = {name.upper() for name, default in _defaults().items() if isinstance(default, Secret)}
    config = one(rendered(combination), "ConfigMap", "coding-agent-config")["data"]
    assert not secret & config.keys()
    for pod in agents(rendered(combination)):
        for container in pod.containers:
            names = {variable["name"] for variable in container.get("env", [])}
            assert names <= secret | {"GITHUB_APP_ID"}


def test_each_part_has_the_secrets_that_it_needs_and_no_others(combination: Combination) -> None:
    gateway = {variable["name"] for variable in part(combination, "gateway").spec["containers"][0]["env"]}
    worker = {variable["name"] for variable in part(combination, "worker").spec["containers"][0]["env"]}
    topology = {variable["name"] for variable in part(combination, "topology").spec["containers"][0]["env"]}
    assert gateway == {"RABBITMQ_URL", "WEBHOOK_SECRET", "WEBHOOK_SECRET_PREVIOUS"}
    assert worker == {"RABBITMQ_URL", *FORGE_CREDENTIALS, *MODEL_KEYS}
    assert topology == {"RABBITMQ_URL"}


def test_gateway_and_worker_are_two_users_of_the_broker(combination: Combination) -> None:
    keys = {
        name: variable["valueFrom"]["secretKeyRef"]["key"]
        for name in ("gateway", "worker")
        for container in part(combination, name).containers
        for variable in container["env"]
        if variable["name"] == "RABBITMQ_URL"
    }
    assert keys == {"gateway": "gateway-url", "worker": "worker-url"}


def test_a_task_in_hand_is_finished_before_its_worker_is_killed(combination: Combination) -> None:
    settings = load(environment(combination, "worker"))
    period = part(combination, "worker").spec["terminationGracePeriodSeconds"]
    assert settings.grace_seconds >= settings.task_deadline_seconds + MARGIN_SECONDS
    assert period >= settings.grace_seconds + MARGIN_SECONDS


def test_the_ports_are_those_that_the_processes_listen_on(combination: Combination) -> None:
    gateway, worker = load(environment(combination, "gateway")), load(environment(combination, "worker"))
    assert part(combination, "gateway").ports == {
        "http": gateway.gateway_port,
        "metrics": gateway.gateway_metrics_port,
    }
    assert part(combination, "worker").ports == {"http": worker.worker_http_port}
    listening = {gateway.gateway_host, gateway.gateway_metrics_host, worker.worker_http_host}
    assert listening == {"0.0.0.0"}  # noqa: S104 - in a pod, probes come from outside


def test_what_is_written_is_written_to_a_volume(combination: Combination) -> None:
    worker = part(combination, "worker")
    mounts = [mount["mountPath"] for mount in worker.spec["containers"][0]["volumeMounts"] if not mount.get("readOnly")]
    settings = load(environment(combination, "worker"))
    written = [settings.work_path, settings.search_cache_path]
    written += [settings.local_forge_path] if settings.forge == "local" else []
    for path in filter(None, written):
        assert any(path.is_relative_to(mount) for mount in mounts), path


def test_the_largest_clone_fits_into_the_volume_for_it(combination: Combination) -> None:
    (volume,) = [each for each in part(combination, "worker").spec["volumes"] if each["name"] == "tmp"]
    assert volume["emptyDir"]["sizeLimit"] == "4Gi"
    assert load(environment(combination, "worker")).git_max_megabytes * 1_000_000 < 4 * 2**30


def test_where_a_schedule_looks_for_lost_webhooks_workers_do_not() -> None:
    assert load(environment(Combination("prod"), "worker")).reconcile_seconds == 0
    assert load(environment(Combination("dev"), "worker")).reconcile_seconds > 0


def _defaults() -> dict[str, object]:
    names, defaults = Settings.__struct_fields__, Settings.__struct_defaults__
    return dict(zip(names, defaults, strict=True))
