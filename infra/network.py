"""How other servers are reached: whose certificates are trusted, and through which proxy."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from functools import cached_property
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from domain.addresses import Route, is_this_machine
from domain.errors import InvalidInput
from domain.secret import Secret

if TYPE_CHECKING:
    from pathlib import Path

    from infra.settings import Settings

_PROXY_SCHEMES = {"http", "https"}


@dataclass(frozen=True)
class Network:
    """The settings about it, checked: raises `InvalidInput` for a file or an address that is none."""

    ca_bundle: Path | None
    https_proxy: Secret
    no_proxy: tuple[str, ...]

    def __post_init__(self) -> None:
        """Look at both now: at the first request it would be the forge's fault, or the model's."""
        if self.ca_bundle is not None:
            _trusting(self.ca_bundle)
        if self.https_proxy:
            _require_proxy(self.https_proxy.reveal())

    def route_to(self, url: str) -> Route:
        """How the server of an address is reached."""
        return Route(self._context, Secret(self.proxy_for(url) or ""))

    @cached_property
    def _context(self) -> ssl.SSLContext | None:
        """The public authorities and the given ones; None where the usual ones will do."""
        return None if self.ca_bundle is None else _trusting(self.ca_bundle)

    def proxy_for(self, url: str) -> str | None:
        """The proxy for an address: only `https://` goes through one, and never what `no_proxy` names."""
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
        if not self.https_proxy or parts.scheme != "https" or is_this_machine(host):
            return None
        if any(_names(entry, host, parts.port or 443) for entry in self.no_proxy):
            return None
        return self.https_proxy.reveal()


def network(settings: Settings) -> Network:
    """From the settings."""
    return Network(settings.ca_bundle_path, settings.https_proxy, settings.no_proxy)


def _trusting(bundle: Path) -> ssl.SSLContext:
    import httpx  # noqa: PLC0415 - only where there is such a file

    context = httpx.create_ssl_context()
    try:
        context.load_verify_locations(cafile=bundle)
    except ssl.SSLError:
        message = f"CA_BUNDLE_PATH: {bundle} holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)."
        raise InvalidInput(message) from None
    except OSError as error:
        message = f"CA_BUNDLE_PATH: cannot read {bundle}: {error.strerror}."
        raise InvalidInput(message) from None
    return context


def _require_proxy(url: str) -> None:
    """The address is not repeated: it may hold a password."""
    try:
        parts = urlsplit(url)
        is_one = parts.scheme in _PROXY_SCHEMES and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_one = False
    if not is_one:
        message = "HTTPS_PROXY: this is no proxy's address; one looks like http://proxy.example.com:3128"
        raise InvalidInput(message)


def _names(entry: str, host: str, port: int) -> bool:
    """Whether an entry is this host's: `*`, a domain with all below it, an address, or a network (10.0.0.0/8)."""
    name, _, number = entry.partition(":") if entry.count(":") == 1 else (entry, "", "")
    if number and number != str(port):
        return False
    wanted = name.strip("[]").lower().lstrip("*").strip(".")
    if not wanted:
        return entry.startswith("*")
    try:
        return ip_address(host.strip("[]")) in ip_network(wanted, strict=False)
    except ValueError:
        return host.lower() == wanted or host.lower().endswith(f".{wanted}")
