"""How well and how fast the plain code search finds the files that a fix changes.

    python -m tests.benchmarks.bench_search
    python -m tests.benchmarks.bench_search --cases CASES.jsonl --repos FOLDER [--out RANKINGS.jsonl]

Without arguments: the seconds for a generated repository of 3,000 files. With cases: R@1 and R@5, the share of issues
with all the right files among the first one or five, and the median seconds, by repository. A case is a line of JSON
with `instance_id`, `repo` (owner/name), `base_commit`, `issue` and `gold` (paths); FOLDER holds the repositories as
bare clones named OWNER__NAME.git. Reading from the object database is part of the time.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import statistics
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pygit2

from adapters.code_search.bm25 import Bm25CodeSearch
from application.ports.vcs import EntryKind, TreeEntry
from tests.fakes.workspace import FakeWorkspace, fake_repository, fake_workspace

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


def main() -> None:
    """Parse the arguments and run one of the two measurements."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=Path)
    parser.add_argument("--repos", type=Path)
    parser.add_argument("--out", type=Path, help="write the rankings here, one object a line")
    options = parser.parse_args()
    if bool(options.cases) != bool(options.repos):
        parser.error("--cases and --repos go together")
    if not options.cases:
        _print_speed()
    elif results := list(_results(options.cases, options.repos)):
        _print_quality(results, options.out)
    else:
        parser.error(f"no repository of the cases lies in {options.repos}")


def _results(cases: Path, repositories: Path) -> Iterator[Result]:
    for line in cases.read_bytes().splitlines():
        case = msgspec.json.decode(line, type=Case)
        folder = repositories / f"{case.repo.replace('/', '__')}.git"
        if folder.exists():
            began = time.perf_counter()
            ranking = _ranked(RevisionOnDisk(folder, case.base_commit), case.issue)
            yield Result(case, ranking, time.perf_counter() - began)


def _ranked(workspace: Workspace, issue: str) -> list[str]:
    return [file.path for file in asyncio.run(Bm25CodeSearch().rank(workspace, issue))]


def _print_quality(results: Sequence[Result], out: Path | None) -> None:
    groups: defaultdict[str, list[Result]] = defaultdict(list)
    for result in results:
        groups[result.case.repo].append(result)
    print(f"{'repository':24} {'cases':>5} {'R@1':>6} {'R@5':>6} {'seconds':>8}")  # noqa: T201 - a program's output
    for name, group in [*sorted(groups.items()), ("all", list(results))]:
        rates = " ".join(
            f"{statistics.mean(100 * result.found_in(first) for result in group):6.1f}" for first in (1, 5)
        )
        seconds = statistics.median(result.seconds for result in group)
        print(f"{name:24} {len(group):5} {rates} {seconds:8.2f}")  # noqa: T201 - a program's output
    if out:
        out.write_text("".join(_ranking_line(result) for result in results))


def _ranking_line(result: Result) -> str:
    line = {"instance_id": result.case.instance_id, "ranking": result.ranking, "seconds": round(result.seconds, 3)}
    return json.dumps(line) + "\n"


def _print_speed() -> None:
    files = generated_files(GENERATED_FILES)
    workspace = fake_workspace(files)
    issue = "Rounding in price_total is wrong\n\nSee shop_12/module_1207.py: parse_discount() drops a cent."
    began = time.perf_counter()
    first = _ranked(workspace, issue)[0]
    seconds = time.perf_counter() - began
    size = sum(map(len, files.values())) / 1e6
    print(f"{len(files):,} files, {size:.1f} MB: {seconds:.2f} s; best: {first}")  # noqa: T201 - a program's output


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
