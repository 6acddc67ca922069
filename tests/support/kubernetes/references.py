"""Names in manifests that nothing has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.support.kubernetes.pods import chosen, pods, reachable
from tests.support.kubernetes.rendering import called, of_kind, secret_forms

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tests.support.kubernetes.pods import Pod
    from tests.support.kubernetes.rendering import Manifest

CERTIFICATE = "gateway-tls"
"""The Secret of the certificate, which an issuer makes, or `kubectl create secret tls`."""
ACME = {"matchLabels": {"acme.cert-manager.io/http01-solver": "true"}}
"""The pods by which cert-manager answers a challenge, which it makes itself."""


def dangling(manifests: Sequence[Manifest]) -> list[str]:
    """Every reference that leads nowhere, in words."""
    faults = [fault for pod in reachable(manifests) for fault in _in_pod(pod, manifests)]
    faults += [fault for pod in pods(manifests) for fault in _accounts(pod, manifests)]
    for kind, check in _CHECKS.items():
        faults += [f"{called(each)}: {fault}" for each in of_kind(manifests, kind) for fault in check(each, manifests)]
    return faults


def _names(manifests: Sequence[Manifest], kind: str) -> set[str]:
    return {manifest["metadata"]["name"] for manifest in of_kind(manifests, kind)}


def _accounts(pod: Pod, manifests: Sequence[Manifest]) -> Iterator[str]:
    if pod.spec["serviceAccountName"] not in _names(manifests, "ServiceAccount"):
        yield f"{pod}: there is no ServiceAccount {pod.spec['serviceAccountName']}"


def _in_pod(pod: Pod, manifests: Sequence[Manifest]) -> Iterator[str]:
    volumes = {volume["name"]: volume for volume in pod.spec.get("volumes", [])}
    mounts = {mount["name"] for container in pod.containers for mount in container.get("volumeMounts", [])}
    for name in mounts ^ {*volumes, *pod.claims}:
        yield f"{pod}: the volume {name} is mounted and not there, or there and not mounted"
    for volume in volumes.values():
        yield from (f"{pod}: {fault}" for fault in _in_volume(volume, manifests))
    for container in pod.containers:
        yield from (f"{pod}: {fault}" for fault in _in_container(container, manifests))


def _in_volume(volume: Mapping[str, Any], manifests: Sequence[Manifest]) -> Iterator[str]:
    config, secret, claim = (volume.get(kind) for kind in ("configMap", "secret", "persistentVolumeClaim"))
    if config:
        yield from _in_config(config["name"], [item["key"] for item in config.get("items", [])], manifests)
    if secret:
        yield from _in_secret(secret["secretName"], [item["key"] for item in secret.get("items", [])])
    if claim and claim["claimName"] not in _names(manifests, "PersistentVolumeClaim"):
        yield f"there is no PersistentVolumeClaim {claim['claimName']}"


def _in_container(container: Mapping[str, Any], manifests: Sequence[Manifest]) -> Iterator[str]:
    for source in container.get("envFrom", []):
        yield from _in_config(source["configMapRef"]["name"], [], manifests)
    for variable in container.get("env", []):
        match variable.get("valueFrom", {}):
            case {"secretKeyRef": {"name": name, "key": key}}:
                yield from _in_secret(name, [key])
            case {"configMapKeyRef": {"name": name, "key": key}}:
                yield from _in_config(name, [key], manifests)
    ports = {port["name"] for port in container.get("ports", [])}
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        for action in ("httpGet", "tcpSocket"):
            port = container.get(probe, {}).get(action, {}).get("port")
            if port is not None and port not in ports:
                yield f"{probe} asks port {port}, which the container does not have"


def _in_config(name: str, keys: Sequence[str], manifests: Sequence[Manifest]) -> Iterator[str]:
    found = [each["data"] for each in of_kind(manifests, "ConfigMap") if each["metadata"]["name"] == name]
    if not found:
        yield f"there is no ConfigMap {name}"
    yield from (f"ConfigMap {name} has no key {key}" for key in keys if found and key not in found[0])


def _in_secret(name: str, keys: Sequence[str]) -> Iterator[str]:
    if name not in secret_forms():
        yield f"there is no form of a Secret {name}"
    yield from (
        f"the form of Secret {name} has no key {key}" for key in keys if key not in secret_forms().get(name, ())
    )


def _in_service(service: Manifest, manifests: Sequence[Manifest]) -> Iterator[str]:
    behind = chosen({"matchLabels": service["spec"]["selector"]}, reachable(manifests))
    if len(behind) != 1:
        yield f"{len(behind)} kinds of pods are behind it"
    for port in service["spec"]["ports"]:
        yield from (f"{pod} has no port {port['targetPort']}" for pod in behind if port["targetPort"] not in pod.ports)


def _in_ingress(ingress: Manifest, manifests: Sequence[Manifest]) -> Iterator[str]:
    services = {each["metadata"]["name"]: each for each in of_kind(manifests, "Service")}
    for path in (path for rule in ingress["spec"]["rules"] for path in rule["http"]["paths"]):
        backend = path["backend"]["service"]
        ports = services.get(backend["name"], {"spec": {"ports": []}})["spec"]["ports"]
        if backend["port"]["name"] not in {port["name"] for port in ports}:
            yield f"there is no Service {backend['name']} with port {backend['port']['name']}"
    for tls in ingress["spec"].get("tls", []):
        if tls["secretName"] != CERTIFICATE:
            yield f"nobody makes the Secret {tls['secretName']}"


def _in_budget(budget: Manifest, manifests: Sequence[Manifest]) -> Iterator[str]:
    if len(chosen(budget["spec"]["selector"], pods(manifests))) != 1:
        yield "it is not about one kind of pods"


def _in_workload(workload: Manifest, manifests: Sequence[Manifest]) -> Iterator[str]:
    (own,) = [pod for pod in pods(manifests) if pod.maker is workload]
    for spread in own.spec.get("topologySpreadConstraints", []):
        if chosen(spread["labelSelector"], pods(manifests)) != [own]:
            yield "its pods are spread among others than themselves"
    if chosen(workload["spec"]["selector"], pods(manifests)) != [own]:
        yield "it does not select its own pods alone"
    service = workload["spec"].get("serviceName")
    if service is not None and service not in _names(manifests, "Service"):
        yield f"there is no Service {service}"


def _in_policy(policy: Manifest, manifests: Sequence[Manifest]) -> Iterator[str]:
    everybody = reachable(manifests)
    subject = chosen(policy["spec"]["podSelector"], everybody)
    if not subject and policy["spec"]["podSelector"] != ACME:
        yield "it is about no pod"
    for rule in policy["spec"].get("ingress", []):
        yield from _peers(rule.get("from", []), everybody)
        yield from _ports(rule, subject)
    for rule in policy["spec"].get("egress", []):
        yield from _peers(rule.get("to", []), everybody)
        local = [peer for peer in rule.get("to", []) if "podSelector" in peer and "namespaceSelector" not in peer]
        yield from _ports(rule, [pod for peer in local for pod in chosen(peer["podSelector"], everybody)])


def _peers(peers: Sequence[Manifest], everybody: Sequence[Pod]) -> Iterator[str]:
    for peer in peers:
        if "podSelector" in peer and "namespaceSelector" not in peer and not chosen(peer["podSelector"], everybody):
            yield f"there is no such pod: {peer['podSelector']}"


def _ports(rule: Manifest, pods: Sequence[Pod]) -> Iterator[str]:
    for port in (port["port"] for port in rule.get("ports", []) if isinstance(port["port"], str)):
        yield from (f"{pod} has no port {port}" for pod in pods if port not in pod.ports)


def _in_scaler(scaler: Manifest, manifests: Sequence[Manifest]) -> Iterator[str]:
    target = scaler["spec"].get("scaleTargetRef")
    if target is not None and target["name"] not in _names(manifests, target["kind"]):
        yield f"there is no {target['kind']} {target['name']}"
    for trigger in scaler["spec"]["triggers"]:
        if trigger["authenticationRef"]["name"] not in _names(manifests, "TriggerAuthentication"):
            yield f"there is no TriggerAuthentication {trigger['authenticationRef']['name']}"


def _in_authentication(authentication: Manifest, _: Sequence[Manifest]) -> Iterator[str]:
    for reference in authentication["spec"]["secretTargetRef"]:
        yield from _in_secret(reference["name"], [reference["key"]])


def _in_monitor(monitor: Manifest, manifests: Sequence[Manifest]) -> Iterator[str]:
    watched = chosen(monitor["spec"]["selector"], reachable(manifests))
    if not watched:
        yield "it watches no pod"
    for endpoint in monitor["spec"]["podMetricsEndpoints"]:
        yield from (f"{pod} has no port {endpoint['port']}" for pod in watched if endpoint["port"] not in pod.ports)


def _in_external(external: Manifest, _: Sequence[Manifest]) -> Iterator[str]:
    yield from _in_secret(external["spec"]["target"]["name"], [each["secretKey"] for each in external["spec"]["data"]])


_CHECKS = {
    "Service": _in_service,
    "Ingress": _in_ingress,
    "PodDisruptionBudget": _in_budget,
    "Deployment": _in_workload,
    "StatefulSet": _in_workload,
    "NetworkPolicy": _in_policy,
    "ScaledObject": _in_scaler,
    "ScaledJob": _in_scaler,
    "TriggerAuthentication": _in_authentication,
    "PodMonitor": _in_monitor,
    "ExternalSecret": _in_external,
}
