from __future__ import annotations

from datetime import UTC, datetime

import pytest
from structlog.testing import capture_logs

from domain.audit import AuditAction, AuditEntry
from domain.errors import AuditUnavailable
from infra.audit_trail import AuditTrail
from tests.fakes.audit_log import FakeAuditLog

ENTRY = AuditEntry(datetime(2026, 3, 1, 12, tzinfo=UTC), "maria", AuditAction.ASKED, "acme/shop", 7, "t" * 64, 1, "d")


async def test_an_entry_is_kept_and_logged() -> None:
    kept = FakeAuditLog()
    with capture_logs() as logged:
        await AuditTrail(kept).append(ENTRY)
    assert kept.entries == [ENTRY]
    (line,) = logged
    assert (line["event"], line["actor"], line["action"], line["issue"]) == ("audit", "maria", "asked", 7)


async def test_what_cannot_be_kept_is_not_logged_as_if_it_were() -> None:
    kept = FakeAuditLog()
    kept.failures = 1
    with capture_logs() as logged, pytest.raises(AuditUnavailable):
        await AuditTrail(kept).append(ENTRY)
    assert logged == []
