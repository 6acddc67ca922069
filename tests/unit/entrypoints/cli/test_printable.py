"""No text can act on a terminal once it is printable."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrypoints.cli.printable import printable, printable_line


@given(st.text())
def test_leaves_no_character_that_a_terminal_obeys(text: str) -> None:
    for shown, kept in ((printable(text), "\n\t\u200c\u200d"), (printable_line(text), "\u200c\u200d")):
        assert all(unicodedata.category(char) not in {"Cc", "Cf", "Cs"} for char in shown if char not in kept)
        shown.encode()


@given(st.text(st.characters(categories=["L", "N", "P", "S", "M", "Zs"])))
def test_leaves_words_as_they_are(text: str) -> None:
    assert printable_line(text) == printable(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J", r"\x1b[2J"),
        ("\x9b2J", r"\x9b2J"),
        ("safe\r\nlines", "safe\nlines"),
        ("gone\rhere", r"gone\rhere"),
        ("user\u202etxt.exe", r"user\u202etxt.exe"),
    ],
)
def test_spells_out_what_it_cannot_let_through(text: str, shown: str) -> None:
    assert printable(text) == shown
