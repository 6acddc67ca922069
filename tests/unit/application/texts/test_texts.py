"""Both languages say the same things, and the code says nothing that they do not have."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from application.texts.texts import Texts, catalogue, texts_for
from domain.language import Language

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[4]
PARTS = ("domain", "application", "adapters", "entrypoints", "infra")


def shape(language: Language) -> dict[str, frozenset[str]]:
    """Every text's placeholders."""
    return {key: frozenset(text.get_identifiers()) for key, text in catalogue(language).items()}


def said() -> Iterator[tuple[str, str, frozenset[str]]]:
    """Every `….say("section.name", value=…)` of the code: where, which, and with which values."""
    for part in PARTS:
        for path in (ROOT / part).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "say":
                    values = frozenset(keyword.arg or "**" for keyword in node.keywords)
                    key = node.args[0].value if isinstance(node.args[0], ast.Constant) else "not a literal"
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", str(key), values


@pytest.mark.parametrize("language", Language)
def test_every_language_has_the_same_texts_with_the_same_placeholders(language: Language) -> None:
    assert shape(language) == shape(Language.ENGLISH)


def test_what_the_code_says_is_in_the_catalogue() -> None:
    known = shape(Language.ENGLISH)
    assert [(where, key, values) for where, key, values in said() if known.get(key) != values] == []


@pytest.mark.parametrize("language", Language)
def test_texts_are_valid_templates_without_blanks_around_them(language: Language) -> None:
    for key, text in catalogue(language).items():
        assert text.is_valid(), key
        assert text.template == text.template.strip(), key


def test_a_value_that_is_missing_or_unused_is_refused() -> None:
    texts = Texts(Language.ENGLISH)
    with pytest.raises(KeyError):
        texts.say("status.nothing")
    with pytest.raises(KeyError):
        texts.say("status.done", reason="x")
    with pytest.raises(KeyError):
        texts.say("status.no_such_text")


def test_a_value_is_put_in_as_it_is() -> None:
    assert Texts(Language.SPANISH).say("status.refused", reason="$no ${template}").endswith("$no ${template}")


def test_the_choice_of_the_operator_wins_over_the_text() -> None:
    assert texts_for("es", "The button does not work").language is Language.SPANISH
    assert texts_for("en", "El botón no funciona").language is Language.ENGLISH
    assert texts_for("auto", "El botón no funciona").language is Language.SPANISH


def test_numbers_are_written_as_the_language_does() -> None:
    assert [Texts(language).number(1_234_567) for language in Language] == ["1,234,567", "1.234.567"]
