from __future__ import annotations

import io
import json
import logging
from typing import TYPE_CHECKING, Literal

import pytest
import structlog

from infra.logging import CHATTY, configure

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    before = {name: logging.getLogger(name).level for name in CHATTY}
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, own in before.items():
        logging.getLogger(name).setLevel(own)
    structlog.reset_defaults()


def _fail() -> None:
    token = "hush-" + "hush"
    message = f"refused, {len(token)} characters"
    raise ValueError(message)


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_a_traceback_shows_no_values(log_format: Literal["json", "console"]) -> None:
    stream = io.StringIO()
    configure(log_format, "info", stream)
    try:
        _fail()
    except ValueError:
        logging.getLogger("application").exception("it failed")
    assert "refused, 9 characters" in stream.getvalue()
    assert "hush-hush" not in stream.getvalue()


def test_a_line_of_json_for_each_event_of_ours_and_of_libraries() -> None:
    stream = io.StringIO()
    configure("json", "info", stream)
    structlog.get_logger("worker").info("taken", task="abc", nothing=None)
    logging.getLogger("library").warning("odd %s", "thing")
    ours, theirs = map(json.loads, stream.getvalue().splitlines())
    assert (ours["event"], ours["task"], "nothing" in ours) == ("taken", "abc", False)
    assert (theirs["event"], theirs["level"], theirs["logger"]) == ("odd thing", "warning", "library")


def test_a_stream_that_is_gone_ends_no_work() -> None:
    stream = io.StringIO()
    configure("json", "info", stream)
    stream.close()
    structlog.get_logger("worker").info("taken")
