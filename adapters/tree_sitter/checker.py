"""The syntax checker."""

from __future__ import annotations

import asyncio
import codecs
import time
from typing import TYPE_CHECKING

from tree_sitter import Parser

from adapters.tree_sitter.data_files import json_problems, toml_problems
from adapters.tree_sitter.languages import PYTHON, grammars_for, language_of, suffix_of
from adapters.tree_sitter.python_rules import python_problem
from application.ports.syntax_checker import SyntaxChecker, SyntaxProblem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tree_sitter import Node, Tree, TreeCursor

    from adapters.tree_sitter.languages import Grammar

_DATA_FILES = {"json": json_problems, "ipynb": json_problems, "toml": toml_problems}
_CHUNK = 4_096
_MAX_QUOTED = 40


class TreeSitterSyntax(SyntaxChecker):
    """Parses with the language's grammar, in a thread that lets the event loop run.

    A file larger than `max_bytes` or that takes longer than `max_seconds` counts as one that cannot be judged, and so
    does a template (`{{` in its path). At most `max_problems` of a file are reported.
    """

    def __init__(self, *, max_bytes: int = 2_000_000, max_seconds: float = 20.0, max_problems: int = 100) -> None:
        self._max_bytes = max_bytes
        self._max_seconds = max_seconds
        self._max_problems = max_problems

    async def problems(self, path: str, content: bytes) -> Sequence[SyntaxProblem]:
        """What does not parse, in the order of the file."""
        if len(content) > self._max_bytes or "{{" in path:
            return ()
        return await asyncio.to_thread(self._problems, path, content.removeprefix(codecs.BOM_UTF8))

    def _problems(self, path: str, content: bytes) -> Sequence[SyntaxProblem]:
        if reader := _DATA_FILES.get(suffix_of(path)):
            return reader(content)
        readings = (self._problems_of(grammar, content) for grammar in grammars_for(path, content))
        return min(readings, key=len, default=())

    def _problems_of(self, grammar: Grammar, content: bytes) -> Sequence[SyntaxProblem]:
        tree = self._parsed(grammar, content)
        if tree is None:
            return ()
        lines = content.split(b"\n")
        found: list[SyntaxProblem] = []
        for node, what in _findings(tree, grammar):
            text = lines[node.start_point.row].decode("utf-8", "replace").rstrip("\r")
            found.append(SyntaxProblem(node.start_point.row + 1, text, what))
            if len(found) == self._max_problems:
                break
        return found

    def _parsed(self, grammar: Grammar, content: bytes) -> Tree | None:
        """The tree; None when time is up.

        The parser holds the interpreter's lock, except while it asks for the next piece: hence the small pieces.
        """
        until = time.monotonic() + self._max_seconds
        try:
            return Parser(language_of(grammar)).parse(
                lambda offset, _: content[offset : offset + _CHUNK],
                progress_callback=lambda *_: time.monotonic() > until,
            )
        except ValueError:  # what the parser raises when the callback stops it
            return None


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
