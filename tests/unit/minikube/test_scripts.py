"""What `up`, `deploy` and `down` do, in which order, and what they say when a step fails."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.recorded_program import calls, record

if TYPE_CHECKING:
    from tests.support.recorded_program import Recorded

PROJECT = Path(__file__).parents[3]
SCRIPTS = PROJECT / "infra" / "minikube"
KUBE = ["kubectl", "--context", "coding-agent", "--namespace", "ai-agent"]


@dataclass(frozen=True)
class Machine:
    """A machine with these programs and no others of their kind."""

    folder: Path
    minikube: Recorded
    kubectl: Recorded
    helm: Recorded
    docker: Recorded

    def run(self, script: str, *arguments: str, scripts: Path = SCRIPTS) -> subprocess.CompletedProcess[str]:
        environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        command = [str(scripts / script), *arguments]
        return subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=60
        )

    def called(self) -> list[list[str]]:
        return calls(self.folder)

    def kube_calls(self) -> list[str]:
        """What kubectl was told, without what each call begins with."""
        told = [call for call in self.called() if call[0] == "kubectl"]
        assert all(call[: len(KUBE)] == KUBE for call in told)
        return [" ".join(call[len(KUBE) :]) for call in told]


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    monkeypatch.delenv("MINIKUBE_PROFILE", raising=False)
    programs = {name: record(name, tmp_path, monkeypatch) for name in ("minikube", "kubectl", "helm", "docker")}
    return Machine(tmp_path, **programs)


@pytest.mark.parametrize("script", ["up", "deploy", "down", "load"])
def test_help_teaches_and_touches_nothing(machine: Machine, script: str) -> None:
    said = machine.run(script, "--help")
    assert said.returncode == 0
    assert f"infra/minikube/{script}" in said.stdout
    assert machine.called() == []


@pytest.mark.parametrize("script", ["up", "deploy", "down"])
def test_an_option_that_there_is_not_is_a_usage_error(machine: Machine, script: str) -> None:
    said = machine.run(script, "--fast")
    assert said.returncode == 2
    assert f"{script}: unknown option '--fast'." in said.stderr
    assert machine.called() == []


def test_up_makes_the_cluster_then_fills_it(machine: Machine) -> None:
    said = machine.run("up", "--", "--driver=kvm2")
    assert said.returncode == 0, said.stderr
    minikube = ["minikube", "--profile", "coding-agent"]
    first, metrics, ingress, keda, build, load = machine.called()
    assert first == [*minikube, "start", "--cpus", "2", "--memory", "4096", "--driver=kvm2"]
    assert metrics == [*minikube, "addons", "enable", "metrics-server"]
    assert ingress == [*minikube, "addons", "enable", "ingress"]
    assert keda[:4] == ["helm", "upgrade", "--install", "keda"]
    assert keda[keda.index("--version") + 1].count(".") == 2
    assert keda[keda.index("--kube-context") + 1] == "coding-agent"
    assert sum(each.startswith("--set=resources.") and each.endswith(".requests.cpu=20m") for each in keda) == 3
    assert build == ["docker", "build", "--tag", "coding-agent:dev", str(PROJECT)]
    assert load == [*minikube, "image", "load", "coding-agent:dev"]
    assert "Next: infra/minikube/deploy" in said.stdout


def test_up_can_leave_the_image_as_it_is(machine: Machine) -> None:
    assert machine.run("up", "--no-build").returncode == 0
    assert machine.docker.calls() == []


@pytest.mark.parametrize(
    ("program", "step", "said"),
    [
        ("minikube", "start", "minikube could not start the cluster."),
        ("minikube", "addons enable ingress", "The addon ingress could not be enabled."),
        ("helm", "upgrade", "KEDA could not be installed."),
        ("docker", "build", "The image could not be built."),
        ("minikube", "image load", "The image could not be loaded into the cluster."),
    ],
)
def test_a_step_of_up_that_fails_is_the_last(machine: Machine, program: str, step: str, said: str) -> None:
    failing: Recorded = getattr(machine, program)
    failing.refuse(step)
    ended = machine.run("up")
    assert ended.returncode == 1
    assert f"up: {said}\n  Next: " in ended.stderr
    assert step in " ".join(machine.called()[-1])


def test_a_program_that_is_missing_is_named(machine: Machine) -> None:
    machine.helm.path.unlink()
    said = machine.run("up")
    assert (said.returncode, machine.called()) == (1, [])
    assert "up: helm is not installed, or not on the PATH." in said.stderr


def test_down_stops_the_cluster_and_deletes_it_only_when_told(machine: Machine) -> None:
    assert machine.run("down").returncode == 0
    assert machine.run("down", "--delete").returncode == 0
    assert [call[3:] for call in machine.called()] == [["stop"], ["delete"]]


def test_deploy_says_so_where_no_cluster_answers(machine: Machine) -> None:
    machine.kubectl.fail("no such context", code=1)
    said = machine.run("deploy", "--trial")
    assert said.returncode == 1
    assert "No cluster answers as 'coding-agent'.\n  Next: infra/minikube/up" in said.stderr


def test_a_trial_is_deployed_without_a_question(machine: Machine) -> None:
    machine.kubectl.refuse("get secret", "get statefulset")
    said = machine.run("deploy", "--trial")
    assert said.returncode == 0, said.stderr
    overlay = f"apply --kustomize {PROJECT}/infra/kubernetes/overlays/trial"
    told = machine.kube_calls()
    assert (
        told.index("create --filename -") < told.index("delete job topology --ignore-not-found") < told.index(overlay)
    )
    assert [call.split()[0] for call in told[told.index(overlay) + 1 :]] == [
        "rollout",
        "wait",
        "rollout",
        "rollout",
        "wait",
    ]
    assert not any("github-token" in call for call in told)
    assert "Next: infra/minikube/load" in said.stdout


def test_a_broker_that_runs_is_told_its_new_passwords_before_anybody_uses_them(machine: Machine) -> None:
    machine.kubectl.refuse("get secret rabbitmq-credentials")
    assert machine.run("deploy", "--trial").returncode == 0
    told = machine.kube_calls()
    made, applied = told.index("create --filename -"), told.index("delete job topology --ignore-not-found")
    assert "rollout restart statefulset/rabbitmq" in told[made:applied]
    assert "delete scaledobject worker --ignore-not-found" in told[made:applied]


def test_secrets_that_are_there_stay_as_they_are(machine: Machine) -> None:
    assert machine.run("deploy", "--trial").returncode == 0
    assert not any(call.startswith("create") for call in machine.kube_calls())


def test_the_webhooks_secret_is_drawn_and_shown_to_nobody(machine: Machine) -> None:
    machine.kubectl.refuse("get secret webhook-secret")
    said = machine.run("deploy", "--trial")
    drawn = machine.kubectl.given()
    assert len(drawn) == 64
    assert drawn not in said.stdout + said.stderr + json.dumps(machine.called())


def test_what_runs_already_is_restarted(machine: Machine) -> None:
    machine.kubectl.print("deployment.apps/gateway\ndeployment.apps/worker\n")
    assert machine.run("deploy", "--trial").returncode == 0
    assert "rollout restart deployment.apps/gateway deployment.apps/worker" in machine.kube_calls()


def test_deploy_asks_first_what_is_to_be_served(machine: Machine) -> None:
    said = machine.run("deploy")
    assert said.returncode == 1
    assert "edit infra/kubernetes/overlays/dev/settings.yaml" in said.stderr
    assert not any(call.startswith(("apply", "create")) for call in machine.kube_calls())


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """The scripts of somebody who has said which repositories are to be served."""
    infra = tmp_path / "project" / "infra"
    for name in ("minikube", "kubernetes"):
        shutil.copytree(PROJECT / "infra" / name, infra / name)
    settings = infra / "kubernetes" / "overlays" / "dev" / "settings.yaml"
    settings.write_text(settings.read_text().replace("example-org/example-repository", "acme/shop"))
    return infra / "minikube"


def test_token_and_key_come_from_files_and_show_nowhere(machine: Machine, own: Path, tmp_path: Path) -> None:
    machine.kubectl.refuse("get secret llm-api-key", "get secret github-token")
    (tmp_path / "token").write_text("ghp_secret\n")
    (tmp_path / "key").write_text("sk-secret\n")
    files = ("--github-token-file", str(tmp_path / "token"), "--model-key-file", str(tmp_path / "key"))
    said = machine.run("deploy", *files, scripts=own)
    assert said.returncode == 0, said.stderr
    made = [call for call in machine.kube_calls() if call.startswith("create secret generic")]
    assert [call.partition("=")[0] for call in made] == [
        "create secret generic github-token --from-file",
        "create secret generic llm-api-key --from-file",
    ]
    assert machine.kubectl.given() == "sk-secret"
    shown = said.stdout + said.stderr + json.dumps(machine.called())
    assert "ghp_secret" not in shown
    assert "sk-secret" not in shown
    assert "set the label ai-help" in said.stdout


def test_where_nobody_can_be_asked_the_option_is_named(machine: Machine, own: Path) -> None:
    machine.kubectl.refuse("get secret github-token")
    said = machine.run("deploy", scripts=own)
    assert said.returncode == 1
    assert "Token for GitHub\n  Next: infra/minikube/deploy --github-token-file FILE" in said.stderr


def test_a_file_that_is_not_there_is_named_before_anything_is_done(machine: Machine) -> None:
    said = machine.run("deploy", "--model-key-file", "/nowhere/key")
    assert (said.returncode, machine.called()) == (1, [])
    assert "The file '/nowhere/key' cannot be read." in said.stderr


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("apply --filename", "The namespace could not be made."),
        ("create secret generic webhook-secret", "The Secret webhook-secret could not be made."),
        ("create --filename -", "The Secret rabbitmq-credentials could not be made."),
        ("apply --kustomize", "The manifests were not accepted."),
        ("wait --for condition=Complete", "It did not come about in time.\n  Next: kubectl --context coding-agent"),
    ],
)
def test_a_step_of_deploy_that_fails_is_the_last(machine: Machine, step: str, said: str) -> None:
    machine.kubectl.refuse("get secret", step)
    ended = machine.run("deploy", "--trial")
    assert ended.returncode == 1
    assert said in ended.stderr
    assert step in machine.kube_calls()[-1]
