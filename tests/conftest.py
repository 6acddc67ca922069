"""What all tests share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.broker import running_broker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.broker import Broker


@pytest.fixture(scope="session")
def broker() -> Iterator[Broker]:
    """A real RabbitMQ, started when the first test asks for it. Such tests carry `broker_group`."""
    with running_broker() as broker:
        yield broker
