"""HTTP by httptools, with a bound on the head of a request that the parser itself does not have."""

from __future__ import annotations

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

LONGEST_HEAD = 65_536
"""Bytes of request line and headers; GitHub's deliveries have about a thousand."""

_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class BoundedHeads(HttpToolsProtocol):
    """Hangs up on a head that is longer than `LONGEST_HEAD`: who sends it has proved nothing yet, and costs memory."""

    _head_is_open = True
    _head_bytes = 0
    _piece_bytes = 0

    def data_received(self, data: bytes) -> None:
        """Parse what came, then look how long the head has become if it is still open."""
        self._piece_bytes = len(data)
        self._head_bytes += self._piece_bytes
        super().data_received(data)
        if self._head_is_open and self._head_bytes > LONGEST_HEAD and not self.transport.is_closing():
            self.transport.write(_TOO_LARGE)
            self.transport.close()

    def on_message_begin(self) -> None:
        """A request begins in the piece that came last; all of that may be its head."""
        self._head_is_open, self._head_bytes = True, self._piece_bytes
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """The rest is body, which has a bound of its own."""
        self._head_is_open = False
        super().on_headers_complete()
