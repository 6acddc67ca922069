"""Which proxy leads where, and settings about it that cannot be right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from domain.errors import InvalidInput
from domain.secret import Secret
from infra.network import Network

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PROXY = "http://user:hunter2@proxy.example.com:3128"


def through(no_proxy: tuple[str, ...] = ()) -> Callable[[str], str | None]:
    return Network(None, Secret(PROXY), no_proxy).proxy_for


def test_everything_encrypted_goes_through_the_proxy() -> None:
    assert through()("https://api.github.com/user") == PROXY


@pytest.mark.parametrize("url", ["http://ollama:11434", "https://127.0.0.1:8443", "https://localhost", "https://[::1]"])
def test_this_machine_and_plain_http_are_reached_directly(url: str) -> None:
    assert through()(url) is None


@pytest.mark.parametrize(
    "entry",
    [
        "example.com",
        ".example.com",
        "*.example.com",
        "git.example.com",
        "GIT.EXAMPLE.COM",
        "git.example.com:443",
        "*",
    ],
)
def test_what_is_named_is_reached_directly(entry: str) -> None:
    assert through((entry,))("https://git.example.com/api") is None


@pytest.mark.parametrize("entry", ["10.0.0.0/8", "10.1.2.3"])
def test_networks_and_addresses_can_be_named(entry: str) -> None:
    assert through((entry,))("https://10.1.2.3/api") is None


@pytest.mark.parametrize("entry", ["example", "it.example.com", "git.example.com:8443", "10.0.0.0/8", "com.", ""])
def test_what_only_looks_like_it_is_not_named(entry: str) -> None:
    reached = through((entry,))("https://git.example.com/api")

    assert (reached is None) is (entry == "com.")


def test_without_a_proxy_there_is_none() -> None:
    assert Network(None, Secret(""), ()).proxy_for("https://api.github.com") is None


@pytest.mark.parametrize("proxy", ["proxy.example.com", "socks5://proxy:1080", "http://", "http://proxy:hunter2"])
def test_a_proxy_that_is_none_is_named_without_its_password(proxy: str) -> None:
    with pytest.raises(InvalidInput, match=r"^HTTPS_PROXY: this is no proxy") as raised:
        Network(None, Secret(proxy), ())
    assert "hunter2" not in str(raised.value)


def test_a_proxys_password_is_not_printed() -> None:
    assert "hunter2" not in repr(Network(None, Secret(PROXY), ()))
    assert "hunter2" not in repr(Network(None, Secret(PROXY), ()).route_to("https://api.github.com"))


def test_a_bundle_without_a_certificate_is_named(tmp_path: Path) -> None:
    bundle = tmp_path / "ca.pem"
    bundle.write_text("no certificate")
    with pytest.raises(InvalidInput, match=r"^CA_BUNDLE_PATH: .* holds no certificate in PEM form"):
        Network(bundle, Secret(""), ())


def test_a_bundle_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"^CA_BUNDLE_PATH: cannot read .*: No such file"):
        Network(tmp_path / "ca.pem", Secret(""), ())
