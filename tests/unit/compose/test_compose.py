"""The stack is confined, waits for what it needs, and names nothing that is not there."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any, get_type_hints

import pytest

from domain.secret import Secret
from infra.settings import Settings, load
from tests.support.project_files import PROJECT, project_files

FOLDER = PROJECT / "infra" / "compose"
TEXT = (FOLDER / "compose.yaml").read_text()
EXAMPLE = (FOLDER / ".env.example").read_text()
SECRETS = FOLDER / "secrets.example"
ASSIGNMENT = re.compile(r"^#?([A-Z][A-Z_]+)=(.*)$", re.MULTILINE)
PACKAGES = ("settings", "telemetry")
OURS = ("topology", "gateway", "worker", "tools", "smoke")
Stack = dict[str, Any]


def environment(stack: Stack, service: str) -> dict[str, str]:
    found: dict[str, str] = stack["services"][service]["environment"]
    return found


def settings_known() -> set[str]:
    """Every variable that the settings are read from."""
    kinds = get_type_hints(Settings)
    return {name.upper() for name in kinds} | {f"{name.upper()}_FILE" for name, kind in kinds.items() if kind is Secret}


def names_of_the_stack() -> set[str]:
    """Every variable that the stack's own file reads."""
    return set(re.findall(r"\$\{(\w+)", TEXT))


def seconds(duration: str) -> float:
    minutes, left = re.fullmatch(r"(?:(\d+)m)?(?:(\d+)s)?", duration).groups()  # type: ignore[union-attr]
    return 60 * float(minutes or 0) + float(left or 0)


def test_every_variable_of_our_containers_is_a_setting_or_the_stacks_own(stack: Stack) -> None:
    given = {name for service in OURS for name in environment(stack, service)}
    assert given - settings_known() - names_of_the_stack() == set()


def test_every_variable_that_the_example_explains_is_read_by_somebody() -> None:
    named = {name for name, _ in ASSIGNMENT.findall(EXAMPLE)}
    assert named - settings_known() - names_of_the_stack() == {"COMPOSE_PROFILES"}  # Compose's own


def test_every_variable_of_the_stack_is_explained_in_the_example_with_its_default() -> None:
    explained = dict(ASSIGNMENT.findall(EXAMPLE))
    defaults = dict(re.findall(r"\$\{(\w+):-([^}]*)\}", TEXT))
    assert names_of_the_stack() == defaults.keys()
    assert {name: explained.get(name) for name in defaults} == defaults


@pytest.mark.parametrize("service", ["gateway", "worker", "topology"])
def test_the_settings_of_each_process_can_be_read(stack: Stack, service: str) -> None:
    given = {
        name: str(SECRETS / Path(value).name) if value.startswith("/run/secrets/") else value
        for name, value in environment(stack, service).items()
    }
    settings: Settings = load(given)
    assert settings.queue == "rabbitmq"
    assert settings.rabbitmq_url


def test_every_secret_has_its_file_in_the_example_and_its_line_in_the_page(stack: Stack) -> None:
    files = {path.name for path in SECRETS.iterdir()} - {"README.md"}
    assert files == stack["secrets"].keys()
    page = (SECRETS / "README.md").read_text()
    assert [name for name in files if f"`{name}`" not in page] == []


def test_every_secret_that_is_read_is_given_to_that_container_and_no_other_is(stack: Stack) -> None:
    for name, service in stack["services"].items():
        told = " ".join([*service.get("environment", {}).values(), (FOLDER / "rabbitmq.conf").read_text()])
        given = {secret["source"] for secret in service.get("secrets", [])}
        read = set(re.findall(r"/run/secrets/([\w-]+)", " ".join(service.get("environment", {}).values())))
        assert read <= given, name
        assert all(f"/run/secrets/{secret}" in told for secret in given), name


def test_the_gateway_is_given_no_credential_of_the_forge_or_a_model(stack: Stack) -> None:
    given = {secret["source"] for secret in stack["services"]["gateway"]["secrets"]}
    assert given == {"gateway-url", "webhook-secret", "webhook-secret-previous"}


def test_every_container_is_confined(stack: Stack) -> None:
    for name, service in stack["services"].items():
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["deploy"]["resources"]["limits"]["memory"], name
        assert "privileged" not in service, name


def test_nothing_but_the_gateway_may_be_published_beyond_this_machine(stack: Stack) -> None:
    for name, service in stack["services"].items():
        assert all(port["host_ip"] == "127.0.0.1" for port in service.get("ports", [])), name
    assert re.findall(r'ports: \["(\S+?):\$', TEXT).count("127.0.0.1") == 3


def test_gateway_and_worker_wait_for_the_queues_and_these_for_the_broker(stack: Stack) -> None:
    for name in ("gateway", "worker"):
        needs = stack["services"][name]["depends_on"]
        assert needs["topology"]["condition"] == "service_completed_successfully"
    assert stack["services"]["topology"]["depends_on"]["rabbitmq"]["condition"] == "service_healthy"


def test_a_worker_that_is_stopped_has_more_time_than_its_task(stack: Stack) -> None:
    worker = stack["services"]["worker"]
    grace = load({"GRACE_SECONDS": environment(stack, "worker")["GRACE_SECONDS"]}).grace_seconds
    assert seconds(worker["stop_grace_period"]) >= grace + 15


def test_only_what_was_asked_for_is_started_besides_the_agent(stack: Stack) -> None:
    always = {name for name, service in stack["services"].items() if not service.get("profiles")}
    assert always == {"rabbitmq", "topology", "gateway", "worker"}


def test_every_file_that_is_mounted_is_there(stack: Stack) -> None:
    mounts = [mount for service in stack["services"].values() for mount in service.get("volumes", [])]
    sources = {Path(mount["source"]) for mount in mounts if mount["type"] == "bind"}
    assert sources
    assert [str(path) for path in sources if not path.exists()] == []


def test_prometheus_can_read_its_file() -> None:
    program = shutil.which("promtool")
    assert program, "This test needs promtool, of Debian's package `prometheus`: `make system` installs it."
    asked = [program, "check", "config", "--syntax-only", str(FOLDER / "prometheus.yml")]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_what_only_serves_the_deployment_is_in_neither_wheel_nor_image() -> None:
    infra = PROJECT / "infra"
    folders = {path.relative_to(infra).parts[0] for path in project_files() if path.is_relative_to(infra)}
    foreign = {f"infra/{name}" for name in folders if (infra / name).is_dir() and name not in PACKAGES}
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())
    assert "infra/compose" in foreign
    assert foreign - set(project["tool"]["hatch"]["build"]["targets"]["wheel"]["exclude"]) == set()
    assert foreign - set((PROJECT / ".dockerignore").read_text().splitlines()) == set()


def test_whoever_is_given_secrets_is_made_anew_when_their_folder_is_another(stack: Stack) -> None:
    told = {name for name, service in stack["services"].items() if "coding-agent.secrets" in service.get("labels", {})}
    assert {name for name, service in stack["services"].items() if service.get("secrets")} <= told
