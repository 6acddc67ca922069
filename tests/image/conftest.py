"""The image and the stack are made once for all tests, and removed also when the run is interrupted."""

from __future__ import annotations

import signal
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.image.stack import ROOT, built_image, running_stack

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.image.stack import Stack


def pytest_sessionstart() -> None:
    """What ends this run by SIGTERM lets it clean up, too."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


@pytest.fixture(scope="session")
def base_images() -> dict[str, str]:
    """The two images that others make, or their stand-ins: `PYTHON_IMAGE` and `RABBITMQ_IMAGE`."""
    told = subprocess.run([ROOT / "infra/docker/base-images.sh"], stdout=subprocess.PIPE, text=True, check=True)
    return dict(line.split("=", 1) for line in told.stdout.splitlines())


@pytest.fixture(scope="session")
def image(base_images: dict[str, str]) -> str:
    return built_image(base_images["PYTHON_IMAGE"])


@pytest.fixture(scope="session")
def stack(base_images: dict[str, str], image: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running_stack(tmp_path_factory.mktemp("stack"), image, base_images["RABBITMQ_IMAGE"]) as stack:
        yield stack
