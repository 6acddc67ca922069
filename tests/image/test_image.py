"""What the image is, before anything is made of it."""

from __future__ import annotations

import pytest

from tests.image.stack import docker, inspected

BUILDERS = ("cc", "gcc", "g++", "clang", "make", "ld", "as", "cargo", "go")
MOST_MEGABYTES = 400
CONFINED = ("--rm", "--read-only", "--tmpfs=/tmp", "--cap-drop=ALL", "--network=none")


def run(image: str, *arguments: str, entrypoint: str = "coding-agent", check: bool = True) -> str:
    return docker("run", *CONFINED, f"--entrypoint={entrypoint}", image, *arguments, check=check)


def test_is_small_and_its_size_is_told(
    image: str, base_images: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    base = base_images["PYTHON_IMAGE"]
    megabytes, of_base = (inspected(name)["Size"] / 1e6 for name in (image, base))
    with capsys.disabled():
        print(f"\nThe image: {megabytes:.0f} MB, of which {of_base:.0f} MB are {base}")  # noqa: T201
    assert megabytes < MOST_MEGABYTES


def test_belongs_to_nobody_with_rights(image: str) -> None:
    assert inspected(image)["Config"]["User"] == "10001:10001"
    assert run(image, entrypoint="id").startswith("uid=10001(agent) gid=10001(agent)")


@pytest.mark.parametrize("builder", BUILDERS)
def test_has_no_compiler(image: str, builder: str) -> None:
    assert not run(image, "-c", f"command -v {builder} || true", entrypoint="sh")


def test_has_no_installer_of_its_own(image: str) -> None:
    assert "No module named pip" in run(image, "-m", "pip", entrypoint="/opt/coding-agent/bin/python", check=False)


def test_says_what_it_is_made_from(image: str) -> None:
    labels = inspected(image)["Config"]["Labels"]
    told = {name.removeprefix("org.opencontainers.image."): text for name, text in labels.items()}
    assert {"title", "description", "licenses"} <= told.keys()
    assert (told["version"], told["revision"], told["source"]) == ("0.0.0+test", "test", "test")


@pytest.mark.parametrize("command", [["gateway"], ["worker"]], ids=" ".join)
def test_has_both_processes_on_a_read_only_root(image: str, command: list[str]) -> None:
    assert f"Usage: coding-agent {command[0]}" in run(image, *command, "--help")


def test_plays_the_whole_job_on_a_read_only_root(image: str) -> None:
    played = run(
        image, "-c", "cd /tmp && HOME=/tmp exec coding-agent demo --model scripted --dir demo", entrypoint="sh"
    )
    assert "all 7 tests pass" in played


def test_health_says_that_nobody_answers(image: str) -> None:
    assert "Nothing answers here" in run(image, "health", check=False)


def test_holds_nothing_of_how_it_is_deployed(image: str) -> None:
    found = run(
        image,
        "-c",
        "find / -xdev \\( -name compose.yaml -o -name Dockerfile -o -name '.env*' \\)",
        entrypoint="sh",
        check=False,
    )
    assert "compose" not in found
    assert "Dockerfile" not in found
