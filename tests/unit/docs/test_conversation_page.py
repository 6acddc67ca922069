from __future__ import annotations

from pathlib import Path

from tests.support.conversation_page import page


def test_the_page_shows_the_texts_as_they_are() -> None:
    written = Path(__file__).parents[3] / "docs" / "CONVERSATION.md"
    assert written.read_text(encoding="utf-8") == page(), "run `make docs`"
