"""Loading grammars, which are native code: nothing but the parsing process imports this."""

from __future__ import annotations

import functools
import importlib
from typing import TYPE_CHECKING

from tree_sitter import Language

if TYPE_CHECKING:
    from adapters.tree_sitter.languages import Grammar


@functools.cache
def language_of(grammar: Grammar) -> Language:
    """The language; its wheel is imported when a file needs it first."""
    return Language(getattr(importlib.import_module(grammar.module), grammar.function)())
