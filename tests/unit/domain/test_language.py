from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.language import Language, guess_language

SPANISH = [
    "El botón de guardar no funciona",
    "parse devuelve 0 cuando la cadena está vacía",
    "Agregar soporte para archivos grandes",
    "¿Se puede exportar a CSV?",
    "Fallo en el cálculo del descuento",
    "Error al iniciar sesión con usuarios nuevos",
    "Corregir README",
    "La función `add` resta en lugar de sumar\n\n```python\nwhen the file is not found, the error is raised\n```",
    "Los tests fallan:\n\n    FAILED tests/test_calc.py::test_add - the result is not what was expected\n",
    "Hola, al usar `Basket.total()` el IVA se calcula mal. Gracias",
    "En Windows las rutas con espacios provocan un error: `FileNotFoundError: the file does not exist`",
    "Añadir documentación",
]
ENGLISH = [
    "The save button does not work",
    "parse returns 0 for an empty string",
    "add subtracts",
    "",
    "TypeError",
    "KeyError: 'el'",
    "Crash in `los_angeles.py`",
    "Wrong timezone for El Salvador and Los Angeles",
    "No output with -o y",
    'Typo in the Spanish translation: "el archivo no está" should be "el archivo no existe" on the page that users see',
    "```\nel archivo no existe\n```",
    "El Niño data is read from the wrong file",
]
OTHER = [
    "O botão de salvar não funciona e os usuários não conseguem guardar as alterações",
    "Le bouton pour enregistrer ne marche pas et la page reste vide à chaque fois",
    "Der Knopf zum Speichern geht nicht, die Datei bleibt leer",
    "Il pulsante non funziona quando il file è vuoto",
    "保存ボタンが動かない",
]


@pytest.mark.parametrize("text", SPANISH)
def test_knows_spanish(text: str) -> None:
    assert guess_language(text) is Language.SPANISH


@pytest.mark.parametrize("text", ENGLISH)
def test_knows_english(text: str) -> None:
    assert guess_language(text) is Language.ENGLISH


@pytest.mark.parametrize("text", OTHER)
def test_takes_english_for_languages_that_it_does_not_speak(text: str) -> None:
    assert guess_language(text) is Language.ENGLISH


def test_what_is_hidden_does_not_count() -> None:
    assert guess_language("Add fails <!-- el archivo no está donde debe estar, cuando los usuarios -->") is (
        Language.ENGLISH
    )


@given(st.text() | st.text(alphabet="`~ \n\tel<>/_.:"))
def test_always_answers_and_always_the_same(text: str) -> None:
    assert guess_language(text) is guess_language(text)


def test_takes_no_longer_than_the_text_is_long() -> None:
    for piece in ("`", "<", "~~~\n", "    \n", "a.", "://", "[", "\\"):
        assert guess_language(piece * 30_000) is Language.ENGLISH
