"""A plan and the digest that an approval is bound to."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.plan import Plan, normalised

TEXT = "1. Mend `caf\u00e9.py`\n\n2. Test it\n"


@pytest.mark.parametrize(
    "same",
    [TEXT.replace("\n", "\r\n"), TEXT.replace("\u00e9", "e\u0301"), TEXT.replace("it\n", "it  \t\n\n"), TEXT.rstrip()],
)
def test_digest_does_not_change_with_how_a_forge_stores_the_text(same: str) -> None:
    assert Plan(same).digest == Plan(TEXT).digest


@pytest.mark.parametrize("other", [TEXT + "3. More", TEXT.replace("Mend", "mend"), TEXT.replace("\n\n", "\n"), ""])
def test_digest_changes_with_the_words(other: str) -> None:
    assert Plan(other).digest != Plan(TEXT).digest


def test_digest_does_not_depend_on_the_files() -> None:
    assert Plan(TEXT, ("a.py",)).digest == Plan(TEXT).digest


@settings(deadline=None)
@given(st.text(alphabet=st.characters()))
def test_every_text_has_a_digest(text: str) -> None:
    plan = Plan(text)
    assert re.fullmatch("[0-9a-f]{64}", plan.digest)
    assert plan.short_digest == plan.digest[:12]


@settings(deadline=None)
@given(st.text())
def test_a_normalised_text_stays_as_it_is(text: str) -> None:
    assert normalised(normalised(text)) == normalised(text)
