"""Where a task waits for its time, and what the queues are called."""

from __future__ import annotations

import pytest

from adapters.rabbitmq.topology import DELIVERY_LIMIT, Topology
from domain.errors import InvalidInput
from infra.settings import load


@pytest.mark.parametrize(
    ("seconds", "queue"),
    [
        (0.2, "q.delay.1s"),
        (9.9, "q.delay.1s"),
        (10, "q.delay.10s"),
        (59, "q.delay.10s"),
        (60, "q.delay.60s"),
        (600, "q.delay.600s"),
        (3600, "q.delay.600s"),
    ],
)
def test_a_task_waits_in_the_longest_delay_that_is_not_beyond_it(seconds: float, queue: str) -> None:
    assert Topology("q").delay_for(seconds) == queue


def test_every_name_begins_with_the_main_queues() -> None:
    names = [name for name, _ in Topology("q").queues()]
    assert names[0] == "q"
    assert all(name.startswith("q.") for name in names[1:])
    assert len(set(names)) == len(names)


def test_whatever_leaves_a_queue_by_itself_goes_to_another_one_at_least_once() -> None:
    queues = dict(Topology("q").queues())
    for name, arguments in queues.items():
        if "x-dead-letter-routing-key" in arguments:
            assert arguments["x-dead-letter-routing-key"] in queues
            assert arguments["x-dead-letter-strategy"] == "at-least-once", name
    assert queues["q"]["x-delivery-limit"] == DELIVERY_LIMIT >= 20


def test_issues_have_locks_of_their_own() -> None:
    topology = Topology("q")
    assert topology.lock("local/7#1") == topology.lock("local/7#1")
    assert topology.lock("local/7#1") != topology.lock("local/7#11")


@pytest.mark.parametrize("name", ["a b", "a/b", "x" * 101])
def test_a_name_that_no_queue_should_have_is_refused_by_the_settings(name: str) -> None:
    with pytest.raises(InvalidInput, match="QUEUE_NAME"):
        load({"QUEUE_NAME": name})
