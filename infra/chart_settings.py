"""The settings that the Helm chart lets be set, put into its schema: `python -m infra.chart_settings`.

A name that is no setting, or that is not the chart's to give, is then refused before anything is installed.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import get_args, get_type_hints

import msgspec

from domain.secret import Secret
from infra.settings import Settings

SCHEMA = Path(__file__).parent / "helm" / "coding-agent" / "values.schema.json"

CHART_OWNED = frozenset(
    {
        "QUEUE",
        "WORK_PATH",
        "GATEWAY_HOST",
        "GATEWAY_PORT",
        "GATEWAY_METRICS_HOST",
        "GATEWAY_METRICS_PORT",
        "WORKER_HTTP_HOST",
        "WORKER_HTTP_PORT",
        "TASK_DEADLINE_SECONDS",
        "GRACE_SECONDS",
        "SEARCH_CACHE_PATH",
    }
)
"""What the chart's templates rely on: ports, paths, and times that must fit each other."""


def names() -> list[str]:
    """All that may stand in the ConfigMap: no secrets, and nothing that the chart decides."""
    hints = get_type_hints(Settings, include_extras=True)
    fields = msgspec.structs.fields(Settings)
    open_ones = {field.name.upper() for field in fields if Secret not in get_args(hints[field.name])}
    return sorted(open_ones - CHART_OWNED)


def with_names(schema: str) -> str:
    """The schema's text with these settings in it."""
    content = json.loads(schema)
    content["properties"]["settings"]["propertyNames"] = {"enum": names()}
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    SCHEMA.write_text(with_names(SCHEMA.read_text(encoding="utf-8")), encoding="utf-8")
    sys.stdout.write(f"{SCHEMA.name}: {len(names())} settings\n")
