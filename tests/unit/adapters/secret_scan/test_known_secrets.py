"""The agent's own secrets are recognised however they are written out."""

from __future__ import annotations

import base64
from urllib.parse import quote

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from adapters.secret_scan.known import KnownSecrets
from adapters.secret_scan.scanner import SecretScan
from domain.secret import Secret

TOKEN = "correct/horse+battery staple"
KEY = "-----BEGIN KEY-----\n" + "A1b2C3d4E5f6G7h8" * 4 + "\n" + "Z9y8X7w6V5u4T3s2" * 4 + "\n-----END KEY-----\n"


def known(*secrets: str) -> KnownSecrets:
    return KnownSecrets(map(Secret, secrets))


@pytest.mark.parametrize(
    "form",
    [
        TOKEN,
        "correct/horse+\n  battery staple",
        TOKEN.encode().hex(),
        TOKEN.encode().hex().upper(),
        quote(TOKEN, safe=""),
        base64.b64encode(TOKEN.encode()).decode(),
        base64.b64encode(f"user:{TOKEN}".encode()).decode(),
        base64.urlsafe_b64encode(f"x{TOKEN}".encode()).decode(),
    ],
)
async def test_a_form_of_the_secret_is_found_with_its_line(form: str) -> None:
    (finding, *_) = await SecretScan([Secret(TOKEN)]).scan(f"first\n> {form} <\n")
    assert finding.kind == "a secret of the agent's own"
    assert TOKEN not in repr(finding)


@given(st.binary(max_size=12), st.binary(max_size=12))
def test_base_64_hides_it_at_no_offset(before: bytes, after: bytes) -> None:
    assert known(TOKEN).is_in(base64.b64encode(before + TOKEN.encode() + after).decode())


def test_one_line_of_a_key_is_enough() -> None:
    assert known(KEY).is_in("A1b2C3d4E5f6G7h8" * 4)


@given(st.text())
def test_nothing_else_is_found(text: str) -> None:
    assume("correct" not in text)
    assert not known(TOKEN).is_in(text)


@pytest.mark.parametrize("secret", ["", "short", "1234567"])
def test_what_stands_in_ordinary_text_by_chance_is_not_looked_for(secret: str) -> None:
    assert not known(secret).is_in(f"a {secret} b")
