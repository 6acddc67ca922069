"""HTTP by httptools, with two bounds that neither parser nor server has: on a head's size and on a request's time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

if TYPE_CHECKING:
    import asyncio

LONGEST_HEAD = 65_536
"""Bytes of request line and headers; GitHub's deliveries have about a thousand."""
LONGEST_SECONDS = 30.0
"""From the beginning of a connection or a request to the request's last byte."""

_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class BoundedRequests(HttpToolsProtocol):
    """Hangs up on a head that is longer than `LONGEST_HEAD`, and on a request that takes longer than `longest_seconds`.

    Who sends such things has proved nothing yet, and costs memory, or one of the connections that there may be.
    """

    longest_seconds = LONGEST_SECONDS
    _head_is_open = True
    _request_is_open = True
    _head_bytes = 0
    _piece_bytes = 0
    _end: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request."""
        super().connection_made(transport)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing more."""
        self._end_watch()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse what came, then look how long the head has become, or whether the whole request is there."""
        self._piece_bytes = len(data)
        self._head_bytes += self._piece_bytes
        super().data_received(data)
        if self._head_is_open and self._head_bytes > LONGEST_HEAD and not self.transport.is_closing():
            self.transport.write(_TOO_LARGE)
            self.transport.close()
        if not self._request_is_open:
            self._end_watch()
        elif self._end is None:
            self._watch()

    def on_message_begin(self) -> None:
        """A request begins in the piece that came last; all of that may be its head."""
        self._head_is_open, self._head_bytes = True, self._piece_bytes
        self._request_is_open = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """The rest is body, whose size has a bound of its own."""
        self._head_is_open = False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The request is there; the server bounds how long it waits for the next one."""
        self._request_is_open = False
        super().on_message_complete()

    def _watch(self) -> None:
        self._end = self.loop.call_later(self.longest_seconds, self.transport.close)

    def _end_watch(self) -> None:
        if self._end is not None:
            self._end.cancel()
            self._end = None
