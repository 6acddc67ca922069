"""The table of metrics in docs/TELEMETRY.md, made from the catalogue: `python -m tests.support.telemetry_page`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from infra.telemetry import catalogue
from infra.telemetry.catalogue import Kind

if TYPE_CHECKING:
    from infra.telemetry.catalogue import Metric

PAGE = Path(__file__).parents[2] / "docs" / "TELEMETRY.md"
_BEGIN, _END = "<!-- metrics -->\n", "<!-- /metrics -->"
_HEAD = "| metric | in Prometheus | kind, unit | told apart by | what it tells | told by |\n|---|---|---|---|---|---|\n"
_TELLERS = (
    (catalogue.GATEWAY, "gateway"),
    (catalogue.WORKER, "worker"),
    (catalogue.BOTH, "both"),
    (catalogue.QUEUE, "both"),
)


def page() -> str:
    """The page with the table as it should be."""
    head, _, rest = PAGE.read_text(encoding="utf-8").partition(_BEGIN)
    rows = [_row(metric, teller) for metrics, teller in _TELLERS for metric in metrics]
    return f"{head}{_BEGIN}\n{_HEAD}{''.join(rows)}\n{_END}{rest.partition(_END)[2]}"


def _row(metric: Metric, teller: str) -> str:
    family = f"{metric.family}_total" if metric.kind is Kind.COUNTER else metric.family
    attributes = ", ".join(f"`{attribute}`" for attribute in metric.attributes)
    kind = f"{metric.kind}, `{metric.unit}`"
    return f"| `{metric.name}` | `{family}` | {kind} | {attributes} | {metric.meaning} | {teller} |\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
