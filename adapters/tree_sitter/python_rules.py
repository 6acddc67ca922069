"""What Python forbids and its grammar lets pass: wrong indentation, and statements without the part that they need."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node

_HANDLERS = {"except_clause", "except_group_clause", "finally_clause"}
_SUITES = {"module", "block"}


def python_problem(node: Node) -> tuple[Node, str] | None:
    """What is wrong with a node that parsed: where it shows, and what it is; a fault beside another is its echo."""
    if node.type in _SUITES and (found := _indentation_problem(node)):
        return found
    if node.has_error or (node.parent and node.parent.has_error):
        return None
    if node.type == "block" and not node.named_children and node.parent:
        return node.parent, "an indented block is missing"
    if node.type == "try_statement" and not any(child.type in _HANDLERS for child in node.children):
        return node, "`try` without `except` or `finally`"
    return None


def _indentation_problem(suite: Node) -> tuple[Node, str] | None:
    """The first statement that begins a line elsewhere than the suite's first statement does."""
    statements = [child for child in suite.named_children if not child.is_extra and not child.has_error]
    if not statements:
        return None
    column = 0 if suite.type == "module" else statements[0].start_point.column
    row = suite.parent.start_point.row if suite.parent else -1
    for statement in statements:
        begins_line = statement.start_point.row > row
        if begins_line and statement.start_point.column != column:
            return statement, "unexpected indentation"
        row = statement.end_point.row
    return None
