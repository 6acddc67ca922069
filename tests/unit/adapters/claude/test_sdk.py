"""What is taken for granted of the SDK that is installed."""

from __future__ import annotations

import subprocess
import sys
from typing import get_args

from anthropic.resources.messages.messages import DEPRECATED_MODELS
from anthropic.types import ModelParam

from adapters.claude import DEFAULT_MODEL, KNOWN_PRICES, known_price

LISTED: tuple[str, ...] = get_args(get_args(ModelParam)[0])


def test_importing_the_adapter_does_not_import_the_sdk() -> None:
    program = "import sys, adapters.claude; print([name for name in ('anthropic', 'httpx2') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"


def test_the_default_model_is_one_that_the_sdk_lists_and_does_not_retire() -> None:
    assert DEFAULT_MODEL in LISTED
    assert DEFAULT_MODEL not in DEPRECATED_MODELS


def test_the_default_model_is_the_newest_sonnet_that_the_sdk_lists() -> None:
    sonnets = [name for name in LISTED if name.startswith("claude-sonnet-")]
    assert max(sonnets, key=_version) == DEFAULT_MODEL


def test_every_priced_model_is_one_that_the_sdk_lists() -> None:
    assert set(KNOWN_PRICES) <= set(LISTED)


def test_a_date_in_the_name_does_not_change_the_price() -> None:
    assert known_price("claude-haiku-4-5-20251001") == known_price("claude-haiku-4-5") is not None


def test_a_model_of_another_version_has_no_known_price() -> None:
    assert known_price("claude-sonnet-5-50") is None
    assert known_price("claude-sonnet") is None


def _version(name: str) -> list[int]:
    """`claude-sonnet-4-5-20250929` is 4.5; the date says nothing about the order of versions."""
    return [int(part) for part in name.split("-") if part.isdecimal() and len(part) < 8]
