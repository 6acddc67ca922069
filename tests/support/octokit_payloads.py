"""Payloads that GitHub really sent: the npm package `@octokit/webhooks-examples`."""

from __future__ import annotations

import json
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.npm_package import NpmPackage, PackageMissing

PACKAGE = NpmPackage(
    "@octokit/webhooks-examples@7.6.1",
    "De6U3XB6O3DtCa7bKgCMzTHdeopqqZ6SNivMYJnK65ierKL1AnNIA0tkRYCRS7lwGT792d+Ps1WbfHlso6MynQ==",
)


@dataclass(frozen=True)
class Example:
    """One real payload, the event that it came with, and the server's kind (`api.github.com`, `ghes-31`, …)."""

    server: str
    event: str
    payload: dict[str, Any]


def octokit_payloads() -> tuple[Example, ...]:
    """All the examples, of every server; raises `PackageMissing`."""
    return tuple(_examples(PACKAGE.fetched()))


def _examples(tarball: Path) -> list[Example]:
    with tarfile.open(tarball) as archive:
        indexes = [name for name in archive.getnames() if name.endswith("/index.json")]
        return [example for name in indexes for example in _server_examples(archive, name)]


def _server_examples(archive: tarfile.TarFile, name: str) -> list[Example]:
    index = archive.extractfile(name)
    if index is None:
        message = f"{name} is no file in the package"
        raise PackageMissing(message)
    server = Path(name).parent.name
    return [Example(server, hook["name"], payload) for hook in json.load(index) for payload in hook["examples"]]
