from __future__ import annotations

import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st

from adapters.git.words import one_line
from domain.secret import Secret

NO_SECRET = Secret("")


@given(st.text())
@example("a\u2028b\x1b]8;;http://x\x07c\u202ed")
def test_gives_one_line_of_visible_characters(text: str) -> None:
    line = one_line(text, NO_SECRET)
    assert len(line.splitlines()) <= 1
    assert not any(unicodedata.category(character).startswith("C") for character in line)
    assert len(line) <= 300


def test_leaves_out_colours_and_keeps_the_words() -> None:
    assert one_line("\x1b[1;31mNo\x1b[0m pushes\r\non\tFriday \n", NO_SECRET) == "No pushes on Friday"


@given(st.text(alphabet="abc \n\x1b[m", min_size=0, max_size=20))
def test_never_repeats_the_token(around: str) -> None:
    assert "t0k3n" not in one_line(f"{around}t0k3n{around}", Secret("t0k3n"))
