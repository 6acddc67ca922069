"""A file's outline; runs in the parsing process."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from tree_sitter import Parser, Query, QueryCursor

from adapters.tree_sitter.grammars import language_of
from adapters.tree_sitter.languages import grammars_for
from adapters.tree_sitter.outline_queries import QUERIES
from application.ports.code_structure import Definition, DefinitionKind, Outline

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tree_sitter import Node, Tree

    from adapters.tree_sitter.languages import Grammar

_KINDS = {kind.value: kind for kind in DefinitionKind}
_DECORATED = "decorated_definition"
_QUOTES = "\"'<>` "


def outline(path: str, content: bytes) -> Outline | None:
    """The outline by the first grammar that reads the file without an error, or the last that may; None without any."""
    found = None
    for grammar in grammars_for(path, content):
        if grammar in QUERIES:
            tree = Parser(language_of(grammar)).parse(content)
            found = grammar, tree
            if not tree.root_node.has_error:
                break
    return _outline_of(*found) if found else None


def _outline_of(grammar: Grammar, tree: Tree) -> Outline:
    matches = [captures for _, captures in QueryCursor(_query(grammar)).matches(tree.root_node)]
    definitions = [definition for captures in matches for definition in _definitions(captures)]
    imports = dict.fromkeys(_text(node).strip(_QUOTES) for captures in matches for node in captures.get("import", ()))
    return Outline(_distinct(definitions), tuple(imports))


def _distinct(definitions: Iterable[Definition]) -> tuple[Definition, ...]:
    """In the order of the file; what is a constant to one pattern and a function to another is the function."""
    by_place: dict[tuple[str, int], Definition] = {}
    for found in definitions:
        known = by_place.setdefault((found.name, found.first), found)
        if known.kind is DefinitionKind.CONSTANT:
            by_place[found.name, found.first] = found
    return tuple(sorted(by_place.values(), key=lambda found: (found.first, -found.last)))


def _definitions(captures: dict[str, list[Node]]) -> Iterator[Definition]:
    for capture, nodes in captures.items():
        if capture in _KINDS:
            node = nodes[0]
            whole = node.parent if node.parent and node.parent.type == _DECORATED else node
            name = _text(captures["name"][0])
            yield Definition(name, _KINDS[capture], whole.start_point.row + 1, _last_line(whole))


def _last_line(node: Node) -> int:
    """The line of the node's last character; one that ends at a line's beginning does not reach into it."""
    end = node.end_point
    return end.row + 1 if end.column or end.row == node.start_point.row else end.row


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")


@functools.cache
def _query(grammar: Grammar) -> Query:
    return Query(language_of(grammar), QUERIES[grammar])
