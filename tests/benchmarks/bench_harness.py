"""What is lost between a right answer and the pull request: true fixes as answers, through the whole pipeline.

    python -m tests.benchmarks.bench_harness --cases CASES.jsonl --repos FOLDER [--formats NAME ...] [--write] [--json]
        [--every 1] [--kept FILE] [--allow PATTERN ...]

A case names a repository, its base commit and the true fix as a unified diff; `FOLDER` holds bare clones named
`OWNER__NAME.git`. For each case and format, the fix is written as a model's answer, and a task goes all the way: the
local forge's issue, a repository whose default branch is the base commit, the context, the answer, its edits, the
syntax check, commit, push, pull request. The tree of the pushed commit must be the tree that `git apply` makes of the
fix. The search is replaced by one that ranks the fix's files first, so that they are shown: what is measured is what
becomes of a right answer. The budgets are raised, for no model is asked; all rules on changes are the defaults.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import sys
import tempfile
import time
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.git.pygit_vcs import PyGitVcs
from adapters.local_forge.admin import LocalForgeAdmin
from adapters.local_forge.forge import LocalForge
from adapters.memory.queue import MemoryTaskQueue
from adapters.scripted.model import ScriptedModel
from adapters.system_clock.clock import SystemClock
from application.handlers import Handlers
from application.offered_models import OfferedModels
from application.ports.code_search import CodeSearch, RankedFile
from application.use_cases.quick_fix import QuickFix
from application.use_cases.run_task import Rules, RunTask
from application.use_cases.write_change import WriteChange
from domain.policy import Policy
from domain.repository import Permission
from domain.task import Mode, Task, TaskKind, start_trigger, task_id
from infra import builders
from tests.benchmarks.figures import Report, show
from tests.benchmarks.page import write_part
from tests.benchmarks.true_fixes import git, true_fix
from tests.fakes.audit_log import FakeAuditLog
from tests.fakes.task_events import Recorder
from tests.support.renderings import RENDERINGS, NotExpressible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from application.ports.syntax_checker import SyntaxChecker
    from application.ports.vcs import Workspace
    from domain.outcome import Outcome
    from tests.benchmarks.true_fixes import Case, Row

_AIM = 99.5


class GoldFirst(CodeSearch):
    """Ranks the fix's files first, and nothing else."""

    def __init__(self, paths: Sequence[str]) -> None:
        self._paths = paths

    async def rank(self, workspace: Workspace, issue_text: str) -> Sequence[RankedFile]:
        """In the order given."""
        del workspace, issue_text
        return [RankedFile(path, score=-float(place)) for place, path in enumerate(self._paths)]


def main(arguments: list[str] | None = None) -> None:
    """Measure and print."""
    options = _options(arguments)
    rows = [json.loads(line) for line in options.cases.read_text(encoding="utf-8").splitlines()]
    started = time.monotonic()
    chosen = rows[:: options.every]
    kept = asyncio.run(_measured(chosen, options))
    report = _report(kept, [row["instance_id"] for row in chosen], options, time.monotonic() - started)
    show(report, as_json=options.json)
    if options.write:
        write_part("harness", report)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=Path, required=True, help="lines of JSON: repo, base_commit, patch")
    parser.add_argument("--repos", type=Path, required=True, help="folder of bare clones, OWNER__NAME.git")
    parser.add_argument("--formats", nargs="+", default=list(RENDERINGS), choices=list(RENDERINGS))
    parser.add_argument("--every", type=int, default=1, help="take every so many cases only")
    parser.add_argument("--kept", type=Path, help="keep how each run ended in this file, and run no such run again")
    parser.add_argument("--allow", nargs="+", default=[], help="protected paths that may be changed after all")
    parser.add_argument("--write", action="store_true", help="write the table into docs/BENCHMARKS.md as well")
    parser.add_argument("--json", action="store_true", help="print one object instead of a table")
    return parser.parse_args(arguments)


class Kept:
    """How each run ended; with a file, one line of JSON each, so that a run broken off goes on where it was."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        lines = path.read_text(encoding="utf-8").splitlines() if path and path.exists() else []
        self.ended: dict[tuple[str, str], tuple[str, str]] = {}
        for line in lines:
            case, name, ended, why = json.loads(line)
            self.ended[case, name] = ended, why

    def keep(self, case: str, name: str, ended: str, why: str) -> None:
        """Remember one end."""
        self.ended[case, name] = ended, why
        if self._path:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps([case, name, ended, why]) + "\n")


async def _measured(rows: Sequence[Row], options: argparse.Namespace) -> Kept:
    kept = Kept(options.kept)
    async with AsyncExitStack() as stack:
        syntax = builders.syntax(builders.parsing(stack))
        for number, (row, name) in enumerate(_in_rounds(rows, options.formats), start=1):
            if (row["instance_id"], name) not in kept.ended:
                with tempfile.TemporaryDirectory() as folder:
                    await _run(row, name, Path(folder), options, syntax, kept)
            lost = sum(ended in {"refused", "wrong"} for ended, _ in kept.ended.values())
            sys.stderr.write(f"\r{number} of {len(rows) * len(options.formats)}, lost: {lost} ")
            sys.stderr.flush()
    sys.stderr.write("\n")
    return kept


def _in_rounds(rows: Sequence[Row], formats: Sequence[str]) -> Iterator[tuple[Row, str]]:
    """Each case in each format, all cases once before any comes again: what is broken off has seen all of them."""
    for turn in range(len(formats)):
        for number, row in enumerate(rows):
            yield row, formats[(number + turn) % len(formats)]


async def _run(
    row: Row, name: str, folder: Path, options: argparse.Namespace, syntax: SyntaxChecker, kept: Kept
) -> None:
    case = true_fix(row, options.repos, folder)
    ended, why = "no repository", ""
    if case is not None:
        ended, why = await _played(case, name, folder, syntax, tuple(options.allow))
    kept.keep(row["instance_id"], name, ended, why)


async def _played(
    case: Case, name: str, folder: Path, syntax: SyntaxChecker, allowed: tuple[str, ...]
) -> tuple[str, str]:
    """How it ended, and why."""
    try:
        answer = RENDERINGS[name](case.fix)
    except NotExpressible:
        return "not expressible", "the format cannot delete a file"
    scene = folder / name.replace("/", "-").replace(" ", "-")
    scene.mkdir()
    (scene / "answer.md").write_text(answer, encoding="utf-8", errors="surrogateescape")
    outcome, tree = await _pushed_tree(case, scene, syntax, allowed)
    shutil.rmtree(scene)
    if tree == case.tree:
        return "right", ""
    return ("wrong" if tree else "refused"), " ".join(str(outcome).split())[:600]


async def _pushed_tree(
    case: Case, scene: Path, syntax: SyntaxChecker, allowed: tuple[str, ...]
) -> tuple[Outcome | None, str]:
    """The task's end, and the tree of the branch that a pull request is open for; "" where there is none."""
    clock = SystemClock()
    admin = LocalForgeAdmin(scene / "forge", clock)
    ref = admin.import_repository(case.repo, case.bare)
    admin.grant("maintainer", Permission.WRITE)
    issue = admin.create_issue(ref, author="maintainer", title="Mend it", body="It is broken.", labels=["ai-help"])
    forge = LocalForge(scene / "forge", clock)
    asked = clock.now()
    identity = task_id(ref, issue.number, start_trigger(asked.isoformat()))
    task = Task(identity, TaskKind.START, ref, issue.number, "maintainer", asked, "Mend it", "It is broken.")
    queue = MemoryTaskQueue(clock)
    await queue.publish(task)
    policy = Policy(
        allowed_repositories=frozenset({case.repo}), max_tokens=100_000_000, allowed_protected_paths=allowed
    )
    outcome = await _worker(case, scene, forge, syntax, policy).run(await queue.take())
    await queue.close()
    pulls = list((scene / "forge").rglob("pulls/*.md"))
    bare = next((scene / "forge").rglob("HEAD")).parent
    if not pulls:
        return outcome, ""
    return outcome, git(bare, "rev-parse", f"refs/heads/{task.branch}^{{tree}}").decode().strip()


def _worker(case: Case, scene: Path, forge: LocalForge, syntax: SyntaxChecker, policy: Policy) -> RunTask:
    clock = SystemClock()
    shown = [path for path in case.fix.paths() if case.fix.before[path] is not None]
    model = ScriptedModel(
        scene / "answer.md",
        pause_seconds=0,
        piece_characters=10_000_000,
        context_tokens=20_000_000,
        max_answer_tokens=2_000_000,
    )
    write = WriteChange(
        models=OfferedModels(model, {}),
        search=GoldFirst(shown),
        syntax=syntax,
        policy=policy,
        repair_rounds=0,
        context_tokens=2_000_000,
    )
    return RunTask(
        forge=forge,
        vcs=PyGitVcs(workdir=scene, author_name="Agent", author_email="agent@example.org", clock=clock),
        clock=clock,
        policy=policy,
        handlers=Handlers({TaskKind.QUICKFIX: lambda: QuickFix(write)}, Mode.QUICKFIX),
        listener=lambda _: Recorder(),
        audit=FakeAuditLog(),
        rules=Rules(max_attempts=1, deadline_seconds=600.0, trigger_label="ai-help", assignee=""),
    )


def _report(kept: Kept, cases: Sequence[str], options: argparse.Namespace, seconds: float) -> Report:
    results = {
        name: Counter(kept.ended[case, name][0] for case in cases if (case, name) in kept.ended)
        for name in options.formats
    }
    losses = [
        f"- {case}, {name}: {ended}: {why}"
        for (case, name), (ended, why) in kept.ended.items()
        if ended in {"refused", "wrong"}
    ]
    columns = ["", "right", "refused", "wrong", "not expressible", "no repository", "right %"]
    rows = [_row(name, results[name]) for name in options.formats]
    total = sum(results.values(), Counter[str]())
    return Report(
        "Harness loss: true fixes as answers, through the whole pipeline",
        columns,
        [*rows, _row("all", total)],
        {"formats": {name: dict(found) for name, found in results.items()}, "seconds": round(seconds, 1)},
        "\n".join([f"Aim: at least {_AIM} % of those that can be expressed. Lost:", "", *(losses or ["- none"])]),
    )


def _row(name: str, found: Counter[str]) -> list[str]:
    possible = found["right"] + found["refused"] + found["wrong"]
    share = f"{100 * found['right'] / possible:.2f}" if possible else "-"
    kinds = ("right", "refused", "wrong", "not expressible", "no repository")
    return [name, *(str(found[kind]) for kind in kinds), share]


if __name__ == "__main__":
    main()
