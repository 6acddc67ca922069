"""What does not parse in a file; runs in the parsing process."""

from __future__ import annotations

import codecs
import itertools
from typing import TYPE_CHECKING

from tree_sitter import Parser

from adapters.tree_sitter.data_files import json_problems, toml_problems
from adapters.tree_sitter.grammars import language_of
from adapters.tree_sitter.languages import PYTHON, grammars_for, suffix_of
from adapters.tree_sitter.python_rules import python_problem
from application.ports.syntax_checker import SyntaxProblem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tree_sitter import Node, Tree, TreeCursor

    from adapters.tree_sitter.languages import Grammar

MAX_PROBLEMS = 100

_DATA_FILES = {"json": json_problems, "ipynb": json_problems, "toml": toml_problems}
_MAX_QUOTED = 40


def syntax_problems(path: str, content: bytes) -> Sequence[SyntaxProblem]:
    """What does not parse, in the order of the file: at most `MAX_PROBLEMS`. Of several readings the best counts."""
    content = content.removeprefix(codecs.BOM_UTF8)
    if reader := _DATA_FILES.get(suffix_of(path)):
        return reader(content)
    readings = (_problems_of(grammar, content) for grammar in grammars_for(path, content))
    return min(readings, key=len, default=())


def _problems_of(grammar: Grammar, content: bytes) -> Sequence[SyntaxProblem]:
    tree = Parser(language_of(grammar)).parse(content)
    lines = content.split(b"\n")
    found: list[SyntaxProblem] = []
    for node, what in itertools.islice(_findings(tree, grammar), MAX_PROBLEMS):
        text = lines[node.start_point.row].decode("utf-8", "replace").rstrip("\r")
        found.append(SyntaxProblem(node.start_point.row + 1, text, what))
    return found


def _findings(tree: Tree, grammar: Grammar) -> Iterator[tuple[Node, str]]:
    """The nodes that are wrong, and in which way."""
    looks_everywhere = grammar == PYTHON
    if not looks_everywhere and not tree.root_node.has_error:
        return
    for node in _nodes(tree.walk(), all_of_them=looks_everywhere):
        if node.is_missing:
            yield node, f"`{node.type}` is missing"
        elif node.is_error:
            yield node, _unexpected(node)
        elif looks_everywhere and (found := python_problem(node)):
            yield found


def _nodes(cursor: TreeCursor, *, all_of_them: bool) -> Iterator[Node]:
    """The nodes in the order of the text, without recursion; with errors in them, or all; none within errors."""
    while True:
        node = cursor.node
        if node is None:
            return
        yield node
        descends = not node.is_error and (all_of_them or node.has_error)
        if descends and cursor.goto_first_child():
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return


def _unexpected(node: Node) -> str:
    text = (node.text or b"").decode("utf-8", "replace").strip().split("\n")[0][:_MAX_QUOTED]
    return f"unexpected `{text}`" if text else "unexpected text"
