"""What every syntax checker does."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.tree_sitter.checker import TreeSitterSyntax
from adapters.tree_sitter.processes import ParsingProcesses
from adapters.tree_sitter.syntax import MAX_PROBLEMS
from application.editing.syntax import new_syntax_problems
from domain.change_set import ChangeKind, ChangeSet, FileChange

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from application.ports.syntax_checker import SyntaxChecker, SyntaxProblem


@pytest.fixture(params=["tree-sitter"])
async def checker() -> AsyncIterator[SyntaxChecker]:
    processes = ParsingProcesses(size=1)
    yield TreeSitterSyntax(processes)
    await processes.aclose()


LANGUAGES = [
    ("a.py", "def f(x):\n    return x\n", "def f(x:\n    return x\n", 1),
    ("a.pyi", "def f(x: int) -> str: ...\n", "def f(x: int -> str: ...\n", 1),
    ("a.js", "const f = (x) => <b>{x}</b>;\n", "const f = (x => ;\n", 1),
    ("a.jsx", "const b = <b>{x}</b>;\n", "const b = <b>{x}</i;\n", 1),
    ("a.mjs", "export default class A {}\n", "export default class A {\n", 2),
    ("a.ts", "let x: number = 1;\nlet y = <any>x;\n", "let x: = 1;\n", 1),
    ("a.tsx", "const b = (x: number) => <b>{x}</b>;\n", "const b = (x: number) => <b>{x</b>;\n", 1),
    ("a.go", "package a\n\nfunc f() int { return 1 }\n", "package a\n\nfunc f( int { return 1 }\n", 3),
    ("A.java", "class A { int f() { return 1; } }\n", "class A { int f( { return 1; } }\n", 1),
    ("a.rs", "fn f() -> i32 { 1 }\n", "fn f() -> { 1 }\n", 1),
    ("a.c", "int f(void) { return 1; }\n", "int f(void) { return 1 }\n", 1),
    ("a.cpp", "template <class T> T f(T x) { return x; }\n", "template <class T> T f(T x) { return x }\n", 1),
    ("a.h", "namespace a { class B {}; }\n", "namespace a { class B { }\n", 1),
    ("b.h", "struct b { int class; };\n", "struct b { int x; \n", 1),
    ("A.cs", "class A { int F() => 1; }\n", "class A { int F( => 1; }\n", 1),
    ("a.rb", "def f(x)\n  x\nend\n", "def f(x)\n  x +\nend\n", 2),
    ("Rakefile", "task :a do\nend\n", "task :a do\n", 1),
    ("a.php", "<h1>Hi</h1>\n<?php function f() { return 1; }\n", "<?php function f( { return 1; }\n", 1),
    ("a.json", '{"a": [1, 2]}\n', '{"a": [1, 2}\n', 1),
    ("a.ipynb", '{"cells": []}\n', '{"cells": [}\n', 1),
    ("a.toml", 'a = 1\nb = "x"\n', "a = 1\nb = x\n", 2),
]


@pytest.mark.parametrize(("path", "good", "bad", "line"), LANGUAGES, ids=[path for path, *_ in LANGUAGES])
async def test_finds_nothing_in_a_good_file_and_something_near_the_fault_of_a_bad_one(
    checker: SyntaxChecker, path: str, good: str, bad: str, line: int
) -> None:
    assert list(await checker.problems(path, good.encode())) == []
    found = await checker.problems(path, bad.encode())
    assert found
    assert abs(found[0].line - line) <= 1
    assert all(problem.what and problem.text in bad.split("\n") for problem in found)


@pytest.mark.parametrize("path", ["a.html.erb", "a.py.j2", "a.txt", "Makefile", ".py", "a", "{{name}}/a.py", "a.json5"])
async def test_has_nothing_to_say_about_files_that_it_does_not_know(checker: SyntaxChecker, path: str) -> None:
    assert list(await checker.problems(path, b"def f(:\n")) == []


@pytest.mark.parametrize("path", ["a.py", "sub/A.PY", "a.JS", "a.go", "a.rb", "a.toml"])
async def test_an_empty_file_is_fine(checker: SyntaxChecker, path: str) -> None:
    assert list(await checker.problems(path, b"")) == []


@pytest.mark.parametrize(
    "text",
    [
        "a = 1\n  b = 2\n",
        "def f():\n    a = 1\n        b = 2\n",
        "def f():\n    if x:\n    y()\n",
        "def f():\nreturn 1\n",
        "if x:\n        a()\n    b()\n",
        "class A:\n",
        "try:\n    f()\n",
        "def f():\n    try:\n        g()\n    return 1\n",
    ],
)
async def test_finds_what_is_wrong_with_pythons_indentation(checker: SyntaxChecker, text: str) -> None:
    assert len(await checker.problems("a.py", text.encode())) == 1


@pytest.mark.parametrize(
    "text",
    [
        "def f(): return 1\n",
        "if x: a(); b()\n",
        "class A: pass\n",
        "def f():\n    '''Text\n  anywhere.\n    '''\n    return (1,\n  2)\n",
        "def f():\n  # a comment\n    return 1\n        # another\n",
        "def f():\n\tif x:\n\t\treturn 1\n",
        "@decorated\nasync def f() -> None:\n    async with a as b, c:\n        pass\n    await d\n",
        "try:\n    a()\nexcept* E:\n    b()\nelse:\n    c()\nfinally:\n    d()\n",
        "match x:\n    case [1, *_]:\n        pass\n    case _:\n        pass\n",
        "type X = int\nprint(f'{'a'}')\n",
        "\ufeffimport os\r\n\r\n\r\nif os:\r\n    x = 1\r\n",
        "print 'Python 2'\n",
        "def f():\n    ...\n\n\n    # the end\n",
        "if a:\n    b = 1; c = 2\n    d = 3\n\nelif e:\n    f\nelse: g\n",
        "x = 1 \\\n    + 2\ny = 3\n\x0c\ndef f():\n    pass\n",
    ],
)
async def test_lets_pythons_odder_shapes_pass(checker: SyntaxChecker, text: str) -> None:
    assert list(await checker.problems("a.py", text.encode())) == []


async def test_reads_flow_types_in_javascript_that_declares_them(checker: SyntaxChecker) -> None:
    typed = b"function f(x: number): string { return ''; }\n"
    assert list(await checker.problems("a.js", b"// @flow\n" + typed)) == []
    assert await checker.problems("a.js", typed)


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("a.py", b"(" * 100_000),
        ("a.json", b"[" * 100_000),
        ("a.toml", b"a = " + b"[" * 100_000),
        ("a.js", b"{" * 20_000),
        ("a.json", b"9" * 10_000),
        ("a.toml", b"a = " + b"9" * 10_000),
    ],
)
async def test_survives_what_is_nested_too_deeply_or_too_long(
    checker: SyntaxChecker, path: str, content: bytes
) -> None:
    assert len(await checker.problems(path, content)) <= 100


@settings(max_examples=5, deadline=None)
@given(
    files=st.lists(st.tuples(st.sampled_from([path for path, *_ in LANGUAGES]), st.binary(max_size=60)), max_size=30)
)
def test_never_raises(files: list[tuple[str, bytes]]) -> None:
    for (_, content), problems in zip(files, asyncio.run(_problems(files)), strict=True):
        for problem in problems:
            assert 1 <= problem.line <= content.count(b"\n") + content.count(b"\r") + 1


async def _problems(files: list[tuple[str, bytes]]) -> list[Sequence[SyntaxProblem]]:
    async with contextlib.aclosing(ParsingProcesses(size=1)) as processes:
        checker = TreeSitterSyntax(processes)
        return [await checker.problems(path, content) for path, content in files]


async def test_lets_the_event_loop_run_meanwhile(checker: SyntaxChecker) -> None:
    checking = asyncio.create_task(checker.problems("a.py", b"x = [1, 2, (3, 4)]\n" * 15_000))
    turns = 0
    until = time.monotonic() + 30
    while not checking.done() and time.monotonic() < until:
        await asyncio.sleep(0)
        turns += 1
    assert list(await checking) == []
    assert turns > 20


async def test_tells_new_faults_from_old_ones(checker: SyntaxChecker) -> None:
    before = b"old = = 1\n\n\ndef f():\n    return 1\n"
    after = b"import os\n\nold = = 1\n\n\ndef f():\n    return (1\n"
    changes = ChangeSet((FileChange(ChangeKind.EDIT, "a.py", after),))
    (problem,) = await new_syntax_problems(changes, {"a.py": before}, checker)
    assert problem.startswith("`a.py` would not parse any more: line ")


async def test_does_not_judge_a_file_over_the_limits() -> None:
    async with contextlib.aclosing(ParsingProcesses(size=1)) as processes:
        assert list(await TreeSitterSyntax(processes, max_bytes=5).problems("a.py", b"x = (\n")) == []
        slow = TreeSitterSyntax(processes, max_seconds=0)
        assert list(await slow.problems("a.py", b"x = (1,\n" * 10_000)) == []


async def test_reports_no_more_problems_than_the_limit(checker: SyntaxChecker) -> None:
    assert len(await checker.problems("a.py", b"x = = 1\n" * 500)) == MAX_PROBLEMS


@pytest.mark.parametrize("path", ["a.java", "a.c", "a.ts", "a.go", "a.rs"])
async def test_what_a_parser_does_not_survive_costs_no_other_file(path: str) -> None:
    async with contextlib.aclosing(ParsingProcesses(size=1)) as processes:
        impatient = TreeSitterSyntax(processes, max_seconds=5)
        assert len(await impatient.problems(path, b"(" * 1_000_000)) <= MAX_PROBLEMS
        assert list(await TreeSitterSyntax(processes).problems("a.py", b"x = (\n"))
