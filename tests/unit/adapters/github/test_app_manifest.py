"""The App that docs/github-app.html registers is the one that the worker needs, and no more."""

from __future__ import annotations

import json
import re
from pathlib import Path

from adapters.github.credentials import NEEDED

PAGE = Path(__file__).parents[4] / "docs" / "github-app.html"


def test_the_manifests_app_is_private_and_may_do_what_is_needed_and_no_more() -> None:
    found = re.search(r'<script type="application/json"[^>]*>(.*?)</script>', PAGE.read_text("utf-8"), re.DOTALL)
    assert found
    manifest = json.loads(found[1])

    assert manifest["public"] is False
    assert manifest["default_permissions"] == {**NEEDED, "metadata": "read"}
    assert set(manifest["default_events"]) >= {"issues", "issue_comment"}
