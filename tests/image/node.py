"""A node of a cluster, played by Docker: pods as the manifests describe them.

Each container has its manifest's command, user, environment, memory and volumes, and a root that is only read. Volumes
belong to whom a kubelet would give them. What is not played: names of Services beyond the pod's own, NetworkPolicies,
probes, and whoever makes pods anew.
"""

from __future__ import annotations

import json
import uuid
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from infra.kubernetes.broker_secret import secret
from tests.image.stack import docker, inspected
from tests.support.kubernetes.pods import pods
from tests.support.kubernetes.rendering import of_kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from tests.support.kubernetes.pods import Pod
    from tests.support.kubernetes.rendering import Manifest

_LABEL = "coding-agent-test-node"
_UNITS = {"Mi": "m", "Gi": "g"}


@dataclass(frozen=True, slots=True)
class Node:
    """Runs pods of `manifests`; `images` says what stands for each image that they name."""

    name: str
    folder: Path
    images: Mapping[str, str]
    secrets: Mapping[str, Mapping[str, str]]

    def start(self, manifests: Sequence[Manifest], kind: str, name: str, *names: str) -> str:
        """Run the pod's first containers to their end and start its other one; that one's name.

        In the network the pod has these `names`. A pod that is started again finds its claims as they were.
        """
        (pod,) = [
            each for each in pods(manifests) if (each.maker["kind"], each.maker["metadata"]["name"]) == (kind, name)
        ]
        volumes = self._volumes(pod, manifests)
        for container in pod.spec.get("initContainers", []):
            self._run(pod, container, volumes, manifests, "--rm")
        (container,) = pod.spec["containers"]
        own = f"{self.name}-{name}-{uuid.uuid4().hex[:4]}"
        aliases = [f"--network-alias={each}" for each in names]
        self._run(pod, container, volumes, manifests, "--detach", "--name", own, "--hostname", f"{name}-0", *aliases)
        return own

    def remove(self) -> None:
        """Whatever has been made."""
        left = docker("ps", "--all", "--quiet", "--filter", f"label={_LABEL}={self.name}").split()
        if left:
            docker("rm", "--force", "--volumes", *left)
        self._as_root("rm -rf /node/*")
        docker("network", "rm", self.name)

    def _run(
        self,
        pod: Pod,
        container: Manifest,
        volumes: Mapping[str, Path],
        manifests: Sequence[Manifest],
        *options: str,
    ) -> None:
        user, group = (pod.spec["securityContext"][each] for each in ("runAsUser", "runAsGroup"))
        limit: str = container["resources"]["limits"]["memory"]
        confined = ["--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges"]
        own = [f"--user={user}:{group}", f"--group-add={pod.spec['securityContext'].get('fsGroup', group)}"]
        variables = [f"--env={name}={text}" for name, text in self._environment(container, manifests).items()]
        mounts = [
            f"--volume={volumes[mount['name']]}:{mount['mountPath']}{':ro' if mount.get('readOnly') else ''}"
            for mount in container["volumeMounts"]
        ]
        first, *rest = container.get("command", [""])
        entry = [f"--entrypoint={first}"] if first else []
        docker(
            "run",
            *(f"--label={_LABEL}={self.name}", f"--network={self.name}", f"--memory={limit[:-2]}{_UNITS[limit[-2:]]}"),
            *(*confined, *own, *variables, *mounts, *entry, *options, self.images[container["image"]]),
            *(*rest, *container.get("args", [])),
        )

    def _environment(self, container: Manifest, manifests: Sequence[Manifest]) -> dict[str, str]:
        """Secrets' keys that are optional and missing are left out, as a kubelet leaves them out."""
        configs = _configs(manifests)
        found = {
            name: text
            for source in container.get("envFrom", [])
            for name, text in configs[source["configMapRef"]["name"]].items()
        }
        for variable in container.get("env", []):
            key: dict[str, Any] = variable.get("valueFrom", {}).get("secretKeyRef", {})
            keys = self.secrets.get(key["name"], {}) if key else {"": variable.get("value", "")}
            if key.get("key", "") in keys or not key.get("optional"):
                found[variable["name"]] = keys[key.get("key", "")]
        return found

    def _volumes(self, pod: Pod, manifests: Sequence[Manifest]) -> dict[str, Path]:
        own = self.folder / uuid.uuid4().hex
        made = {each["name"]: self._volume(own, each, manifests) for each in pod.spec.get("volumes", [])}
        group = pod.spec["securityContext"].get("fsGroup")
        if group:
            self._as_root(
                f"chown -R 0:{group} /node/{own.name} && find /node/{own.name} -type d -exec chmod g+s {{}} +"
            )
        claims = {name: self._claim(f"{pod.maker['metadata']['name']}-{name}") for name in pod.claims}
        return {**made, **claims}

    def _volume(self, own: Path, volume: Mapping[str, Any], manifests: Sequence[Manifest]) -> Path:
        place: Path = own / volume["name"]
        match volume:
            case {"persistentVolumeClaim": {"claimName": claim}}:
                return self._claim(claim)
            case {"configMap": {"name": name}}:
                _write(place, _configs(manifests)[name], 0o644)
            case {"secret": {"secretName": name, "defaultMode": mode, "items": items}}:
                _write(place, {item["path"]: self.secrets[name][item["key"]] for item in items}, mode)
            case {"emptyDir": _}:
                place.mkdir(parents=True)
                place.chmod(0o777)
        return place

    def _claim(self, name: str) -> Path:
        """A folder that everybody may write to, as Minikube makes one."""
        place = self.folder / f"claim-{name}"
        place.mkdir(exist_ok=True)
        place.chmod(0o777)
        return place

    def _as_root(self, command: str) -> None:
        agent = self.images["coding-agent:dev"]
        docker("run", "--rm", "--user=0", "--entrypoint=sh", f"--volume={self.folder}:/node", agent, "-c", command)


def _configs(manifests: Sequence[Manifest]) -> dict[str, dict[str, str]]:
    return {each["metadata"]["name"]: each["data"] for each in of_kind(manifests, "ConfigMap")}


def _write(place: Path, files: Mapping[str, str], mode: int) -> None:
    """As Kubernetes does: what is seen are links into a folder that is changed as a whole."""
    content = place / "..now"
    content.mkdir(parents=True)
    for name, text in files.items():
        (content / name).write_text(text)
        (content / name).chmod(mode)
        (place / name).symlink_to(f"..now/{name}")


def ask(container: str, url: str, user: str = "", password: str = "") -> Any:
    """What is answered to a container of the agent's, read as JSON."""
    program = f"""
import base64, urllib.request
request = urllib.request.Request({url!r})
if {user!r}:
    request.add_header("Authorization", "Basic " + base64.b64encode(b{f"{user}:{password}"!r}).decode())
print(urllib.request.urlopen(request, timeout=10).read().decode())
"""
    return json.loads(docker("exec", container, "python", "-c", program))


def ended(container: str) -> int | None:
    """Its exit code, or None while it runs."""
    state = inspected(container)["State"]
    return None if state["Running"] else int(state["ExitCode"])


@contextmanager
def running_node(folder: Path, image: str, rabbitmq: str) -> Iterator[Node]:
    """A node without pods, with the Secrets that `infra/minikube/deploy --trial` makes; nothing is left at the end."""
    name = f"coding-agent-test-{uuid.uuid4().hex[:8]}"
    made: Any = secret("agent-tasks", "rabbitmq.ai-agent.svc", "ai-agent")["stringData"]
    secrets = {"rabbitmq-credentials": made, "webhook-secret": {"current": uuid.uuid4().hex}}
    images = {"coding-agent:dev": image, "docker.io/library/rabbitmq:4.2-management": rabbitmq}
    node = Node(name, folder, images, secrets)
    docker("network", "create", name)
    try:
        yield node
    finally:
        node.remove()
