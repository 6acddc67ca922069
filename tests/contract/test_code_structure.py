"""What every reader of code structure keeps to."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING

import pytest

from adapters.tree_sitter.processes import ParsingProcesses
from adapters.tree_sitter.structure import TreeSitterStructure
from application.ports.code_structure import Definition, DefinitionKind, Outline

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from application.ports.code_structure import CodeStructure

PYTHON = b"""import os.path, sys as system
from .models import Basket

RATE = 19


@cached
def rate(
    country):
    return RATE


class Shop:
    def open(self):
        pass

    @property
    async def closed(self):
        return True
"""


@pytest.fixture(params=["tree-sitter"])
async def structure() -> AsyncIterator[CodeStructure]:
    async with aclosing(ParsingProcesses(size=1)) as processes:
        yield TreeSitterStructure(processes)


async def test_tells_what_a_python_file_defines_and_imports(structure: CodeStructure) -> None:
    assert await structure.outlines({"shop.py": PYTHON}) == {
        "shop.py": Outline(
            definitions=(
                Definition("RATE", DefinitionKind.CONSTANT, 4, 4),
                Definition("rate", DefinitionKind.FUNCTION, 7, 10),
                Definition("Shop", DefinitionKind.CLASS, 13, 19),
                Definition("open", DefinitionKind.FUNCTION, 14, 15),
                Definition("closed", DefinitionKind.FUNCTION, 17, 19),
            ),
            imports=("os.path", "sys", ".models"),
        )
    }


async def test_what_has_no_outline_is_left_out(structure: CodeStructure) -> None:
    files = {"a.txt": b"def f(): pass", "a.py": b"", "large.py": b"x = 1\n" * 100_000, "a\udcff\n.py": b"x"}
    assert await structure.outlines(files) == {"a.py": Outline(), "a\udcff\n.py": Outline()}


async def test_no_files_have_no_outlines(structure: CodeStructure) -> None:
    assert await structure.outlines({}) == {}


@pytest.mark.parametrize(
    "content",
    [
        b"(" * 400_000,
        b"def f(" * 50_000,
        b"class A:\n" + b" x" * 200_000,
        bytes(range(256)) * 1_000,
        b"\xff\xfe" + "def f(): pass".encode("utf-16-le"),
        b"f'" + b"{f'" * 50_000,
        b"\x00" * 300_000,
        b"\n".join(b" " * depth + b"if x:" for depth in range(800)),
        b"a." * 200_000,
        b"'''" * 100_001,
    ],
    ids=["nested", "unfinished", "blanks", "binary", "utf-16", "f-strings", "zeros", "indents", "dots", "quotes"],
)
async def test_hostile_sources_cost_no_other_file_its_outline(structure: CodeStructure, content: bytes) -> None:
    found = await structure.outlines({"a.py": b"def f(): pass\n", "hostile.py": content, "z.py": b"Z = 1\n"})
    assert [definition.name for definition in found["a.py"].definitions] == ["f"]
    assert [definition.name for definition in found["z.py"].definitions] == ["Z"]
