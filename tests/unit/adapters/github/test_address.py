"""One base URL, and what follows from it."""

from __future__ import annotations

import pytest

from adapters.github.address import parsed
from domain.errors import InvalidInput


@pytest.mark.parametrize(
    ("base_url", "rest", "graphql", "git"),
    [
        (
            "",
            "https://api.github.com",
            "https://api.github.com/graphql",
            "https://github.com/acme/shop.git",
        ),
        (
            "https://github.com/",
            "https://api.github.com",
            "https://api.github.com/graphql",
            "https://github.com/acme/shop.git",
        ),
        (
            "https://git.example.com:8443",
            "https://git.example.com:8443/api/v3",
            "https://git.example.com:8443/api/graphql",
            "https://git.example.com:8443/acme/shop.git",
        ),
        (
            "https://acme.ghe.com",
            "https://api.acme.ghe.com",
            "https://api.acme.ghe.com/graphql",
            "https://acme.ghe.com/acme/shop.git",
        ),
    ],
)
def test_the_addresses_follow_from_the_base_url(base_url: str, rest: str, graphql: str, git: str) -> None:
    address = parsed(base_url)

    assert (address.rest, address.graphql, address.git_url("acme/shop")) == (rest, graphql, git)


@pytest.mark.parametrize(
    "base_url",
    [
        "github.example.com",
        "ssh://git.example.com",
        "https://",
        "https://user:pw@git.example.com",
        "https://git.example.com/api/v3",
        "https://git.example.com?x=1",
        "https://git.example.com:port",
        "http://git.example.com",
    ],
)
def test_what_is_no_base_url_is_refused_with_the_settings_name(base_url: str) -> None:
    with pytest.raises(InvalidInput, match=r"^GITHUB_BASE_URL: ") as raised:
        parsed(base_url)
    assert "pw" not in str(raised.value)


def test_plain_http_is_for_this_machine_only() -> None:
    assert parsed("http://127.0.0.1:8080").rest == "http://127.0.0.1:8080/api/v3"


@pytest.mark.parametrize(
    ("url", "is_own"),
    [
        ("https://git.example.com/api/v3/repositories/1", True),
        ("https://git.example.com:443/x", True),
        ("https://GIT.example.com/x", True),
        ("https://git.example.com:8443/x", False),
        ("http://git.example.com/x", False),
        ("https://git.example.com.evil.example/x", False),
        ("https://git.example.com@evil.example/x", False),
        ("//evil.example/x", False),
        ("", False),
    ],
)
def test_knows_its_own_server(url: str, is_own: bool) -> None:  # noqa: FBT001 - a column of the table
    assert parsed("https://git.example.com").is_at(url) is is_own
