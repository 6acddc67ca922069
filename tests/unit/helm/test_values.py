"""What the chart lets be set, and what it refuses before anything is installed."""

from __future__ import annotations

from typing import Any

import helm_python as helm
import pytest

from infra import chart_settings
from infra.settings import Settings
from tests.support.chart import CHART, lint, notes, objects, texts, values_file


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"setings": {}}, "'setings' not allowed"),
        ({"gateway": {"replica": 2}}, "'replica' not allowed"),
        ({"settings": {"ALOWED_REPOSITORIES": "acme"}}, "ALOWED_REPOSITORIES"),
        ({"settings": {"GITHUB_TOKEN": "secret"}}, "GITHUB_TOKEN"),
        ({"settings": {"GRACE_SECONDS": "5"}}, "GRACE_SECONDS"),
        ({"settings": {"RERANK": True}}, "/settings/RERANK"),
        ({"worker": {"taskDeadlineSeconds": "25m"}}, "/worker/taskDeadlineSeconds"),
        ({"worker": {"resources": {"limits": {"cpu": "two"}}}}, "/worker/resources/limits/cpu"),
        ({"broker": {"kind": "kafka"}}, "/broker/kind"),
        ({"image": {"digest": "sha256:12"}}, "/image/digest"),
    ],
)
def test_a_wrong_value_is_refused_by_its_name(values: dict[str, Any], named: str) -> None:
    with pytest.raises(helm.HelmValuesError, match=named):
        objects(values)


def test_more_workers_at_least_than_at_most_are_refused() -> None:
    with pytest.raises(helm.HelmError, match=r"scaling\.minWorkers: more than scaling\.maxWorkers"):
        objects({"scaling": {"minWorkers": 3, "maxWorkers": 2}})


@pytest.mark.parametrize("name", ["values.yaml", "values-dev.yaml", "values-prod.yaml"])
def test_the_files_of_values_pass_helms_own_lint(name: str) -> None:
    assert lint(values_file(name)) == []


def test_the_schema_lists_the_settings_that_there_are() -> None:
    schema = chart_settings.SCHEMA.read_text(encoding="utf-8")
    assert schema == chart_settings.with_names(schema), "run `make docs`"


def test_what_the_chart_decides_are_settings() -> None:
    assert {name.lower() for name in chart_settings.CHART_OWNED} <= set(Settings.__struct_fields__)


def test_a_value_of_ones_own_replaces_the_charts() -> None:
    config = objects({"settings": {"LOG_FORMAT": "console", "MAX_TOKENS": "1000000"}})[
        "ConfigMap", "coding-agent-config"
    ]
    assert config["data"]["LOG_FORMAT"] == "console"
    assert config["data"]["MAX_TOKENS"] == "1000000"
    assert config["data"]["QUEUE"] == "rabbitmq"


@pytest.mark.parametrize("deadline", [600, 1500])
def test_a_task_in_hand_outlives_its_workers_removal(deadline: int) -> None:
    made = objects({"worker": {"taskDeadlineSeconds": deadline}})
    data = made["ConfigMap", "coding-agent-config"]["data"]
    pod = made["Deployment", "worker"]["spec"]["template"]["spec"]
    assert int(data["TASK_DEADLINE_SECONDS"]) == deadline
    assert deadline < int(data["GRACE_SECONDS"]) < pod["terminationGracePeriodSeconds"]


def test_a_digest_goes_before_the_tag() -> None:
    digest = f"sha256:{'0' * 64}"
    made = objects({"image": {"repository": "registry.example.com/agent", "tag": "1", "digest": digest}})
    (container,) = made["Deployment", "gateway"]["spec"]["template"]["spec"]["containers"]
    assert container["image"] == f"registry.example.com/agent@{digest}"


def test_the_chart_and_the_agent_have_one_version() -> None:
    chart = helm.values_from_yaml((CHART / "Chart.yaml").read_text(encoding="utf-8"))
    project = (CHART.parents[2] / "pyproject.toml").read_text(encoding="utf-8")
    assert chart["version"] == chart["appVersion"]
    assert f'\nversion = "{chart["version"]}"\n' in project


def test_the_notes_say_what_is_still_missing() -> None:
    assert "NOTHING IS SERVED YET" in notes()
    assert "NO MODEL IS CHOSEN" in notes()
    told = notes(values_file("values-prod.yaml"))
    assert "MISSING" not in told.upper()
    assert "https://coding-agent.example.com/webhook/github" in told
    assert "llm-api-key" in told


def test_tls_without_a_host_is_refused_by_the_values_name() -> None:
    with pytest.raises(helm.HelmRenderError, match=r"ingress\.host"):
        objects({"ingress": {"tlsSecretName": "gateway-tls"}})


def test_another_image_makes_another_job() -> None:
    # A Job cannot be changed: an upgrade, or a rollback soon after it, would fail on one of the same name.
    first, second = (texts({"image": {"tag": tag}})["topology.yaml"] for tag in ("1", "2"))
    names = [
        next(line for line in text.splitlines() if line.startswith("  name: topology-")) for text in (first, second)
    ]
    assert names[0] != names[1]
