"""The alert rules, as Prometheus itself evaluates them, and the dashboard."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from infra.telemetry import catalogue
from infra.telemetry.catalogue import Kind
from tests.support.promtool import promtool

if TYPE_CHECKING:
    from collections.abc import Iterator

PROJECT = Path(__file__).parents[3]
RULES = PROJECT / "infra/prometheus/rules.yml"
DASHBOARD = json.loads((PROJECT / "infra/grafana/dashboard.json").read_text(encoding="utf-8"))
CASES = ("rules_test.yml", "rules_over_days_test.yml")
_NAME = re.compile(r"\b(?:coding_agent|http|messaging|gen_ai)_[a-z_]+|\bprocess_[a-z_]+")
_SUFFIXES = {Kind.COUNTER: ("_total",), Kind.GAUGE: ("",), Kind.HISTOGRAM: ("_bucket", "_count", "_sum")}
NAMES = {f"{metric.family}{suffix}" for metric in catalogue.ALL for suffix in _SUFFIXES[metric.kind]}
NAMES |= {"process_cpu_seconds_total", "process_resident_memory_bytes", "process_start_time_seconds"}
LABELS = {label for metric in catalogue.ALL for label in metric.labels}


def expressions() -> Iterator[tuple[str, str]]:
    """Each panel's title, and what it asks."""
    for panel in DASHBOARD["panels"]:
        for target in panel.get("targets", []):
            yield panel["title"], target["expr"]


def test_prometheus_takes_the_rules() -> None:
    assert "SUCCESS" in promtool("check", "rules", str(RULES), folder=RULES.parent)


def test_each_alert_fires_when_it_should_and_only_then(tmp_path: Path) -> None:
    shutil.copy(RULES, tmp_path)
    for case in CASES:
        shutil.copy(Path(__file__).parent / case, tmp_path)
    promtool("test", "rules", *CASES, folder=tmp_path)


def test_every_alert_has_a_case() -> None:
    alerts = set(re.findall(r"alert: (\w+)", RULES.read_text(encoding="utf-8")))
    cases = "".join((Path(__file__).parent / case).read_text(encoding="utf-8") for case in CASES)
    assert {alert for alert in alerts if f'alertname="{alert}", alertstate="firing"' not in cases} == ONCE


ONCE = {"CodingAgentQueueDown", "CodingAgentWorkersDie", "CodingAgentCost"}
"""Alerts without a waiting time: their cases look for them in other words."""


def test_prometheus_understands_what_every_panel_asks(tmp_path: Path) -> None:
    rules = [
        {"record": f"panel:{number}", "expr": _filled(expression)}
        for number, (_, expression) in enumerate(expressions())
    ]
    file = tmp_path / "panels.yml"
    file.write_text(json.dumps({"groups": [{"name": "panels", "rules": rules}]}), encoding="utf-8")
    assert "SUCCESS" in promtool("check", "rules", str(file), folder=tmp_path)


def _filled(expression: str) -> str:
    return expression.replace("$__rate_interval", "5m").replace("$namespace", ".*")


@pytest.mark.parametrize(
    ("where", "text"),
    [("rules.yml", RULES.read_text(encoding="utf-8")), *expressions()],
)
def test_only_metrics_and_labels_that_there_are_get_asked_for(where: str, text: str) -> None:
    found = set(_NAME.findall(text))
    assert found - NAMES - LABELS == set(), where


def test_no_panel_relies_on_how_an_installation_names_its_jobs() -> None:
    assert [title for title, expression in expressions() if re.search(r"\bjob\s*[=!]", expression)] == []


def test_every_panel_has_a_unit_and_the_data_source_that_is_chosen() -> None:
    panels: list[dict[str, Any]] = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
    assert len({panel["title"] for panel in panels}) == len(panels) > 20
    assert all(panel["fieldConfig"]["defaults"]["unit"] for panel in panels)
    assert {panel["datasource"]["uid"] for panel in panels} == {"${datasource}"}
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])
