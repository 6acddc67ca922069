from __future__ import annotations

from pathlib import Path

import pytest

from adapters.git.source import DiskSource, HttpSource, parsed
from domain.errors import InvalidInput
from domain.repository import GitSource
from domain.secret import Secret


@pytest.mark.parametrize("url", ["https://example.org/a/b.git", "http://127.0.0.1:8080/b", "HTTPS://example.org/a"])
def test_takes_an_http_url_with_its_token_beside_it(url: str) -> None:
    token = Secret("t")
    assert parsed(GitSource(url, "me", token)) == HttpSource(url, "me", token)


def test_names_itself_as_github_wants_when_no_user_is_given() -> None:
    source = parsed(GitSource("https://example.org/a/b.git", token=Secret("t")))
    assert isinstance(source, HttpSource)
    assert source.username == "x-access-token"


@pytest.mark.parametrize(
    ("location", "path"),
    [
        ("/srv/a b.git", "/srv/a b.git"),
        ("relative/repo", "relative/repo"),
        ("file:///srv/a%20b.git", "/srv/a b.git"),
        ("file://localhost/srv/a.git", "/srv/a.git"),
        ("~/repo", str(Path.home() / "repo")),
    ],
)
def test_takes_a_path(location: str, path: str) -> None:
    assert parsed(GitSource(location)) == DiskSource(Path(path))


@pytest.mark.parametrize("user", ["me:s3cret@", "s3cret@", ":s3cret@", "s3cret:@"])
def test_refuses_credentials_in_a_url_without_repeating_them(user: str) -> None:
    with pytest.raises(InvalidInput, match="user name or password") as refused:
        parsed(GitSource(f"https://{user}example.org/a/b.git"))
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize(
    "location",
    [
        "",
        "a\x00b",
        "git@example.org:a/b.git",
        "ssh://git@example.org/a/b.git",
        "git://example.org/a/b.git",
        "ext::sh -c evil://x",
        "ftp://example.org/a",
        "https://",
        "https://example.org/a?token=s3cret",
        "https://example.org/a#s3cret",
        "https://example.org/a b",
        "https://example.org:port/a",
        "https://[::1/a",
        "file://elsewhere/srv/a.git",
        "file://",
    ],
)
def test_refuses_what_is_not_served(location: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parsed(GitSource(location))
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "same"),
    [
        ("https://example.org/other", True),
        ("https://EXAMPLE.org:443/", True),
        ("http://example.org/a/b.git", False),
        ("https://example.org:8443/a/b.git", False),
        ("https://example.org.evil.net/a/b.git", False),
    ],
)
def test_knows_its_own_server(url: str, *, same: bool) -> None:
    assert HttpSource("https://example.org/a/b.git", "", Secret("")).is_at(url) is same
