"""Where a server is, and how it is reached."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

from domain.secret import Secret

if TYPE_CHECKING:
    import ssl


def is_this_machine(host: str) -> bool:
    """Whether a host's name or address is this very machine's, so that no proxy stands between."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@dataclass(frozen=True, slots=True)
class Route:
    """How a server is reached: whose certificates are trusted (None: the public ones), and through which proxy.

    The proxy's address may hold a password. No proxy: whatever the client finds in the environment, if it looks there.
    """

    context: ssl.SSLContext | None = None
    proxy: Secret = Secret("")

    @property
    def verify(self) -> ssl.SSLContext | bool:
        """As HTTP clients take it."""
        return True if self.context is None else self.context

    @property
    def proxy_url(self) -> str | None:
        """As HTTP clients take it."""
        return self.proxy.reveal() or None


DIRECT: Final = Route()
