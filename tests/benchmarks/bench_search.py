"""How fast the code search is.

    python -m tests.benchmarks.bench_search [--files 3000] [--repeat 9] [--json]
    python -m tests.benchmarks.bench_search --repo PATH [--rev REV] --issue FILE [--repeat 9] [--json]

The seconds for a generated repository on disk, whose files are some 6 kB each; or what `coding-agent locate` takes on a
repository of one's own, with and without a cache, as the whole command and without its start. How well it finds is
measured by `bench_locate`.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
import time
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.code_search.search import LocalCodeSearch
from adapters.tree_sitter.processes import ParsingProcesses
from adapters.tree_sitter.structure import TreeSitterStructure
from domain.repository import GitSource
from tests.benchmarks.command_cost import command_cost
from tests.benchmarks.figures import SPREAD_COLUMNS, Report, show, spread
from tests.support.git_repositories import new_repository
from tests.support.git_vcs import git_adapter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from application.ports.vcs import Workspace

GENERATED_FILES = 3_000


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=GENERATED_FILES, help="of the generated repository")
    parser.add_argument("--repeat", type=int, default=9, help="searches")
    parser.add_argument("--repo", type=Path, help="measure the command on this repository instead")
    parser.add_argument("--rev", default="HEAD")
    parser.add_argument("--issue", type=Path, help="the issue to search this repository for")
    parser.add_argument("--json", action="store_true", help="print one object instead of a table")
    options = parser.parse_args(arguments)
    if options.repo:
        search = ["locate", "--repo", str(options.repo), "--rev", options.rev, "--issue", str(options.issue), "--json"]
        show(command_cost(search, options.repeat), as_json=options.json)
    else:
        show(_speed(options.files, options.repeat), as_json=options.json)


async def _paths(workspace: Workspace, issue: str) -> list[str]:
    async with aclosing(ParsingProcesses(size=1)) as processes:
        ranking = await LocalCodeSearch(TreeSitterStructure(processes)).rank(workspace, issue)
        return [file.path for file in ranking]


def _speed(number: int, repeat: int) -> Report:
    """Through the real git adapter, on a repository on disk; each search opens it anew."""
    files = generated_files(number)
    with tempfile.TemporaryDirectory() as name:
        repository = new_repository(Path(name) / "made")
        for path, content in files.items():
            repository.write(path, content)
        repository.commit("All of it")
        repository.git("repack", "-adq")
        rounds = [asyncio.run(_search(repository.path, Path(name) / "work")) for _ in range(repeat + 1)][1:]
    seconds = spread(seconds for seconds, _ in rounds)
    size = sum(map(len, files.values())) / 1e6
    return Report(
        f"One search of {len(files):,} files, {size:.1f} MB, {repeat} rounds",
        ("", *SPREAD_COLUMNS),
        [("list, read and rank, s", *seconds.cells())],
        {"benchmark": "search", "files": len(files), "megabytes": round(size, 1), "seconds": seconds.numbers()},
        f"Found first: {rounds[0][1]}, which the issue names.",
    )


async def _search(repository: Path, workdir: Path) -> tuple[float, str]:
    """The seconds that a search takes, and what it finds first."""
    async with git_adapter(workdir).open(GitSource(str(repository))) as workspace:
        began = time.perf_counter()
        best, *_ = await _paths(workspace, _ISSUE)
        return time.perf_counter() - began, best


_ISSUE = "Rounding in price_total is wrong\n\nSee shop_12/module_1207.py: parse_discount() drops a cent."


def generated_files(number: int) -> dict[str, bytes]:
    """Python modules of some 6 kB each, in folders of 100, the same in every run."""
    chance = random.Random(7)  # noqa: S311 - test data
    words = [f"{first}_{last}" for first in _VERBS for last in _NOUNS]
    return {f"shop_{place // 100}/module_{place}.py": _module(chance, words) for place in range(number)}


_VERBS = (
    "parse",
    "render",
    "load",
    "store",
    "merge",
    "split",
    "count",
    "check",
    "fetch",
    "push",
    "price",
    "order",
    "cancel",
    "refund",
    "ship",
)
_NOUNS = (
    "discount",
    "total",
    "basket",
    "invoice",
    "address",
    "customer",
    "parcel",
    "coupon",
    "tax",
    "rate",
    "label",
    "stock",
    "payment",
    "batch",
)


def _module(chance: random.Random, words: Sequence[str]) -> bytes:
    functions = []
    for _ in range(30):
        name, left, right = chance.sample(words, 3)
        functions.append(
            f"def {name}({left}, {right}):\n"
            f'    """Return the {left} of a {right}, as the ledger has it."""\n'
            f"    if {left} is None:\n        raise ValueError({right!r})\n"
            f"    return {left}.value + {right}.value\n"
        )
    return "\n\n".join(functions).encode()


if __name__ == "__main__":
    main()
