from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING

import pytest

from infra.telemetry import catalogue
from infra.telemetry.metrics import Metrics

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.telemetry.catalogue import Metric

PACKAGES = [
    f"opentelemetry.semconv.{status}{kind}" for status in ("", "_incubating.") for kind in ("attributes", "metrics")
]
THEIRS = ("http.", "messaging.", "gen_ai.", "server.", "error.")


def conventional() -> Iterator[str]:
    """Every name that the semantic conventions know."""
    for package in PACKAGES:
        for found in pkgutil.iter_modules(importlib.import_module(package).__path__, f"{package}."):
            module = importlib.import_module(found.name)
            yield from (value for value in vars(module).values() if isinstance(value, str))


CONVENTIONAL = frozenset(conventional())


@pytest.mark.parametrize("metric", catalogue.ALL, ids=lambda metric: metric.name)
def test_names_are_the_conventions_or_plainly_our_own(metric: Metric) -> None:
    for name in (metric.name, *metric.attributes):
        assert name in CONVENTIONAL if name.startswith(THEIRS) else name.startswith("coding_agent."), name


def test_no_metric_is_told_apart_by_what_has_no_bound() -> None:
    attributes = {attribute for metric in catalogue.ALL for attribute in metric.attributes}
    words = {word for attribute in attributes for word in attribute.split(".")}
    assert words & {"repository", "issue", "user", "id", "branch", "path", "kind"} == set()


def test_no_two_metrics_share_a_name() -> None:
    assert len({metric.family for metric in catalogue.ALL}) == len(set(catalogue.ALL)) == len(catalogue.ALL)


def test_all_of_them_together_can_be_read() -> None:
    page = Metrics(catalogue.ALL).page().decode()
    kept = [metric for metric in catalogue.ALL if metric not in catalogue.QUEUE]
    assert [metric.name for metric in kept if f"# HELP {metric.family}" not in page] == []
