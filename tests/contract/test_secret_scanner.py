"""What every scanner for secrets does.

The planted secrets are put together here from parts, so that no scanner of other people's takes this file for a leak.
"""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.secret_scan.scanner import SecretScan
from tests.support.planted_secrets import PLANTED


@pytest.fixture(params=["rules"])
def scanner() -> SecretScan:
    return SecretScan()


@pytest.mark.parametrize("secret", PLANTED.values(), ids=PLANTED.keys())
async def test_finds_a_secret_and_says_in_which_line(scanner: SecretScan, secret: str) -> None:
    found = await scanner.scan(f"first line\nTOKEN = '{secret}'\nlast line\n")
    assert {finding.line for finding in found} == {2}


@pytest.mark.parametrize("secret", PLANTED.values(), ids=PLANTED.keys())
async def test_a_finding_does_not_hold_the_secret(scanner: SecretScan, secret: str) -> None:
    assert not any(secret[8:] in repr(finding) for finding in await scanner.scan(f"TOKEN = '{secret}'"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "def add(a, b):\n    return a + b\n",
        "password = os.environ['PASSWORD']",
        "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "commit 298ccb478e6bf092953bca67a3d29dc6c35f6752",
        'SECRET_KEY = "django-insecure-please-change-me"',
        "id: 4b1f8f9e-1f1c-4f1e-9b1a-2f7c0e4e8a11",
        "http://127.0.0.1:8080/path?token=abc",
        "integrity sha512-De6U3XB6O3DtCa7bKgCMzTHdeopqqZ6SNivMYJnK65ierKL1AnNIA0tkRYCRS7lwGT792d+Ps1WbfHlso6MynQ==",
    ],
)
async def test_finds_nothing_in_ordinary_text(scanner: SecretScan, text: str) -> None:
    assert list(await scanner.scan(text)) == []


@given(st.text(max_size=300))
async def test_reads_any_text(text: str) -> None:
    lines = text.count("\n") + 1
    assert all(1 <= finding.line <= lines for finding in await SecretScan().scan(text))


@pytest.mark.parametrize("line", ["a" * 400_000, "a:" * 200_000, "://" * 100_000, "=" * 400_000, "x@y:z" * 80_000])
async def test_a_line_without_end_takes_time_in_proportion(scanner: SecretScan, line: str) -> None:
    started = time.process_time()
    await scanner.scan(line)
    assert time.process_time() - started < 30


async def test_a_secret_far_along_a_line_is_found(scanner: SecretScan) -> None:
    secret = PLANTED["GitHub token"]
    assert await scanner.scan(f"{'x ' * 40_000}{secret}{' x' * 40_000}")


@pytest.mark.parametrize("invisible", ["\u200b", "\u2060", "\u00ad", "\ufeff", "\u202e"])
async def test_a_secret_taken_apart_by_what_nobody_sees_is_found(scanner: SecretScan, invisible: str) -> None:
    secret = PLANTED["GitHub token"]
    assert await scanner.scan(f"{secret[:9]}{invisible}{secret[9:]}")
