"""`docs/CONFIGURATION.md`, made from the settings: `python -m infra.settings_page > docs/CONFIGURATION.md`."""

from __future__ import annotations

import sys
from pathlib import Path
from types import NoneType
from typing import Annotated, Literal, get_args, get_origin, get_type_hints

import msgspec

from domain.secret import Secret
from infra.settings import CONFIG_VARIABLE, Settings

_HEAD = f"""# Configuration

<!-- Made from infra/settings/fields.py by `make docs`; do not edit. -->

Every setting is an environment variable. It may also stand in a TOML file, named in small letters, which the variable
`{CONFIG_VARIABLE}` points to; the environment wins. An empty text counts as not set. Lists are separated by commas
in a variable, and are arrays in a file; tables are JSON in a variable. `~` at the beginning of a path is the home
folder. A secret may also be given as the path of a file that holds it, in the variable with `_FILE` added:
`WEBHOOK_SECRET_FILE=/run/secrets/webhook`.

A wrong setting stops the start with one line that names it and says what would be right.

| setting | default | allowed | meaning |
|---|---|---|---|
"""


def page() -> str:
    """The whole page."""
    hints = get_type_hints(Settings, include_extras=True)
    return _HEAD + "".join(_row(field, hints[field.name]) for field in msgspec.structs.fields(Settings))


def _row(field: msgspec.structs.FieldInfo, hint: object) -> str:
    kind, meta = get_args(hint)
    return f"| `{field.name.upper()}` | {_default(field.default)} | {_allowed(kind, meta)} | {meta.description} |\n"


def _default(value: object) -> str:
    if value in (None, msgspec.NODEFAULT, "", (), Secret("")):
        return ""
    return f"`{value}`"


def _allowed(kind: object, meta: msgspec.Meta) -> str:
    if get_origin(kind) is Literal:
        return ", ".join(f"`{value}`" if value else "empty" for value in get_args(kind))
    limits = [
        f"{sign} {limit}" for sign, limit in ((">", meta.gt), ("≥", meta.ge), ("≤", meta.le)) if limit is not None
    ]
    return " ".join([_kind_in_words(kind), *limits])


def _kind_in_words(kind: object) -> str:
    if get_origin(kind) in {tuple, dict}:
        return "list" if get_origin(kind) is tuple else "table"
    plain = next((arg for arg in get_args(kind) if arg is not NoneType), kind)
    if get_origin(plain) is Annotated:
        plain = get_args(plain)[0]
    names = {bool: "true or false", int: "whole number", float: "number", str: "text", Path: "path", Secret: "secret"}
    return names[plain] if isinstance(plain, type) else "text"


if __name__ == "__main__":
    sys.stdout.write(page())
