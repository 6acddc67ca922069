"""What `kubectl kustomize` makes of a folder of infra/kubernetes."""

from __future__ import annotations

import functools
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

KUBERNETES = Path(__file__).parents[2] / "infra" / "kubernetes"
_KUBECTL = Path(sys.executable).parent / "kubectl"


@functools.cache
def rendered(folder: str) -> dict[tuple[str, str], dict[str, Any]]:
    """Every object, by its kind and its name."""
    command = [str(_KUBECTL), "kustomize", str(KUBERNETES / folder)]
    text = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    return {(each["kind"], each["metadata"]["name"]): each for each in yaml.safe_load_all(text)}
