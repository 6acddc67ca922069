"""How often the secret scan refuses a real change, and how long it takes.

    python -m tests.benchmarks.bench_secret_scan --cases dev.jsonl --cases variants.jsonl.gz
    python -m tests.benchmarks.bench_secret_scan --repository ../django --repository ../flask --commits 1000

`--cases`: lines of JSON with a unified diff in `patch`, or texts by path in `before` and `after`. `--repository`: a
git repository, of which the newest commits that are no merges are taken. Whatever is refused is listed by place and
kind; whether it was rightly so is for the reader to say.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adapters.secret_scan.scanner import SecretScan
from application.secret_gate import added_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

_LISTED = 60


@dataclass
class Diff:
    """What one change adds: path to added lines."""

    name: str
    added: dict[str, list[str]] = field(default_factory=dict)

    @property
    def lines(self) -> int:
        """How many lines are added."""
        return sum(map(len, self.added.values()))


def diffs_of_cases(path: Path) -> Iterator[Diff]:
    """The changes of a file of cases; those that change nothing are left out."""
    with path.open("rb") as raw, gzip.open(raw) if path.suffix == ".gz" else raw as lines:
        for number, line in enumerate(lines, 1):
            case = json.loads(line)
            diff = _diff_of_case(f"{path.name}:{number}", case)
            if diff.lines:
                yield diff


def _diff_of_case(name: str, case: dict[str, Any]) -> Diff:
    if "patch" in case:
        diff = Diff(name)
        for line in case["patch"].split("\n"):
            _take(diff, line)
        return diff
    before, after = case.get("before") or {}, case.get("after") or {}
    changed = {path: text for path, text in after.items() if text is not None}
    added = {path: _added(before.get(path), text) for path, text in changed.items()}
    return Diff(name, added)


def _added(before: str | None, after: str) -> list[str]:
    return list(added_lines((before or "").encode(), after.encode()).values())


def diffs_of_repository(path: Path, commits: int) -> Iterator[Diff]:
    """What the newest commits add."""
    command = ["git", "-C", str(path), "log", "-p", "-U0", "--no-merges", "--no-color", "--no-ext-diff", f"-{commits}"]
    with subprocess.Popen([*command, "--format=%x00%h"], stdout=subprocess.PIPE) as git:
        assert git.stdout is not None
        diff: Diff | None = None
        for raw in git.stdout:
            line = raw.decode(errors="replace").rstrip("\n")
            if line.startswith("\0"):
                if diff is not None:
                    yield diff
                diff = Diff(f"{path.parent.name if path.name == 'repo' else path.name} {line[1:]}")
            elif diff is not None:
                _take(diff, line)
        if diff is not None:
            yield diff


def _take(diff: Diff, line: str) -> None:
    """One line of a unified diff."""
    if line.startswith("+++ "):
        diff.added.setdefault(line.removeprefix("+++ ").removeprefix("b/"), [])
    elif line.startswith("+") and diff.added:
        next(reversed(diff.added.values())).append(line[1:])


async def refusal(scanner: SecretScan, diff: Diff) -> str:
    """Why the change would be refused, "" where it would not be."""
    for path, lines in diff.added.items():
        for finding in [*await scanner.scan(path), *await scanner.scan("\n".join(lines))]:
            return f"{path}: {finding.kind}"
    return ""


async def measure(name: str, diffs: Iterator[Diff]) -> None:
    """Scan the changes, and print what came of it."""
    scanner, changes, lines, refused, seconds = SecretScan(), 0, 0, [], 0.0
    for diff in diffs:
        started = time.perf_counter()
        if why := await refusal(scanner, diff):
            refused.append(f"{diff.name} {why}")
        seconds += time.perf_counter() - started
        changes, lines = changes + 1, lines + diff.lines
    share = 100 * len(refused) / changes if changes else 0.0
    said = (
        f"{name}: {len(refused)} of {changes:,} changes refused ({share:.2f} %), {lines:,} added lines, {seconds:.1f} s"
    )
    sys.stdout.write("\n  ".join([said, *refused[:_LISTED]]) + "\n")
    sys.stdout.flush()


async def main() -> None:
    """Measure what the command line names."""
    parser = argparse.ArgumentParser(description="How often the secret scan refuses a real change.")
    parser.add_argument("--cases", type=Path, action="append", default=[])
    parser.add_argument("--repository", type=Path, action="append", default=[])
    parser.add_argument("--commits", type=int, default=500)
    arguments = parser.parse_args()
    for path in arguments.cases:
        await measure(path.name, diffs_of_cases(path))
    for path in arguments.repository:
        await measure(
            path.parent.name if path.name == "repo" else path.name, diffs_of_repository(path, arguments.commits)
        )


if __name__ == "__main__":
    asyncio.run(main())
