"""Where a GitHub is: one base URL, and the three addresses that follow from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from domain.addresses import is_this_machine
from domain.errors import InvalidInput

if TYPE_CHECKING:
    from urllib.parse import SplitResult

_GITHUB_COM = "https://github.com"
_CLOUD_WITH_A_SUBDOMAIN = ".ghe.com"
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Address:
    """`web` is what people open and git clones from, `rest` and `graphql` what programs ask; none ends in a slash."""

    web: str
    rest: str
    graphql: str

    def git_url(self, full_name: str) -> str:
        """Where git finds a repository."""
        return f"{self.web}/{full_name}.git"

    def is_at(self, url: str) -> bool:
        """Whether a URL is on the server that is asked: only there may credentials go."""
        return _origin(urlsplit(url)) == _origin(urlsplit(self.rest))


def parsed(base_url: str) -> Address:
    """The addresses of the GitHub at a base URL; "" is github.com.

    Raises `InvalidInput` for what is no such URL, or would send the token in the clear.
    """
    parts = _checked(base_url or _GITHUB_COM)
    web = f"{parts.scheme}://{parts.netloc}"
    if web == _GITHUB_COM:
        return Address(web, "https://api.github.com", "https://api.github.com/graphql")
    if parts.netloc.endswith(_CLOUD_WITH_A_SUBDOMAIN):
        api = f"{parts.scheme}://api.{parts.netloc}"
        return Address(web, api, f"{api}/graphql")
    return Address(web, f"{web}/api/v3", f"{web}/api/graphql")


def _checked(base_url: str) -> SplitResult:
    try:
        parts = urlsplit(base_url.strip().rstrip("/"))
        _origin(parts)  # a port that is no number shows only when it is read
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname or "@" in parts.netloc:
        message = "GITHUB_BASE_URL: it must read https://HOST, as people open it: https://github.example.com"
        raise InvalidInput(message)
    if parts.path or parts.query or parts.fragment:
        message = f"GITHUB_BASE_URL: only the server is named, without a path: {parts.scheme}://{parts.netloc}"
        raise InvalidInput(message)
    if parts.scheme == "http" and not is_this_machine(parts.hostname):
        message = f"GITHUB_BASE_URL: it must begin with https://, or the token would travel in the clear: {base_url}"
        raise InvalidInput(message)
    return parts


def _origin(parts: SplitResult) -> tuple[str, str | None, int | None]:
    return parts.scheme, parts.hostname, parts.port or _DEFAULT_PORTS.get(parts.scheme)
