from __future__ import annotations

import re

from tests.support.project_files import PROJECT
from tests.support.telemetry_page import PAGE, page


def test_the_page_lists_the_metrics_as_they_are() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run `make docs`"


def test_the_page_tells_of_every_alert_and_of_no_other() -> None:
    rules = (PROJECT / "infra/prometheus/rules.yml").read_text(encoding="utf-8")
    assert re.findall(r"^\| `(CodingAgent\w+)`", page(), re.MULTILINE) == re.findall(r"alert: (\w+)", rules)
