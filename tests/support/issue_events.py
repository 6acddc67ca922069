"""Events about one issue, acme/shop#7, as the gateway hands them to the use case."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from domain.repository import RepositoryRef
from domain.webhook import EventComment, IssueEvent

SHOP = RepositoryRef("github", 4711, "acme/shop")
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LABELED = IssueEvent(
    action="labeled",
    repository=SHOP,
    issue_number=7,
    title="The total is wrong",
    body="It adds the discount.",
    labels=frozenset({"ai-help", "bug"}),
    assignees=frozenset(),
    is_open=True,
    is_pull_request=False,
    updated_at="2026-03-01T11:59:58Z",
    sender="maria",
    sender_is_bot=False,
    received_at=NOON,
    label="ai-help",
    delivery="d-1",
    sender_id=1,
)
ASSIGNED = replace(LABELED, action="assigned", label="", assignee="agent-acme")
UNLABELED = replace(LABELED, action="unlabeled", labels=frozenset({"bug"}))
UNASSIGNED = replace(ASSIGNED, action="unassigned")
CLOSED = replace(LABELED, action="closed", label="", is_open=False)
EDITED = replace(LABELED, action="edited", label="")
BOT = replace(LABELED, sender="renovate[bot]", sender_id=2740337, sender_is_bot=True)
COMMENTED = replace(LABELED, action="created", label="", comment=EventComment(5, "With text it should fail.", NOON))
