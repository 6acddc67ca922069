"""What `kubectl kustomize` makes of infra/kubernetes."""

from __future__ import annotations

import functools
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml

KUBERNETES = Path(__file__).parents[2] / "infra" / "kubernetes"
_KUBECTL = Path(sys.executable).parent / "kubectl"

Objects = dict[tuple[str, str], dict[str, Any]]


@functools.cache
def overlay(name: str) -> Objects:
    """Every object of an overlay, by its kind and its name."""
    return _rendered(KUBERNETES / "overlays" / name)


@functools.cache
def composed(*components: str) -> Objects:
    """Every object of the base with these components, with the image that the overlay `dev` has."""
    with tempfile.TemporaryDirectory() as folder:
        base = Path(os.path.relpath(KUBERNETES, Path(folder).resolve()))
        content = {
            "apiVersion": "kustomize.config.k8s.io/v1beta1",
            "kind": "Kustomization",
            "namespace": "ai-agent",
            "resources": [str(base / "base")],
            "components": [str(base / "components" / name) for name in components],
            "images": [{"name": "coding-agent", "newName": "coding-agent", "newTag": "dev"}],
        }
        (Path(folder) / "kustomization.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
        return _rendered(Path(folder))


def _rendered(folder: Path) -> Objects:
    command = [str(_KUBECTL), "kustomize", str(folder)]
    text = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    return {(each["kind"], each["metadata"]["name"]): each for each in yaml.safe_load_all(text)}
