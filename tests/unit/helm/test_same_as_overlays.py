"""The chart and the overlays install the same, object by object and field by field.

What differs, and why: the namespace is not the chart's, for Helm keeps its own record there before it installs
anything; each object of the chart's carries two labels that Helm's tools look for; and a Job's name tells what it
consists of.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.chart import NAMESPACE, objects, values_file
from tests.support.kustomize import composed, overlay

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.chart import Objects

HELMS_OWN = {"app.kubernetes.io/managed-by", "helm.sh/chart"}
DEV_IMAGE = {"repository": "coding-agent", "tag": "dev"}
CASES: dict[str, tuple[Callable[[], Objects], dict[str, Any]]] = {
    "overlay dev": (lambda: overlay("dev"), values_file("values-dev.yaml")),
    "overlay prod": (lambda: overlay("prod"), values_file("values-prod.yaml")),
    "a Job a task": (lambda: composed("rabbitmq", "scaled-job"), {"worker": {"kind": "ScaledJob"}}),
    "a cache": (lambda: composed("rabbitmq", "search-cache"), {"searchCache": {"enabled": True}}),
    "a Job a task, a cache": (
        lambda: composed("rabbitmq", "scaled-job", "search-cache"),
        {"worker": {"kind": "ScaledJob"}, "searchCache": {"enabled": True}},
    ),
    "Ollama": (lambda: composed("rabbitmq", "ollama"), {"ollama": {"enabled": True}}),
    "a cluster of RabbitMQ": (lambda: composed("rabbitmq-operator"), {"broker": {"kind": "operator"}}),
    "External Secrets": (lambda: composed("rabbitmq", "external-secrets"), {"externalSecrets": {"enabled": True}}),
    "monitoring": (lambda: composed("rabbitmq", "monitoring"), {"monitoring": {"enabled": True}}),
    "a collector": (lambda: composed("rabbitmq", "otlp"), {"otlp": {"enabled": True}}),
    "reconcile": (lambda: composed("rabbitmq", "reconcile"), {"reconcile": {"enabled": True}}),
}
EACH = pytest.mark.parametrize("case", CASES)


def of_kustomize(case: str) -> Objects:
    return {key: each for key, each in CASES[case][0]().items() if key != ("Namespace", NAMESPACE)}


def of_chart(case: str) -> Objects:
    values = {"image": DEV_IMAGE, **CASES[case][1]}
    return {key: as_overlay(key, each) for key, each in objects(values).items()}


def as_overlay(key: tuple[str, str], manifest: dict[str, Any]) -> dict[str, Any]:
    metadata = manifest["metadata"]
    labels = {name: value for name, value in metadata["labels"].items() if name not in HELMS_OWN}
    return {**manifest, "metadata": {**metadata, "name": key[1], "namespace": NAMESPACE, "labels": labels}}


def differences(ours: Any, theirs: Any, path: str) -> list[str]:
    """Each field that is not the same on both sides, by its path."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        names = sorted({*ours, *theirs})
        return [each for name in names for each in differences(ours.get(name), theirs.get(name), f"{path}.{name}")]
    if isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        pairs = enumerate(zip(ours, theirs, strict=True))
        return [each for index, (a, b) in pairs for each in differences(a, b, f"{path}[{index}]")]
    return [] if ours == theirs else [f"{path}: chart {ours!r}, overlay {theirs!r}"]


@EACH
def test_the_same_objects_with_the_same_fields(case: str) -> None:
    chart, theirs = of_chart(case), of_kustomize(case)
    assert sorted(chart) == sorted(theirs)
    assert [each for key in sorted(theirs) for each in differences(chart[key], theirs[key], "/".join(key))] == []


@EACH
def test_each_object_of_the_charts_carries_helms_labels(case: str) -> None:
    for manifest in objects(CASES[case][1]).values():
        assert manifest["metadata"]["labels"].keys() >= HELMS_OWN


def test_a_field_that_differs_would_be_found() -> None:
    assert differences({"a": [{"b": 1}], "c": 1}, {"a": [{"b": 2}]}, "x") == [
        "x.a[0].b: chart 1, overlay 2",
        "x.c: chart 1, overlay None",
    ]
