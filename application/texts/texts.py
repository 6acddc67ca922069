"""The agent's own words: what it writes on the forge that no model has written.

    texts = texts_for("auto", issue_text)
    texts.say("status.cancelled_by", who="maria", reason="the issue was closed.")

A text is found by its section and name in `en.toml` and `es.toml`, which have the same of them with the same
`$placeholders`; a test compares the files, and every `say` in the code with them. Values are put in as they are: what
people or models have written is made harmless before.
"""

from __future__ import annotations

import functools
import tomllib
from importlib import resources
from string import Template
from typing import TYPE_CHECKING, Literal

from domain.language import Language, guess_language

if TYPE_CHECKING:
    from collections.abc import Mapping

LanguageChoice = Literal["auto", "en", "es"]


class Texts:
    """The words of one language."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def say(self, key: str, /, **values: str) -> str:
        """The text `section.name` with every `$placeholder` filled in.

        A text that there is not, a missing or an unused value is a mistake in our own code: `KeyError`.
        """
        template = catalogue(self.language)[key]
        unused = values.keys() - set(template.get_identifiers())
        if unused:
            message = f"the text {key!r} has no place for {', '.join(sorted(unused))}"
            raise KeyError(message)
        return template.substitute(values)

    def number(self, number: int) -> str:
        """A whole number with the language's mark between thousands."""
        return f"{number:,}".replace(",", self.say("form.thousands"))


ENGLISH = Texts(Language.ENGLISH)


def texts_for(choice: LanguageChoice, text: str) -> Texts:
    """The words of the chosen language; with `auto`, of the one that the text is written in."""
    return Texts(guess_language(text) if choice == "auto" else Language(choice))


@functools.cache
def catalogue(language: Language) -> Mapping[str, Template]:
    """All texts of a language by `section.name`."""
    source = resources.files(__package__).joinpath(f"{language}.toml").read_text(encoding="utf-8")
    return {
        f"{section}.{name}": Template(text)
        for section, texts in tomllib.loads(source).items()
        for name, text in texts.items()
    }
