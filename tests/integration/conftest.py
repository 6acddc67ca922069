"""What tests of real technologies share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support import rabbit

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.support.broker import Broker
    from tests.support.rabbit import Bench


@pytest.fixture
async def bench(broker: Broker) -> AsyncIterator[Bench]:
    """Queues of the test's own on the real broker."""
    async with rabbit.bench(broker) as bench:
        yield bench
