"""The chart and the overlays install the same, object by object and field by field.

What differs, and why: the namespace is not the chart's, for Helm keeps its own record there before it installs
anything; each object of the chart's carries two labels that Helm's tools look for; and the Job's name tells what it
consists of.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.chart import NAMESPACE, objects, values_file
from tests.support.kustomize import rendered

if TYPE_CHECKING:
    from tests.support.chart import Objects

HELMS_OWN = {"app.kubernetes.io/managed-by", "helm.sh/chart"}
BOTH = pytest.mark.parametrize("name", ["dev", "prod"])


def of_overlay(name: str) -> Objects:
    return {key: each for key, each in rendered(f"overlays/{name}").items() if key != ("Namespace", NAMESPACE)}


def of_chart(name: str) -> Objects:
    return {key: as_overlay(key, each) for key, each in objects(values_file(f"values-{name}.yaml")).items()}


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


@BOTH
def test_both_have_the_same_objects(name: str) -> None:
    assert sorted(of_chart(name)) == sorted(of_overlay(name))


@BOTH
def test_both_have_the_same_fields(name: str) -> None:
    chart, overlay = of_chart(name), of_overlay(name)
    found = [each for key in sorted(overlay) for each in differences(chart.get(key), overlay[key], "/".join(key))]
    assert found == []


@BOTH
def test_each_object_of_the_charts_carries_helms_labels(name: str) -> None:
    for manifest in objects(values_file(f"values-{name}.yaml")).values():
        assert manifest["metadata"]["labels"].keys() >= HELMS_OWN


def test_a_field_that_differs_would_be_found() -> None:
    assert differences({"a": [{"b": 1}], "c": 1}, {"a": [{"b": 2}]}, "x") == [
        "x.a[0].b: chart 1, overlay 2",
        "x.c: chart 1, overlay None",
    ]
