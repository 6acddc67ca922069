"""How well the code search finds the files that a fix changes, and how much of the fix the model is shown.

    python -m tests.benchmarks.bench_locate --cases CASES.jsonl --repos FOLDER
        [--cache FOLDER] [--out RANKINGS.jsonl] [--write] [--json]

R@n is the share of issues with *all* the right files among the first n. Beside it, on the same cases in the same run,
whole files by `bm25s` (its own tokenizer, no stop words), and beside what the model is shown the plain way: the best
files whole until the room is used. A case is a line of JSON with `instance_id`, `repo` (owner/name), `base_commit`,
`issue`, `gold` (paths) and `patch`; FOLDER holds the repositories as bare clones named OWNER__NAME.git. The seconds are
for listing, reading and ranking. The weights of the search were learned on the cases that docs/BENCHMARKS.md names: see
`learn_weights` for what they are worth on repositories that they were not learned on.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
import time
from collections import defaultdict
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import bm25s  # type: ignore[import-untyped]

from adapters.code_search.blob_cache import BlobCache
from adapters.code_search.cached_structure import CachedStructure
from adapters.code_search.search import LocalCodeSearch
from adapters.tree_sitter.processes import ParsingProcesses
from adapters.tree_sitter.structure import TreeSitterStructure
from application.context import build_context
from application.passages import lines_of
from application.token_estimate import estimate_tokens
from tests.benchmarks.figures import Report, show
from tests.benchmarks.localization import RevisionOnDisk, cases_in, changed_lines
from tests.benchmarks.page import write_part

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from application.ports.code_search import CodeSearch, RankedFile
    from tests.benchmarks.localization import Case

ROOMS = (8_000, 16_000, 32_000)
_MAX_CACHE_BYTES = 4_000_000_000
_FENCE_TOKENS = 40
Lines = dict[str, frozenset[int]]


@dataclass(frozen=True, slots=True)
class Result:
    """One case: our ranking and the peer's, the seconds, and the shares of the fix that were shown, ours and plain."""

    case: Case
    ranking: list[str]
    peer: list[str]
    seconds: float
    shown: dict[int, float]
    plain: dict[int, float]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print, and write the page's part where that is asked for."""
    options = _parse(arguments)
    results = asyncio.run(_results(options))
    if not results:
        sys.exit(f"no repository of the cases lies in {options.repos}")
    reports = [_quality(results), _context(results)]
    for report in reports:
        show(report, as_json=options.json)
    if options.write:
        write_part("locate", reports[0])
        write_part("context", reports[1])


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=Path, required=True)
    parser.add_argument("--repos", type=Path, required=True)
    parser.add_argument(
        "--cache", type=Path, help="a cache for the search; the seconds are then no longer of a first run"
    )
    parser.add_argument("--out", type=Path, help="write the rankings here, one object a line")
    parser.add_argument("--write", action="store_true", help="write the tables into docs/BENCHMARKS.md as well")
    parser.add_argument("--json", action="store_true", help="print objects instead of tables")
    return parser.parse_args(arguments)


async def _results(options: argparse.Namespace) -> list[Result]:
    results = []
    async with aclosing(ParsingProcesses(size=1)) as processes:
        search = _search(processes, options.cache)
        for case, folder in cases_in(options.cases, options.repos):
            result = await _result(case, folder, search)
            results.append(result)
            if options.out:
                with options.out.open("a") as file:
                    file.write(_ranking_line(result))
    return results


def _search(processes: ParsingProcesses, cache_folder: Path | None) -> CodeSearch:
    structure = TreeSitterStructure(processes)
    if cache_folder is None:
        return LocalCodeSearch(structure)
    cache = BlobCache(cache_folder, _MAX_CACHE_BYTES)
    return LocalCodeSearch(CachedStructure(structure, cache), cache=cache)


async def _result(case: Case, folder: Path, search: CodeSearch) -> Result:
    began = time.perf_counter()
    workspace = RevisionOnDisk(folder, case.base_commit)
    entries = await workspace.entries()
    ranking = await search.rank(workspace, case.issue)
    seconds = time.perf_counter() - began
    contents = await workspace.read([file.path for file in ranking])
    fix = changed_lines(case.patch)
    shown = {}
    for room in ROOMS:
        context = await build_context(entries, ranking, workspace.read, case.issue, room)
        lines = {
            file.path: frozenset(n for part in file.parts for n in range(part.first, part.last + 1))
            for file in context.files
        }
        shown[room] = _share(fix, lines)
    plain = {room: _share(fix, _plain(ranking, contents, room)) for room in ROOMS}
    return Result(case, [file.path for file in ranking], _peer(contents, case.issue), seconds, shown, plain)


def _share(fix: Lines, shown: Lines) -> float:
    """The share of the fix's lines that are shown; 1 where it has none."""
    total = sum(map(len, fix.values()))
    return sum(len(lines & shown.get(path, frozenset())) for path, lines in fix.items()) / total if total else 1.0


def _plain(ranking: Sequence[RankedFile], contents: Mapping[str, bytes], room: int) -> Lines:
    """The best files whole; the one with which the room ends is shown from its head on, and is the last."""
    shown: dict[str, frozenset[int]] = {}
    for file in ranking:
        lines = lines_of(contents[file.path].decode(errors="replace"))
        room -= _FENCE_TOKENS + estimate_tokens(file.path)
        whole = 0
        for line in lines:
            room -= estimate_tokens(line)
            if room < 0:
                break
            whole += 1
        shown[file.path] = frozenset(range(1, whole + 1))
        if room < 0:
            break
    return shown


def _peer(contents: Mapping[str, bytes], issue: str) -> list[str]:
    paths = sorted(contents)
    texts = [f"{path}\n{contents[path].decode(errors='replace')}" for path in paths]
    retriever = bm25s.BM25()
    retriever.index(bm25s.tokenize(texts, stopwords=None, show_progress=False), show_progress=False)
    question = bm25s.tokenize([issue], stopwords=None, show_progress=False)
    found, _ = retriever.retrieve(question, corpus=paths, k=min(50, len(paths)), show_progress=False)
    return [str(path) for path in found[0]]


def _quality(results: Sequence[Result]) -> Report:
    groups: defaultdict[str, list[Result]] = defaultdict(list)
    for result in results:
        groups[result.case.repo].append(result)
    measured = {name: _rates(group) for name, group in [*sorted(groups.items()), ("all", list(results))]}
    columns = ("cases", "R@1", "R@5", "R@10", "R@50", "one: R@1", "several: R@5", "bm25s R@5", "seconds")
    return Report(
        f"The files that a fix changes, among the first found: {len(results)} issues, percent",
        ("", *columns),
        [(name, *(_cell(column, row[column]) for column in columns)) for name, row in measured.items()],
        {"benchmark": "locate", "repositories": measured},
        "`one` and `several`: of the issues whose fix changes one file, or more than one. Seconds: the median.",
    )


def _cell(column: str, value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.0f}" if column == "cases" else f"{value:.2f}" if column == "seconds" else f"{value:.1f}"


def _rates(group: Sequence[Result]) -> dict[str, float | None]:
    one = [result for result in group if len(result.case.gold) == 1]
    several = [result for result in group if len(result.case.gold) > 1]
    return {
        "cases": len(group),
        **{f"R@{first}": _found(group, first) for first in (1, 5, 10, 50)},
        "one: R@1": _found(one, 1),
        "several: R@5": _found(several, 5),
        "bm25s R@5": 100 * statistics.mean(set(result.case.gold) <= set(result.peer[:5]) for result in group),
        "seconds": statistics.median(result.seconds for result in group),
    }


def _found(group: Sequence[Result], first: int) -> float | None:
    """The percentage of cases with all the right files among the first; None where there are no cases."""
    return 100 * statistics.mean(set(one.case.gold) <= set(one.ranking[:first]) for one in group) if group else None


def _context(results: Sequence[Result]) -> Report:
    rows, figures = [], {}
    for room in ROOMS:
        ours = 100 * statistics.mean(result.shown[room] for result in results)
        plain = 100 * statistics.mean(result.plain[room] for result in results)
        figures[f"{room}"] = {"shown": ours, "plain": plain}
        rows.append((f"{room:,} tokens", f"{ours:.1f}", f"{plain:.1f}", f"{ours / plain:.2f}" if plain else ""))
    return Report(
        "The lines that a fix changes, as far as the model is shown them, percent",
        ("", "shown", "best files whole", "ratio"),
        rows,
        {"benchmark": "context", "rooms": figures},
        "Both use the same ranking and estimate of tokens; the first has the tree and the notes within the room.",
    )


def _ranking_line(result: Result) -> str:
    line = {
        "instance_id": result.case.instance_id,
        "ranking": result.ranking[:50],
        "peer": result.peer[:50],
        "seconds": round(result.seconds, 3),
        "shown": result.shown,
        "plain": result.plain,
    }
    return json.dumps(line) + "\n"


if __name__ == "__main__":
    main()
