"""Where a server is."""

from __future__ import annotations

from ipaddress import ip_address


def is_this_machine(host: str) -> bool:
    """Whether a host's name or address is this very machine's, so that no proxy stands between."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
