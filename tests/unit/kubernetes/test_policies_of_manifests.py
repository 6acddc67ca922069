"""What every manifest keeps to, and what some of them promise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from entrypoints.cli.processes import PATIENCE_SECONDS
from tests.support.kubernetes.pods import agents, chosen, pods
from tests.support.kubernetes.rendering import KUBERNETES, Combination, called, manifests_group, of_kind, one, rendered

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.support.kubernetes.pods import Pod

pytestmark = manifests_group

DEV, TRIAL, PROD = (Combination(f"{name}") for name in ("dev", "trial", "prod"))
JOBS = Combination("prod", ("scaled-job", "search-cache", "monitoring"))
NAME, COMPONENT, WHOLE = (f"app.kubernetes.io/{word}" for word in ("name", "component", "part-of"))


def part(combination: Combination, component: str) -> Pod:
    (found,) = [pod for pod in agents(rendered(combination)) if pod.component == component]
    return found


def long_running(combination: Combination) -> list[Pod]:
    return [pod for pod in pods(rendered(combination)) if pod.maker["kind"] in {"Deployment", "StatefulSet"}]


# -- Pod Security "restricted" -----------------------------------------------------------------------


def test_the_namespace_refuses_whatever_is_not_restricted(combination: Combination) -> None:
    labels = one(rendered(combination), "Namespace", "ai-agent")["metadata"]["labels"]
    for mode in ("enforce", "audit", "warn"):
        assert labels[f"pod-security.kubernetes.io/{mode}"] == "restricted"


def test_every_pod_passes_restricted(combination: Combination) -> None:
    for pod in pods(rendered(combination)):
        context = pod.spec["securityContext"]
        assert context["runAsNonRoot"] is True, pod
        assert context["runAsUser"] > 0, pod
        assert context["seccompProfile"] == {"type": "RuntimeDefault"}, pod
        assert not {"hostNetwork", "hostPID", "hostIPC"} & pod.spec.keys(), pod
        kinds = {kind for volume in pod.spec["volumes"] for kind in volume if kind != "name"}
        assert kinds <= {"emptyDir", "configMap", "secret", "persistentVolumeClaim"}, pod


def test_every_container_has_no_right_to_spare_and_a_root_that_is_only_read(combination: Combination) -> None:
    for pod in pods(rendered(combination)):
        for container in pod.containers:
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }, (pod, container["name"])


def test_nobody_holds_a_token_for_the_api_server(combination: Combination) -> None:
    manifests = rendered(combination)
    assert all(account["automountServiceAccountToken"] is False for account in of_kind(manifests, "ServiceAccount"))
    assert all(pod.spec["automountServiceAccountToken"] is False for pod in pods(manifests))
    assert not {each["kind"] for each in manifests} & {"Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"}


def test_no_service_writes_variables_of_its_own_into_a_pod(combination: Combination) -> None:
    """The Service `gateway` would make one of them GATEWAY_PORT, an address where a number is expected."""
    assert all(pod.spec["enableServiceLinks"] is False for pod in pods(rendered(combination)))


def test_each_part_has_a_service_account_of_its_own(combination: Combination) -> None:
    accounts = [(pod.spec["serviceAccountName"], pod.labels[NAME]) for pod in pods(rendered(combination))]
    of_agents = [name for name, whose in accounts if whose == "coding-agent"]
    assert len(of_agents) == len({*of_agents})
    assert "default" not in dict(accounts)


# -- Labels, images, volumes -------------------------------------------------------------------------


def test_everything_is_labelled(combination: Combination) -> None:
    for manifest in rendered(combination):
        assert manifest["metadata"]["labels"][WHOLE] == "coding-agent", called(manifest)
    for pod in pods(rendered(combination)):
        assert {NAME, COMPONENT, WHOLE} <= pod.labels.keys(), pod


def test_every_image_has_a_fixed_tag_and_is_not_fetched_anew_each_time(combination: Combination) -> None:
    for pod in pods(rendered(combination)):
        for container in pod.containers:
            tag = container["image"].rpartition(":")[2]
            assert container["imagePullPolicy"] == "IfNotPresent"
            assert tag not in {"", "latest", container["image"]}, container["image"]
            assert "bitnami" not in container["image"]


def test_every_part_of_the_agent_runs_the_same_image() -> None:
    for combination, image in ((DEV, "coding-agent:dev"), (TRIAL, "coding-agent:dev")):
        assert {c["image"] for pod in agents(rendered(combination)) for c in pod.containers} == {image}
    assert len({c["image"] for pod in agents(rendered(JOBS)) for c in pod.containers}) == 1


def test_every_volume_in_memory_or_on_the_node_is_bounded(combination: Combination) -> None:
    for pod in pods(rendered(combination)):
        for volume in pod.spec["volumes"]:
            assert "emptyDir" not in volume or volume["emptyDir"].get("sizeLimit"), (pod, volume)


def test_the_broker_keeps_what_it_has_on_a_volume_of_its_own() -> None:
    broker = one(rendered(PROD), "StatefulSet", "rabbitmq")
    (claim,) = broker["spec"]["volumeClaimTemplates"]
    mounts = broker["spec"]["template"]["spec"]["containers"][0]["volumeMounts"]
    (mount,) = [each for each in mounts if each["name"] == claim["metadata"]["name"]]
    assert mount["mountPath"] == "/var/lib/rabbitmq/mnesia"
    assert broker["spec"]["persistentVolumeClaimRetentionPolicy"]["whenDeleted"] == "Retain"


# -- Resources, probes, disruption -------------------------------------------------------------------


@pytest.mark.parametrize("applied", [DEV, PROD, JOBS], ids=str)
def test_gateway_and_worker_have_what_was_laid_down(applied: Combination) -> None:
    def resources(component: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = part(applied, component).spec["containers"][0]["resources"]
        return found

    assert resources("worker") == _resources("500m", "1Gi", "2", "4Gi")
    assert resources("gateway") == _resources("200m", "256Mi", "1", "512Mi")


def _resources(cpu: str, memory: str, most_cpu: str, most_memory: str) -> dict[str, dict[str, str]]:
    return {"requests": {"cpu": cpu, "memory": memory}, "limits": {"cpu": most_cpu, "memory": most_memory}}


CLUSTERS_OWN = (950 + 3 * 20, 460 + 3 * 100)
"""Thousandths of a CPU, and MiB, that Minikube asks for with metrics-server and ingress, and KEDA beside."""


def _asked(pod: Pod) -> tuple[int, int]:
    asked = [container["resources"]["requests"] for container in pod.spec["containers"]]
    memory = sum(int(each["memory"][:-2]) * {"Mi": 1, "Gi": 1024}[each["memory"][-2:]] for each in asked)
    return sum(int(each["cpu"].removesuffix("m")) for each in asked), memory


@pytest.mark.parametrize(("applied", "workers"), [(TRIAL, 3), (DEV, 1)], ids=str)
def test_so_many_workers_fit_on_minikubes_two_processors_and_four_gigabytes(applied: Combination, workers: int) -> None:
    others = [_asked(pod) for pod in pods(rendered(applied)) if pod.component != "worker"]
    each = _asked(part(applied, "worker"))
    sums = [sum(every) for every in zip(CLUSTERS_OWN, *others, *[each] * workers, strict=True)]
    assert sums[0] <= 2000
    assert sums[1] <= 3700, "what of 4 GB is left to pods"


def test_every_container_asks_for_something_and_is_bounded(combination: Combination) -> None:
    for pod in pods(rendered(combination)):
        for container in pod.containers:
            assert (
                container["resources"]["requests"].keys()
                == container["resources"]["limits"].keys()
                == {"cpu", "memory"}
            )


def test_what_serves_is_probed_at_start_for_life_and_for_readiness(combination: Combination) -> None:
    for pod in long_running(combination):
        for container in (each for each in pod.spec["containers"] if each.get("ports")):
            assert {"startupProbe", "livenessProbe", "readinessProbe"} <= container.keys(), pod


@pytest.mark.parametrize("component", ["gateway", "worker"])
def test_life_does_not_depend_on_the_broker_and_readiness_waits_for_its_answer(component: str) -> None:
    (container,) = part(PROD, component).spec["containers"]
    assert container["startupProbe"]["httpGet"]["path"] == container["livenessProbe"]["httpGet"]["path"] == "/health"
    assert container["readinessProbe"]["httpGet"]["path"] == "/ready"
    assert container["readinessProbe"]["timeoutSeconds"] > 2, "it answers within 2 s"


def test_a_disruption_takes_one_at_a_time_and_never_none(combination: Combination) -> None:
    budgets = of_kind(rendered(combination), "PodDisruptionBudget")
    for pod in long_running(combination):
        about = [each for each in budgets if chosen(each["spec"]["selector"], [pod])]
        assert len(about) == 1 or pod.labels[COMPONENT] in {"forge", "model"}, pod
    for budget in budgets:
        assert budget["spec"]["maxUnavailable"] == 1
        assert budget["spec"]["unhealthyPodEvictionPolicy"] == "AlwaysAllow"


@pytest.mark.parametrize("component", ["gateway", "worker"])
def test_gateway_and_workers_are_spread_over_nodes(component: str) -> None:
    spread = {each["topologyKey"]: each for each in part(PROD, component).spec["topologySpreadConstraints"]}
    assert spread["kubernetes.io/hostname"]["maxSkew"] == 1


def test_production_has_two_gateways_and_changes_one_at_a_time() -> None:
    spec = part(PROD, "gateway").maker["spec"]
    assert spec["replicas"] == 2
    assert spec["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}


# -- Scaling -----------------------------------------------------------------------------------------


def test_workers_are_counted_by_keda_alone() -> None:
    for combination in (DEV, TRIAL, PROD):
        assert "replicas" not in part(combination, "worker").maker["spec"], "every apply would set it back"


@pytest.mark.parametrize("applied", [DEV, TRIAL, PROD, JOBS], ids=str)
def test_tasks_in_hand_count_as_tasks(applied: Combination) -> None:
    (scaler,) = [each for each in rendered(applied) if each["kind"] in {"ScaledObject", "ScaledJob"}]
    for trigger in scaler["spec"]["triggers"]:
        assert trigger["metadata"].keys() == {"protocol", "queueName", "mode", "value"}, "and no excludeUnacknowledged"
        assert trigger["metadata"]["protocol"] == "http"
        assert (trigger["metadata"]["mode"], trigger["metadata"]["value"]) == ("QueueLength", "1")
    assert scaler["spec"]["pollingInterval"] <= 5


@pytest.mark.parametrize("applied", [DEV, TRIAL, PROD], ids=str)
def test_workers_come_from_none_and_go_back_to_none_without_haste(applied: Combination) -> None:
    (scaler,) = of_kind(rendered(applied), "ScaledObject")
    assert scaler["spec"]["minReplicaCount"] == 0
    assert 1 < scaler["spec"]["maxReplicaCount"] <= 10
    assert scaler["spec"]["cooldownPeriod"] >= 60
    assert scaler["spec"]["fallback"]["replicas"] == 1
    behavior = scaler["spec"]["advanced"]["horizontalPodAutoscalerConfig"]["behavior"]
    assert behavior["scaleUp"]["stabilizationWindowSeconds"] == 0
    assert behavior["scaleDown"]["stabilizationWindowSeconds"] >= 60


def test_jobs_take_the_place_of_the_deployment() -> None:
    manifests = rendered(JOBS)
    assert of_kind(manifests, "ScaledObject") == []
    (container,) = part(JOBS, "worker").spec["containers"]
    assert container["args"] == ["worker", "--once"]
    spec = part(JOBS, "worker").maker["spec"]
    assert spec["rollout"]["strategy"] == "gradual", "a change does not end Jobs that run"
    deadline = float(one(manifests, "ConfigMap", "coding-agent-config")["data"]["TASK_DEADLINE_SECONDS"])
    assert spec["jobTargetRef"]["activeDeadlineSeconds"] > deadline + PATIENCE_SECONDS
    assert spec["jobTargetRef"]["backoffLimit"] == 0, "the queue delivers again"


def test_a_job_and_a_worker_of_the_deployment_are_the_same_pod() -> None:
    deployment = part(Combination("prod", ("search-cache", "external-secrets")), "worker").spec
    job = part(JOBS, "worker").spec
    assert _but(job["containers"][0], "args") == _but(deployment["containers"][0], "args", "readinessProbe")
    for field in ("terminationGracePeriodSeconds", "securityContext", "volumes", "serviceAccountName"):
        assert job[field] == deployment[field]


def _but(fields: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name not in names}


def test_the_queues_are_made_by_a_job_that_can_be_applied_again(combination: Combination) -> None:
    job = one(rendered(combination), "Job", "topology")
    (container,) = job["spec"]["template"]["spec"]["containers"]
    assert "coding-agent topology apply" in container["command"][-1]
    assert job["spec"]["ttlSecondsAfterFinished"] <= 300, "a Job that is there cannot be changed"


def test_the_gateway_waits_for_the_queues(combination: Combination) -> None:
    (first,) = part(combination, "gateway").spec["initContainers"]
    assert "coding-agent topology check" in first["command"][-1]


# -- The network -------------------------------------------------------------------------------------


def test_nothing_is_allowed_by_default(combination: Combination) -> None:
    assert one(rendered(combination), "NetworkPolicy", "default-deny")["spec"] == {
        "podSelector": {},
        "policyTypes": ["Ingress", "Egress"],
    }


def rules(combination: Combination, pod: Pod, direction: str) -> list[Mapping[str, Any]]:
    """What the policies allow a pod."""
    policies = [each["spec"] for each in of_kind(rendered(combination), "NetworkPolicy")]
    return [rule for spec in policies if chosen(spec["podSelector"], [pod]) for rule in spec.get(direction, [])]


def test_only_the_ingress_controller_reaches_the_gateway_and_nobody_a_worker() -> None:
    (rule,) = rules(PROD, part(PROD, "gateway"), "ingress")
    assert rule == {
        "from": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "ingress-nginx"}}}],
        "ports": [{"protocol": "TCP", "port": "http"}],
    }
    assert rules(PROD, part(PROD, "worker"), "ingress") == []


def test_the_gateway_reaches_names_and_the_broker_alone() -> None:
    ports = [port["port"] for rule in rules(PROD, part(PROD, "gateway"), "egress") for port in rule["ports"]]
    assert sorted(map(str, ports)) == ["53", "53", "amqp"]


def test_a_worker_reaches_the_internet_over_tls_and_nothing_private() -> None:
    blocks = [
        (peer["ipBlock"], rule["ports"])
        for rule in rules(PROD, part(PROD, "worker"), "egress")
        for peer in rule["to"]
        if "ipBlock" in peer
    ]
    assert [block["cidr"] for block, _ in blocks] == ["0.0.0.0/0", "::/0"]
    assert all(ports == [{"protocol": "TCP", "port": 443}] for _, ports in blocks)
    kept_off = {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"}
    assert kept_off <= {*blocks[0][0]["except"]}, "the cluster, the company, and the cloud's metadata"


def test_the_brokers_management_is_for_keda_and_its_queues_for_the_agent() -> None:
    (broker,) = [pod for pod in pods(rendered(PROD)) if pod.labels[NAME] == "rabbitmq"]
    (amqp, management) = rules(PROD, broker, "ingress")
    assert amqp["from"] == [{"podSelector": {"matchLabels": {NAME: "coding-agent"}}}]
    assert management["from"] == [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "keda"}}}]
    assert [port["port"] for port in (*amqp["ports"], *management["ports"])] == ["amqp", "management"]


def test_the_internet_sees_the_webhook_alone(combination: Combination) -> None:
    ingress = one(rendered(combination), "Ingress", "gateway")
    paths = [path for rule in ingress["spec"]["rules"] for path in rule["http"]["paths"]]
    assert [(path["path"], path["pathType"]) for path in paths] == [("/webhook/github", "Exact")]
    service = one(rendered(combination), "Service", "gateway")
    assert [port["targetPort"] for port in service["spec"]["ports"]] == ["http"], "and no metrics"


def test_production_speaks_tls() -> None:
    spec = one(rendered(PROD), "Ingress", "gateway")["spec"]
    (tls,) = spec["tls"]
    assert tls["hosts"] == [rule["host"] for rule in spec["rules"]]


def test_a_certificate_can_be_asked_for_by_a_challenge_over_http() -> None:
    (rule,) = one(rendered(PROD), "NetworkPolicy", "acme-solver")["spec"]["ingress"]
    (peer,) = rule["from"]
    assert peer["namespaceSelector"]["matchLabels"] == {"kubernetes.io/metadata.name": "ingress-nginx"}
    assert rule["ports"] == [{"protocol": "TCP", "port": 8089}], "where cert-manager's pod listens"


def test_the_broker_by_hand_and_the_operators_are_told_the_same() -> None:
    by_hand = (KUBERNETES / "components/rabbitmq/config.yaml").read_text()
    operators = (KUBERNETES / "components/rabbitmq-operator/cluster.yaml").read_text()
    line = "load_definitions = /etc/rabbitmq/definitions/definitions.json"
    assert line in by_hand
    assert line in operators
