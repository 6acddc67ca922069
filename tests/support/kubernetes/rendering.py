"""Overlays and components, rendered by kustomize and read strictly."""

from __future__ import annotations

import atexit
import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

Manifest = dict[str, Any]
KUBERNETES = Path(__file__).parents[3] / "infra" / "kubernetes"
manifests_group = pytest.mark.xdist_group("manifests")
"""Keeps tests on one worker of a parallel run, so that everything is rendered once."""
KUBECTL = Path(sys.executable).with_name("kubectl")


@dataclass(frozen=True, slots=True)
class Combination:
    """What somebody may apply: an overlay, with components before its own, and without some of those."""

    overlay: str
    components: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "+".join([self.overlay, *self.components]) + "".join(f"-{name}" for name in self.without)

    def write(self, folder: Path) -> None:
        """Make the folder the overlay as a person would have changed it, beside the original."""
        shutil.copytree(KUBERNETES / "overlays" / self.overlay, folder)
        (content,) = parsed((folder / "kustomization.yaml").read_text())
        own = [path for path in content.get("components", []) if Path(path).name not in self.without]
        content["components"] = [*(f"../../components/{name}" for name in self.components), *own]
        (folder / "kustomization.yaml").write_text(json.dumps(content))


COMBINATIONS = (
    Combination("dev"),
    Combination("trial"),
    Combination("prod"),
    Combination("trial", ("scaled-job",)),
    Combination("prod", ("scaled-job", "search-cache", "monitoring")),
    Combination("prod", ("search-cache", "external-secrets")),
    Combination("prod", ("ollama", "monitoring", "otlp")),
    Combination("prod", ("rabbitmq-operator", "monitoring"), without=("rabbitmq",)),
)


class _StrictLoader(yaml.CSafeLoader):
    """Refuses a key that stands twice, of which YAML readers silently drop one."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002 - its parent's
        names = [self.construct_object(key, deep=True) for key, _ in node.value]
        twice = sorted({str(name) for name in names if names.count(name) > 1})
        if twice:
            message = f"the key {twice[0]!r} stands twice{node.start_mark}"
            raise ValueError(message)
        return super().construct_mapping(node, deep)


def parsed(text: str) -> list[Manifest]:
    """The objects of a file; raises `ValueError` where a key stands twice."""
    return [manifest for manifest in yaml.load_all(text, _StrictLoader) if manifest]


@cache
def rendered(combination: Combination) -> Sequence[Manifest]:
    """What would be applied."""
    folder = _copy() / "overlays" / f"{combination}"
    if not folder.exists():
        combination.write(folder)
    return parsed(kustomized(folder))


@cache
def _copy() -> Path:
    """The manifests in a folder of our own: kustomize reads no file above the one that it is given."""
    folder = Path(mkdtemp(prefix="coding-agent-manifests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(shutil.copytree(KUBERNETES, folder / "kubernetes"))


def kustomized(folder: Path) -> str:
    """What kubectl makes of a folder."""
    made = subprocess.run([KUBECTL, "kustomize", folder], capture_output=True, text=True, check=False, timeout=60)
    assert made.returncode == 0, made.stderr
    assert not made.stderr, made.stderr
    return made.stdout


@cache
def secret_forms() -> dict[str, frozenset[str]]:
    """The keys of each Secret that people are told to make, by its name."""
    forms = [parsed(path.read_text()) for path in sorted((KUBERNETES / "secrets").glob("*.yaml"))]
    return {form["metadata"]["name"]: frozenset(form["stringData"]) for each in forms for form in each}


def of_kind(manifests: Sequence[Manifest], kind: str) -> list[Manifest]:
    """The objects of one kind."""
    return [manifest for manifest in manifests if manifest["kind"] == kind]


def one(manifests: Sequence[Manifest], kind: str, name: str) -> Manifest:
    """The one object of that kind and name."""
    (found,) = [manifest for manifest in of_kind(manifests, kind) if manifest["metadata"]["name"] == name]
    return found


def called(manifest: Manifest) -> str:
    """Kind and name, for people."""
    return f"{manifest['kind']} {manifest['metadata']['name']}"
