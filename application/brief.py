"""What a change or a plan is asked for."""

from __future__ import annotations

from dataclasses import dataclass

from domain.visible_text import visible


@dataclass(frozen=True, slots=True)
class Brief:
    """The request in words: a title (one line) and a body (Markdown, may be empty), as strangers wrote them."""

    title: str
    body: str = ""

    @property
    def text(self) -> str:
        """Title and body as the model and the search read them: what a page does not show is left out."""
        return visible(f"{self.title}\n\n{self.body}").strip()
