from __future__ import annotations

import io
import json
import logging
from typing import TYPE_CHECKING

import structlog

from application.task_runner import TaskRunner
from infra.logging import configure
from infra.task_log import LoggedRuns
from tests.fakes.lease import FakeLease
from tests.support.stage import Stage
from tests.support.watcher import Watcher
from tests.unit.infra.test_logging import _logging_as_it_was  # noqa: F401 - a fixture that puts logging back

if TYPE_CHECKING:
    from application.ports.task_queue import Lease


class Chatty(TaskRunner):
    """Writes to the log, as we do and as a library does."""

    async def run(self, lease: Lease) -> None:
        del lease
        structlog.get_logger("ours").info("working")
        logging.getLogger("library").warning("odd")


async def test_whoever_writes_during_a_task_says_which() -> None:
    stream, task = io.StringIO(), Stage().task
    configure("json", "info", stream)
    await LoggedRuns(Chatty()).run(FakeLease(task))
    structlog.get_logger("ours").info("waiting")
    *during, after = map(json.loads, stream.getvalue().splitlines())
    for line in during:
        assert (line["task"], line["issue"], line["attempt"]) == (task.id[:12], str(task.issue), 2)
    assert "task" not in after


async def test_with_traces_every_line_names_trace_and_span() -> None:
    stream, watcher = io.StringIO(), Watcher()
    configure("json", "info", stream, traced=True)
    with watcher.tracing.span("work"):
        logging.getLogger("library").warning("odd")
    structlog.get_logger("ours").info("idle")
    during, after = map(json.loads, stream.getvalue().splitlines())
    context = watcher.spans["work"].context
    assert context is not None
    assert (during["trace_id"], during["span_id"]) == (f"{context.trace_id:032x}", f"{context.span_id:016x}")
    assert "trace_id" not in after
