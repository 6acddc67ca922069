"""The stack as Compose starts it, and what it does when a worker is killed in the middle."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.image.stack import docker, inspected, wait_for

if TYPE_CHECKING:
    from tests.image.stack import Stack

ISSUE = "demo/durations", "1"
SERVICES = ("gateway", "worker", "rabbitmq")
PASSWORD = re.compile(r"[0-9a-f]{48}")


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_is_confined(stack: Stack, service: str) -> None:
    (container,) = stack.containers(service)
    host = inspected(container)["HostConfig"]
    assert host["ReadonlyRootfs"]
    assert host["CapDrop"] == ["ALL"]
    assert host["SecurityOpt"] == ["no-new-privileges:true"]
    assert host["Memory"] > 0
    assert docker("exec", container, "id", "-u") != "0\n"
    assert "Read-only file system" in docker("exec", container, "touch", "/usr/there", check=False)


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_is_well(stack: Stack, service: str) -> None:
    (container,) = stack.containers(service)
    assert inspected(container)["State"]["Health"]["Status"] == "healthy"


@pytest.mark.parametrize("service", ["gateway", "worker"])
def test_the_images_own_health_command_finds_either_process(stack: Stack, service: str) -> None:
    assert stack.compose("exec", "-T", service, "coding-agent", "health") == f"The {service} is alive.\n"


@pytest.mark.parametrize("target", ["gateway:9464", "worker:8081", "rabbitmq:15692"])
def test_prometheus_would_be_answered_where_its_file_says(stack: Stack, target: str) -> None:
    ask = f"import urllib.request; print(urllib.request.urlopen('http://{target}/metrics').read().decode())"
    assert "# TYPE " in stack.compose("exec", "-T", "worker", "python", "-c", ask)


def test_a_worker_killed_in_the_middle_leaves_one_of_everything(stack: Stack) -> None:
    stack.tool("local-forge", "add", "demo/durations", "--files", "/usr/share/coding-agent/sample/repository")
    stack.tool("local-forge", "issue", "demo/durations", "--as", "demo", "--title", "Parse drops the minutes")
    assert "task: " in stack.tool("local-forge", "label", *ISSUE, "ai-help", "--as", "demo")
    wait_for(lambda: '"stage": "thinking"' in stack.logs("worker"), "for a worker to ask the model")
    docker("kill", *stack.containers("worker"))
    assert '"ended": "done"' not in stack.pages()

    stack.compose("up", "--detach", "--no-build", "--no-deps", "--wait", "worker")
    wait_for(lambda: '"ended": "done"' in stack.pages(), "for the result after the worker was killed")
    pages = stack.pages()
    assert len(re.findall(r"^pulls/\d+\.md:head = ", pages, re.MULTILINE)) == 1
    assert pages.count("<!-- coding-agent:status ") == 1
    assert "attempt 2" in pages
    branches = stack.tool("-c", "ls forge/demo/durations.git/refs/heads/coding-agent", entrypoint="sh")
    assert len(branches.split()) == 1


def test_a_worker_that_is_told_to_stop_ends_in_good_order(stack: Stack) -> None:
    stack.compose("stop", "worker")
    (container,) = stack.containers("worker")
    assert inspected(container)["State"]["ExitCode"] == 0
    stack.compose("up", "--detach", "--no-build", "--no-deps", "--wait", "worker")


def test_no_secret_shows_in_what_the_engine_tells_or_the_containers_write(stack: Stack) -> None:
    passwords = {word for text in stack.secrets.values() for word in PASSWORD.findall(text)}
    assert len(passwords) == 6
    told = "".join([docker("inspect", *stack.containers()), docker("history", "--no-trunc", stack.image), stack.logs()])
    assert "coding-agent" in told
    assert not {word for word in passwords if word in told}
