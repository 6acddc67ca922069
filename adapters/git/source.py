"""Where a repository is: on a server, or on this disk."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import unquote, urlsplit

from domain.errors import InvalidInput

if TYPE_CHECKING:
    from urllib.parse import SplitResult

    from domain.repository import GitSource
    from domain.secret import Secret

_DEFAULT_USERNAME = "x-access-token"  # what GitHub asks for beside a token; others accept any name
_SSH_SHORTHAND = re.compile(r"[\w.-]+@[\w.-]+:.+")
_UNPRINTABLE = re.compile(r"[\x00-\x20\x7f]")


@dataclass(frozen=True, slots=True)
class HttpSource:
    """A repository on a server; `url` holds no credentials, the address of the `proxy` may."""

    url: str
    username: str
    token: Secret
    proxy: str | None = None

    def is_at(self, url: str) -> bool:
        """Whether the URL is on our server: the same scheme, host and port."""
        return _authority(urlsplit(self.url)) == _authority(urlsplit(url))


@dataclass(frozen=True, slots=True)
class DiskSource:
    """A repository on this disk, or a folder inside one."""

    path: Path


def parsed(source: GitSource) -> HttpSource | DiskSource:
    """What the location means; raises `InvalidInput` for what is not served."""
    location = source.location
    scheme = location.partition("://")[0].lower() if "://" in location else ""
    if scheme in {"http", "https"}:
        return HttpSource(_checked_url(location), source.username or _DEFAULT_USERNAME, source.token)
    if scheme == "file":
        return DiskSource(_file_path(location))
    if scheme or _SSH_SHORTHAND.fullmatch(location):
        _refuse(
            "The repository must be an http(s) URL or a path on disk: other ways to reach it, ssh too, are not served"
        )
    if not location or "\x00" in location:
        _refuse("The repository is not named: give its http(s) URL or its path")
    return DiskSource(Path(location).expanduser())


def _checked_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        _authority(parts)  # a port that is no number shows only when it is read
    except ValueError as error:
        message = "The repository's URL cannot be read"
        raise InvalidInput(message) from error
    if parts.username is not None or parts.password is not None:
        _refuse("The repository's URL has a user name or password in it: leave them out, and use the token setting")
    if parts.query or parts.fragment or not parts.hostname or _UNPRINTABLE.search(url):
        _refuse("The repository's URL must be a plain https://host/path, without query, fragment or blanks")
    return url


def _file_path(url: str) -> Path:
    parts = urlsplit(url)
    if parts.netloc not in {"", "localhost"} or not parts.path:
        _refuse("A file:// URL must name a path on this machine: file:///path/to/repository")
    return Path(unquote(parts.path))


def _authority(parts: SplitResult) -> tuple[str, str | None, int | None]:
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def _refuse(message: str) -> NoReturn:
    raise InvalidInput(message)
