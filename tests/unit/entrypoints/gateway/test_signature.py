"""Which deliveries come from the forge."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import InvalidInput
from domain.secret import Secret
from entrypoints.gateway.signature import Signatures
from tests.support.webhooks import signature

BODY = b'{"zen": "Keep it logically awesome."}'
OLD, NEW = Secret("old"), Secret("new")


def test_matches_the_example_of_githubs_documentation() -> None:
    documented = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    assert Signatures((Secret("It's a Secret to Everybody"),)).match(b"Hello, World!", documented)


@pytest.mark.parametrize("secret", ["old", "new"])
def test_matches_under_either_of_two_secrets(secret: str) -> None:
    assert Signatures((OLD, NEW)).match(BODY, signature(BODY, secret))


@settings(deadline=None)
@given(st.binary(), st.text(min_size=1))
def test_matches_whatever_is_signed_with_the_secret(body: bytes, secret: str) -> None:
    assert Signatures((Secret(secret),)).match(body, signature(body, secret))


@pytest.mark.parametrize(
    "claimed",
    [
        pytest.param("", id="missing"),
        pytest.param("sha256=", id="empty"),
        pytest.param(signature(BODY, "old").removeprefix("sha256="), id="without its method"),
        pytest.param("sha1" + signature(BODY, "old").removeprefix("sha256"), id="by another method"),
        pytest.param(signature(BODY, "other"), id="under another secret"),
        pytest.param(signature(BODY, ""), id="under no secret"),
        pytest.param(signature(BODY + b" ", "old"), id="of another body"),
        pytest.param(signature(BODY, "old")[:-1], id="cut short"),
        pytest.param(signature(BODY, "old") + "0", id="with something added"),
        pytest.param("sha256=\xff", id="not ASCII"),
    ],
)
def test_does_not_match_a_signature_that_is(claimed: str) -> None:
    assert not Signatures((OLD, NEW)).match(BODY, claimed)


def test_an_empty_second_secret_signs_nothing() -> None:
    signatures = Signatures((OLD, Secret("")))
    assert signatures.match(BODY, signature(BODY, "old"))
    assert not signatures.match(BODY, signature(BODY, ""))


@pytest.mark.parametrize(
    ("secrets", "complaint"),
    [
        ((), "a webhook secret is needed"),
        ((Secret(""), Secret("")), "a webhook secret is needed"),
        ((OLD, NEW, Secret("newest")), "3 webhook secrets are given; at most 2"),
    ],
)
def test_refuses_to_be_made_with(secrets: tuple[Secret, ...], complaint: str) -> None:
    with pytest.raises(InvalidInput, match=complaint):
        Signatures(secrets)
