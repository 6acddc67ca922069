"""What the suites of the contracts share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.contract.queue_harness import MemoryHarness, SqliteHarness

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.contract.queue_harness import QueueHarness


@pytest.fixture(params=["memory", "sqlite"])
async def harness(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[QueueHarness]:
    """Every queue that there is, empty; both of its suites run over it."""
    harness = MemoryHarness() if request.param == "memory" else SqliteHarness(tmp_path / "queue.sqlite3")
    yield harness
    await harness.close()
