"""The languages that the agent's own words exist in, and which of them a text is written in."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING

from domain.code_fences import with_fences
from domain.visible_text import visible

if TYPE_CHECKING:
    from collections.abc import Iterator


class Language(StrEnum):
    """By its two-letter code."""

    ENGLISH = "en"
    SPANISH = "es"


def guess_language(text: str) -> Language:
    """The language of a text, Markdown with code in it perhaps; English unless more of it says Spanish.

    Counts the words by which a reader tells the two apart; a word that the other or a neighbouring language has too
    counts for nothing. Neither does code, which is in English everywhere.
    """
    prose = [line for line, in_code in with_fences(visible(text).split("\n")) if not in_code]
    words = [word.casefold() for line in prose for word in _prose_words(line)]
    spanish = sum(map(_weight_in_spanish, words)) + sum(line.count("¿") + line.count("¡") for line in prose)
    others = sum(word in _ENGLISH or not _NOT_IN_SPANISH.isdisjoint(word) for word in words)
    return Language.SPANISH if spanish >= _ENOUGH and spanish > others else Language.ENGLISH


def _prose_words(line: str) -> Iterator[str]:
    """The words of a line that are no paths, addresses, names with underlines, calls, tags or other code."""
    if not line.startswith(("    ", "\t")):
        for token in _INLINE_CODE.sub(" ", line).split():
            if _IN_CODE.isdisjoint(token.strip(_AROUND_WORDS)):
                yield from _WORD.findall(token)


def _weight_in_spanish(word: str) -> int:
    if word in _SPANISH or word.endswith(_SPANISH_ENDINGS):
        return 2
    return word in _SPANISH_ARTICLES


_ENOUGH = 2
_WORD = re.compile(r"[^\W\d_]+")
_INLINE_CODE = re.compile(r"`[^`]*`")
_AROUND_WORDS = ".,;:!?¿¡()\"'«»“”*_-"
_IN_CODE = frozenset("/\\_.(){}[]=<>")

_NOT_IN_SPANISH = frozenset("ãõçèêàùôâîûäöüßœ")
_SPANISH_ENDINGS = ("ción", "ciones", "sión", "dades")


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text))


_SPANISH_ARTICLES = _words(
    "el los las del una unos unas lo con sus pero donde este esta estas todo todos toda todas entre sobre"
)
_SPANISH = _words(
    """
    cuando dónde está están estos esto eso esos fue hay muy más también sólo sin hasta desde porque qué cómo cuál cuándo
    debe deben debería deberían puede pueden podría tiene tienen hace hacer según así aquí ahora siempre nunca después
    antes mientras cada otro otra mismo ningún ninguna nada algo
    funciona funcionan funcionar falla fallan fallo fallos devuelve devuelven muestra aparece ocurre sale
    esperado esperaba archivo archivos fichero ficheros línea líneas prueba pruebas usuario usuarios
    página botón contraseña agregar añadir añade agrega corregir corrige arreglar arregla cambiar cambia quitar borrar
    mejorar permitir usar usando nuevo nuevos nueva nuevas cálculo vacío vacía valores incorrecto
    incorrecta correctamente ejemplo gracias hola
    """
)
_ENGLISH = _words(
    """
    the and or but when where which this that these those is are was were be been it its of to in on at for from with
    without not does do did should would could can cannot has have had if then than there here also only always never
    after before while because how what why who an by as into i you we they
    works work working fails fail failing returns return shows throws raises crashes expected actual instead
    file files line lines function test tests user users page button add remove fix change allow use using new wrong
    empty list value values example thanks hello
    """
)
