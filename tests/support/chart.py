"""The Helm chart as it would be installed, rendered by Helm's own library: no cluster and no helm program is needed."""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import Any

import helm_python as helm

from tests.support.kubernetes.rendering import Manifest, parsed

CHART = Path(__file__).parents[2] / "infra" / "helm" / "coding-agent"
NAMESPACE = "ai-agent"
_JOB = re.compile(r"^(topology|ollama-pull)-[0-9a-f]{8}$")

Objects = dict[tuple[str, str], Manifest]


@functools.cache
def _chart() -> helm.Chart:
    return helm.Chart.load(CHART)


def values_file(name: str) -> dict[str, Any]:
    """What one of the chart's files of values says."""
    return dict(helm.values_from_yaml((CHART / name).read_text(encoding="utf-8")))


def texts(values: dict[str, Any] | None = None) -> dict[str, str]:
    """Every file that comes out, by the name of its template; raises `helm.HelmError` where the values are refused."""
    rendered = _chart().render(values, name="coding-agent", namespace=NAMESPACE)
    return {Path(name).name: text for name, text in rendered.items()}


def objects(values: dict[str, Any] | None = None) -> Objects:
    """Every object, by its kind and its name; a Job's name without the end, which changes with its content."""
    found = [each for name, text in texts(values).items() if name.endswith(".yaml") for each in parsed(text)]
    return {(each["kind"], _JOB.sub(r"\1", each["metadata"]["name"])): each for each in found}


def notes(values: dict[str, Any] | None = None) -> str:
    """What is told to the person who installs it."""
    return texts(values)["NOTES.txt"]


def lint(values: dict[str, Any] | None = None) -> list[str]:
    """What `helm lint --strict` finds, but for a missing picture."""
    report = helm.lint(CHART, values, strict=True, namespace=NAMESPACE)
    said = [message["error"] for message in report["messages"]]
    return [*report["errors"], *(each for each in said if each != "icon is recommended")]
