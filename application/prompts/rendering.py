"""Templates: Markdown files beside this one, filled in strictly."""

from __future__ import annotations

import functools
import hashlib
from importlib import resources
from string import Template


def render(name: str, **values: str) -> str:
    """The template `name`.md with every `$placeholder` filled in.

    A missing or an unused value is a mistake in our own code: `KeyError`.
    """
    template = _template(name)
    unused = values.keys() - set(template.get_identifiers())
    if unused:
        message = f"the prompt {name!r} has no place for {', '.join(sorted(unused))}"
        raise KeyError(message)
    return template.substitute(values).strip() + "\n"


@functools.cache
def _template(name: str) -> Template:
    return Template(resources.files(__package__).joinpath(f"{name}.md").read_text(encoding="utf-8"))


def fenced(label: str, text: str) -> str:
    """Text by strangers between two lines that it cannot forge: they carry a digest of the text itself."""
    label = "".join(char if char.isprintable() else "?" for char in label)
    seal = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"[{label} begins {seal}]\n{text}\n[{label} ends {seal}]"
