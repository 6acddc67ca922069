"""How well and how fast the plain code search finds the files that a fix changes.

    python -m tests.benchmarks.bench_search [--repeat 9] [--json]
    python -m tests.benchmarks.bench_search --cases CASES.jsonl --repos FOLDER [--out RANKINGS.jsonl] [--json]

Without cases: the seconds for a generated repository of 3,000 files on disk. With cases: R@1 and R@5, the share of
issues with all the right files among the first one or five, and the median seconds, by repository. A case is a line of
JSON with `instance_id`, `repo` (owner/name), `base_commit`, `issue` and `gold` (paths); FOLDER holds the repositories
as bare clones named OWNER__NAME.git. Reading from the object database is part of the time.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pygit2

from adapters.code_search.search import LocalCodeSearch
from adapters.tree_sitter.processes import ParsingProcesses
from adapters.tree_sitter.structure import TreeSitterStructure
from application.ports.vcs import EntryKind, TreeEntry
from domain.repository import GitSource
from tests.benchmarks.figures import SPREAD_COLUMNS, Report, show, spread
from tests.fakes.workspace import FakeWorkspace, fake_repository
from tests.support.git_repositories import new_repository
from tests.support.git_vcs import git_adapter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from application.ports.vcs import Workspace

GENERATED_FILES = 3_000
_KINDS = {
    pygit2.enums.FileMode.BLOB: EntryKind.FILE,
    pygit2.enums.FileMode.BLOB_EXECUTABLE: EntryKind.EXECUTABLE,
    pygit2.enums.FileMode.LINK: EntryKind.SYMLINK,
}


class Case(msgspec.Struct):
    """An issue and the files that its fix changed."""

    instance_id: str
    repo: str
    base_commit: str
    issue: str
    gold: list[str]


@dataclass(frozen=True, slots=True)
class Result:
    """The ranking of a case and the seconds that it took."""

    case: Case
    ranking: list[str]
    seconds: float

    def found_in(self, first: int) -> bool:
        """Whether all the right files are among so many."""
        return set(self.case.gold) <= set(self.ranking[:first])


class RevisionOnDisk(FakeWorkspace):
    """A commit of a bare repository, to be read only."""

    def __init__(self, folder: Path, commit: str) -> None:
        super().__init__(fake_repository({}), commit, "")
        self._git = pygit2.Repository(str(folder))
        self._blobs = dict(self._walk(self._git[commit].peel(pygit2.Tree), ""))

    def _walk(self, tree: pygit2.Tree, folder: str) -> Iterator[tuple[str, pygit2.Object]]:
        for item in tree:
            path = f"{folder}{item.name}"
            if isinstance(item, pygit2.Tree):
                yield from self._walk(item, f"{path}/")
            elif item.filemode in _KINDS and item.id in self._git:
                yield path, item

    async def entries(self) -> Sequence[TreeEntry]:
        return [
            TreeEntry(path, _KINDS[pygit2.enums.FileMode(blob.filemode)], blob.size, str(blob.id))
            for path, blob in sorted(self._blobs.items())
            if isinstance(blob, pygit2.Blob)
        ]

    async def read(self, paths: Iterable[str]) -> Mapping[str, bytes]:
        return {path: blob.data for path in paths if isinstance(blob := self._blobs[path], pygit2.Blob)}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one of the two measurements."""
    options = _parse(arguments)
    if not options.cases:
        show(_speed(options.repeat), as_json=options.json)
        return
    results = list(_results(options.cases, options.repos))
    if not results:
        sys.exit(f"no repository of the cases lies in {options.repos}")
    show(_quality(results), as_json=options.json)
    if options.out:
        options.out.write_text("".join(_ranking_line(result) for result in results))


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=Path)
    parser.add_argument("--repos", type=Path)
    parser.add_argument("--out", type=Path, help="write the rankings here, one object a line")
    parser.add_argument("--repeat", type=int, default=9, help="searches of the generated repository")
    parser.add_argument("--json", action="store_true", help="print one object instead of a table")
    options = parser.parse_args(arguments)
    if bool(options.cases) != bool(options.repos):
        parser.error("--cases and --repos go together")
    return options


def _results(cases: Path, repositories: Path) -> Iterator[Result]:
    for line in cases.read_bytes().splitlines():
        case = msgspec.json.decode(line, type=Case)
        folder = repositories / f"{case.repo.replace('/', '__')}.git"
        if folder.exists():
            began = time.perf_counter()
            ranking = _ranked(RevisionOnDisk(folder, case.base_commit), case.issue)
            yield Result(case, ranking, time.perf_counter() - began)


def _ranked(workspace: Workspace, issue: str) -> list[str]:
    return asyncio.run(_paths(workspace, issue))


async def _paths(workspace: Workspace, issue: str) -> list[str]:
    async with aclosing(ParsingProcesses(size=1)) as processes:
        ranking = await LocalCodeSearch(TreeSitterStructure(processes)).rank(workspace, issue)
        return [file.path for file in ranking]


def _quality(results: Sequence[Result]) -> Report:
    groups: defaultdict[str, list[Result]] = defaultdict(list)
    for result in results:
        groups[result.case.repo].append(result)
    measured = {name: _rates(group) for name, group in [*sorted(groups.items()), ("all", list(results))]}
    return Report(
        f"The files that a fix changes, among the first found: {len(results)} issues",
        ("", "cases", "R@1 %", "R@5 %", "median s"),
        [
            (name, f"{row['cases']:.0f}", f"{row['R@1']:.1f}", f"{row['R@5']:.1f}", f"{row['seconds']:.2f}")
            for name, row in measured.items()
        ],
        {"benchmark": "search", "repositories": measured},
    )


def _rates(group: Sequence[Result]) -> dict[str, float]:
    return {
        "cases": len(group),
        **{f"R@{first}": 100 * statistics.mean(result.found_in(first) for result in group) for first in (1, 5)},
        "seconds": statistics.median(result.seconds for result in group),
    }


def _ranking_line(result: Result) -> str:
    line = {"instance_id": result.case.instance_id, "ranking": result.ranking, "seconds": round(result.seconds, 3)}
    return json.dumps(line) + "\n"


def _speed(repeat: int) -> Report:
    """Through the real git adapter, on a repository on disk; each search opens it anew."""
    files = generated_files(GENERATED_FILES)
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
