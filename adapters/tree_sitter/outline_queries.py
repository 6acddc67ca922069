"""What is looked for in each language, in the grammars' own query language.

A definition is captured as `@class`, `@function` or `@constant`, with its `@name` in the same pattern; the name of
what is imported as `@import`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.tree_sitter.languages import PYTHON, grammars_for

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.tree_sitter.languages import Grammar

_PYTHON = """
(class_definition name: (identifier) @name) @class
(function_definition name: (identifier) @name) @function
(module (expression_statement (assignment left: (identifier) @name) @constant))
(import_statement name: (dotted_name) @import)
(import_statement name: (aliased_import name: (dotted_name) @import))
(import_from_statement module_name: (_) @import)
"""

QUERIES: Mapping[Grammar, str] = {PYTHON: _PYTHON}
"""Languages that are not here have no outline yet."""


def has_outline(path: str, content: bytes) -> bool:
    """Whether the file's language is one whose structure can be read."""
    return any(grammar in QUERIES for grammar in grammars_for(path, content))
