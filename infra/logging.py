"""Logs: lines for people on a terminal, JSON for machines."""

from __future__ import annotations

import logging
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Literal, TextIO

import structlog

if TYPE_CHECKING:
    from collections.abc import MutableMapping

_TRACEBACKS = structlog.processors.ExceptionRenderer(structlog.tracebacks.ExceptionDictTransformer(show_locals=False))
"""Without the values of variables: those are tokens, prompts and source text."""

_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


CHATTY = ("httpx", "httpcore", "httpx2", "httpcore2", "anthropic", "asyncio", "urllib3", "opentelemetry")
"""Libraries whose least words are those of a warning: below that they tell of every request."""


def configure(
    log_format: Literal["auto", "json", "console"], level: str, stream: TextIO = sys.stderr, *, traced: bool = False
) -> None:
    """Send everything that is logged, by us and by libraries, to `stream` in one form; call once a process.

    `traced`: every line names the trace and the span that it was written in.
    """
    console = log_format == "console" or (log_format == "auto" and stream.isatty())
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _without_nothing,
        *_trace_ids(traced=traced),
    ]
    renderer: list[structlog.typing.Processor] = (
        [structlog.dev.ConsoleRenderer(colors=stream.isatty(), exception_formatter=structlog.dev.plain_traceback)]
        if console
        else [_TRACEBACKS, structlog.processors.JSONRenderer()]
    )
    structlog.configure(
        processors=[*shared, *renderer],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
        logger_factory=lambda name="": _Lines(stream, name),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(_LEVELS[level])
    for chatty in CHATTY:
        logging.getLogger(chatty).setLevel(max(logging.WARNING, _LEVELS[level]))
    logging.getLogger("opentelemetry.exporter").setLevel(logging.ERROR)  # what was given up, and not each try
    logging.getLogger("opentelemetry.util.re").setLevel(logging.CRITICAL)  # it quotes headers that it cannot read
    for doubled in ("aiormq", "aio_pika"):  # each failure comes to us as an error, and is told as one
        logging.getLogger(doubled).setLevel(logging.CRITICAL)


class _Lines:
    """Writes our own lines: by way of `logging` each would take several times as long.

    A stream that cannot be written to ends no work, as with `logging`.
    """

    def __init__(self, stream: TextIO, name: str) -> None:
        self.name = name
        self._stream = stream

    def msg(self, line: str) -> None:
        """Write one."""
        with suppress(OSError, ValueError):
            self._stream.write(f"{line}\n")
            self._stream.flush()

    debug = info = warning = error = critical = msg


def _trace_ids(*, traced: bool) -> list[structlog.typing.Processor]:
    if not traced:
        return []
    from infra.telemetry.tracing import with_trace_ids  # noqa: PLC0415 - a library that only those load who trace

    return [with_trace_ids]


def _without_nothing(_logger: object, _method: str, event: MutableMapping[str, object]) -> dict[str, object]:
    """Drop fields that say nothing."""
    return {name: value for name, value in event.items() if value is not None and value != ""}
