"""How the settings are read: once, at start."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args, get_origin, get_type_hints

import msgspec

from domain.errors import InvalidInput
from domain.secret import Secret
from infra.settings.fields import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

CONFIG_VARIABLE = "CODING_AGENT_CONFIG"


def load(environment: Mapping[str, str]) -> Settings:
    """The settings from these environment variables, and from the TOML file that `CODING_AGENT_CONFIG` names.

    Raises `InvalidInput` with one line that names the setting and says what would be right.
    """
    path = environment.get(CONFIG_VARIABLE, "")
    raw = _from_file(_path(path)) if path else {}
    for name, kind in _kinds().items():
        value = _from_environment(name, kind, environment)
        if value is not None:
            raw[name] = value
    try:
        return msgspec.convert(raw, Settings, strict=False, dec_hook=_decoded)
    except msgspec.ValidationError as error:
        raise InvalidInput(_in_words(str(error))) from None


def _kinds() -> dict[str, object]:
    """Each setting's type, its description taken off."""
    return dict(get_type_hints(Settings))


def _from_environment(name: str, kind: object, environment: Mapping[str, str]) -> object | None:
    """The setting's value, None where it is not set; an empty text counts as not set."""
    variable = name.upper()
    if kind is Secret and (path := environment.get(f"{variable}_FILE", "")):
        return _from_secret_file(variable, _path(path))
    text = environment.get(variable, "").strip()
    if not text:
        return None
    if get_origin(kind) is tuple:
        return [part.strip() for part in text.split(",") if part.strip()]
    return _from_json(variable, text) if get_origin(kind) is dict else text


def _from_json(variable: str, text: str) -> object:
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        message = f"{variable}: this is not JSON, which a table is in a variable: {error}"
        raise InvalidInput(message) from None


def _from_secret_file(variable: str, path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        message = f"{variable}_FILE: cannot read {path}: {_reason(error)}"
        raise InvalidInput(message) from None


def _from_file(path: Path) -> dict[str, object]:
    try:
        raw: dict[str, object] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        message = f"{CONFIG_VARIABLE}: cannot read {path}: {_reason(error)}"
        raise InvalidInput(message) from None
    except tomllib.TOMLDecodeError as error:
        message = f"{path} is not TOML: {error}"
        raise InvalidInput(message) from None
    unknown = sorted(raw.keys() - _kinds().keys())
    if unknown:
        message = f"{path}: there is no setting {unknown[0]!r}; docs/CONFIGURATION.md lists them all"
        raise InvalidInput(message)
    return {name: value for name, value in raw.items() if value != ""}


def _reason(error: OSError | UnicodeDecodeError) -> str:
    return error.strerror or str(error) if isinstance(error, OSError) else "it is not UTF-8 text"


def _decoded(kind: type, value: object) -> object:
    """What msgspec does not know: secrets and paths, both from text."""
    if kind in {Secret, Path} and isinstance(value, str):
        return Secret(value) if kind is Secret else _path(value)
    message = f"Expected text, got {type(value).__name__}"
    raise ValueError(message)


def _path(text: str) -> Path:
    """A path; `~` is the home folder, for no shell has read it where it comes from a file."""
    path = Path(text)
    try:
        return path.expanduser()
    except RuntimeError:  # nobody's home
        return path


def _in_words(error: str) -> str:
    """The validator's sentence with the setting's name in front: `MAX_FILES: Expected `int` >= 1`."""
    sentence, _, place = error.partition(" - at `$.")
    name = place.split("[")[0].rstrip("`").upper()
    for theirs, ours in _WORDS.items():
        sentence = sentence.replace(theirs, ours)
    allowed = _allowed(name.lower())
    return f"{name}: {sentence}{f'; one of: {allowed}' if allowed else ''}"


_WORDS = {
    "Expected `int`": "a whole number is expected",
    "Expected `float`": "a number is expected",
    "Expected `str` matching regex": "text is expected that matches",
    "Expected `str`": "text is expected",
    "Expected `array`": "a list is expected",
    "Expected `bool`": "true or false is expected",
    "Expected `object`": "a table is expected",
    "Object missing required field": "there must also be",
    "Object contains unknown field": "there is no",
    "Invalid enum value": "there is no",
    "got `str`": "this is text",
}
"""The validator's words, and how a person would say it."""


def _allowed(name: str) -> str:
    """The values of a setting that is one of several."""
    kind = _kinds().get(name)
    return ", ".join(value or "(empty)" for value in get_args(kind)) if get_origin(kind) is Literal else ""
