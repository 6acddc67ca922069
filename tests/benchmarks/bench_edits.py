"""Applying models' answers: ours, plain `str.replace` and aider's code, on the same cases in the same run.

    python -m tests.benchmarks.bench_edits [--cases FOLDER] [--aider PYTHON] [--write] [--json]

`FOLDER` holds `variants.jsonl.gz` and `cases.jsonl` (tests/data/edits by default); `PYTHON` is the interpreter of an
environment with aider-chat. Right is a tree that is as it must be byte for byte, or a refusal where one is wanted;
wrong is any other tree. The peers are given what they can read: blocks, and in aider's case diffs.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from application.editing.formats.search_replace import read_search_replace
from tests.benchmarks.figures import Report, show
from tests.benchmarks.page import write_part
from tests.support.edit_cases import DATA, edit_cases, outcome

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.support.edit_cases import EditCase

_PEER = Path(__file__).with_name("aider_peer.py")
_BLOCKS = ("search-replace", "roo-search-replace", "cline-search-replace")
_ENDS = ("right", "refused", "wrong")


def main(arguments: list[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=Path, default=DATA, help="folder of variants.jsonl.gz and cases.jsonl")
    parser.add_argument("--aider", type=Path, help="the Python of an environment with aider-chat")
    parser.add_argument("--write", action="store_true", help="write the table into docs/BENCHMARKS.md as well")
    parser.add_argument("--json", action="store_true", help="print one object instead of tables")
    options = parser.parse_args(arguments)
    cases = [case for case in edit_cases(options.cases) if case.expect != "parse"]
    started = time.monotonic()
    ours = {case.id: outcome(case) for case in cases}
    seconds = time.monotonic() - started
    plain = {case.id: _plain(case) for case in cases if _format(case) in _BLOCKS}
    aider = _aider(cases, options.aider) if options.aider else {}
    report = _report(cases, {"ours": ours, "str.replace": plain, "aider": aider}, seconds)
    show(report, as_json=options.json)
    if options.write:
        write_part("edits", report)


def _format(case: EditCase) -> str:
    return case.kind.split(" ", maxsplit=1)[0].removesuffix("+lines")


def _plain(case: EditCase) -> str:
    """Every block by `str.replace`, once, in the file that our own reader finds for it."""
    found = read_search_replace(case.answer.split("\n"), case.before)
    texts = {path: content.decode() for path, content in case.before.items()}
    only = next(iter(texts), "")
    for edit in found.edits:
        block = edit.blocks[0]
        path = edit.path if edit.path in texts else only
        if found.problems or not block.search or block.search not in texts.get(path, ""):
            return _judged(case, None)
        texts[path] = texts[path].replace(block.search, block.replace, 1)
    return _judged(case, texts if found.edits else None)


def _judged(case: EditCase, texts: Mapping[str, str] | None) -> str:
    if texts is None:
        return "right" if case.expect == "reject" else "refused"
    tree = {path: text.encode() for path, text in texts.items()}
    return "right" if case.expect == "apply" and tree == case.after else "wrong"


def _aider(cases: Sequence[EditCase], python: Path) -> dict[str, str]:
    readable = [case for case in cases if _format(case) in {*_BLOCKS, "udiff"}]
    lines = [json.dumps(_row(case)) for case in readable]
    answered = subprocess.run(
        [python, _PEER], input="\n".join(lines) + "\n", text=True, capture_output=True, check=True
    ).stdout.splitlines()
    return {case.id: _judged(case, json.loads(line)) for case, line in zip(readable, answered, strict=True)}


def _row(case: EditCase) -> dict[str, Any]:
    before = {path: content.decode() for path, content in case.before.items()}
    return {"format": _format(case), "answer": case.answer, "before": before}


def _report(cases: Sequence[EditCase], found: Mapping[str, Mapping[str, str]], seconds: float) -> Report:
    kinds = sorted({(not case.is_variant, case.kind) for case in cases})
    rows = [_line(kind, [c for c in cases if c.kind == kind and c.is_variant != other], found) for other, kind in kinds]
    rows += [
        _line("all variants", [case for case in cases if case.is_variant], found),
        _line("all of other tools", [case for case in cases if not case.is_variant], found),
    ]
    return Report(
        "Edits: right / refused / wrong",
        ["", "cases", *found],
        rows,
        {name: dict(Counter(ends.values())) for name, ends in found.items()},
        f"{len(cases)} cases in {seconds:.1f} s. `-`: the peer does not read this format.",
    )


def _line(name: str, cases: Sequence[EditCase], found: Mapping[str, Mapping[str, str]]) -> list[str]:
    return [name, str(len(cases)), *(_cell([ends[c.id] for c in cases if c.id in ends]) for ends in found.values())]


def _cell(ends: Sequence[str]) -> str:
    counted = Counter(ends)
    return " / ".join(str(counted[end]) for end in _ENDS) if ends else "-"


if __name__ == "__main__":
    main()
