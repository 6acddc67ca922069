"""The chart and the overlays install the same, object by object and field by field.

What differs, and why: the namespace is not the chart's, for Helm keeps its own record there before it installs
anything; each object of the chart's carries two labels that Helm's tools look for; and a Job's name tells what it
consists of.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.chart import NAMESPACE, objects, values_file
from tests.support.kubernetes.rendering import COMBINATIONS, Combination, rendered

if TYPE_CHECKING:
    from tests.support.chart import Objects

pytestmark = pytest.mark.xdist_group("manifests")
HELMS_OWN = {"app.kubernetes.io/managed-by", "helm.sh/chart"}
ON = {"enabled": True}
CASES: dict[Combination, tuple[str, dict[str, Any]]] = {
    Combination("dev"): ("values-dev.yaml", {}),
    Combination("prod"): ("values-prod.yaml", {}),
    Combination("prod", ("scaled-job", "search-cache", "monitoring")): (
        "values-prod.yaml",
        {"worker": {"kind": "ScaledJob"}, "searchCache": ON, "monitoring": ON},
    ),
    Combination("prod", ("search-cache", "external-secrets")): (
        "values-prod.yaml",
        {"searchCache": ON, "externalSecrets": ON},
    ),
    Combination("prod", ("ollama", "monitoring", "otlp")): (
        "values-prod.yaml",
        {"ollama": ON, "monitoring": ON, "otlp": ON},
    ),
    Combination("prod", ("rabbitmq-operator", "monitoring"), without=("rabbitmq",)): (
        "values-prod.yaml",
        {"broker": {"kind": "operator"}, "monitoring": ON},
    ),
}
"""What each combination is called in the chart: a file of values, and what goes on top of it."""
EACH = pytest.mark.parametrize("combination", CASES, ids=str)


def of_kustomize(combination: Combination) -> Objects:
    manifests = {(each["kind"], each["metadata"]["name"]): each for each in rendered(combination)}
    return {key: each for key, each in manifests.items() if key != ("Namespace", NAMESPACE)}


def of_chart(combination: Combination) -> Objects:
    name, on_top = CASES[combination]
    return {key: as_overlay(key, each) for key, each in objects({**values_file(name), **on_top}).items()}


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
def test_the_same_objects_with_the_same_fields(combination: Combination) -> None:
    chart, theirs = of_chart(combination), of_kustomize(combination)
    assert sorted(chart) == sorted(theirs)
    assert [each for key in sorted(theirs) for each in differences(chart[key], theirs[key], "/".join(key))] == []


def test_every_combination_but_the_trial_is_compared() -> None:
    assert set(CASES) == {combination for combination in COMBINATIONS if combination.overlay != "trial"}


def test_each_object_of_the_charts_carries_helms_labels() -> None:
    for manifest in objects(values_file("values-prod.yaml")).values():
        assert manifest["metadata"]["labels"].keys() >= HELMS_OWN


def test_a_field_that_differs_would_be_found() -> None:
    assert differences({"a": [{"b": 1}], "c": 1}, {"a": [{"b": 2}]}, "x") == [
        "x.a[0].b: chart 1, overlay 2",
        "x.c: chart 1, overlay None",
    ]
