"""docs/SECURITY.md names only what there is."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[3]
PAGE = (PROJECT / "docs" / "SECURITY.md").read_text(encoding="utf-8")
ROWS = [re.split(r"\s*\|\s*", line.strip("| ")) for line in PAGE.splitlines() if re.match(r"\| \d+ \|", line)]
BY_NUMBER = [pytest.param(row, id=row[0]) for row in ROWS]


def in_code(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def names_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in ast.walk(tree) if isinstance(node, kinds) and node.name.startswith("test_")}


def test_the_rules_are_numbered_one_by_one() -> None:
    assert [row[0] for row in ROWS] == [str(number) for number in range(1, len(ROWS) + 1)]
    assert len(ROWS) > 20


@pytest.mark.parametrize("row", BY_NUMBER)
def test_a_rule_is_enforced_in_modules_that_there_are(row: list[str]) -> None:
    modules = in_code(row[2])
    assert modules
    assert [module for module in modules if not (PROJECT / module).is_file()] == []


@pytest.mark.parametrize("row", BY_NUMBER)
def test_a_rule_is_shown_by_tests_that_there_are(row: list[str]) -> None:
    named = [name.split("::") for name in in_code(row[3])]
    assert named
    assert [f"{path}::{test}" for path, test in named if test not in names_in(PROJECT / path)] == []


def test_every_file_that_the_page_names_is_there() -> None:
    paths = re.findall(r"`((?:tests|docs|domain|application|adapters|infra|entrypoints)/[\w/.-]*)", PAGE)
    assert [path for path in paths if not (PROJECT / path).exists()] == []
