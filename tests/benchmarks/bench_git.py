"""Clone, commit and push over HTTP: the adapter against the git program, on the same data, in turns.

    python -m tests.benchmarks.bench_git [--files 3000] [--repeat 9] [--json]

The git program makes a bare clone one commit deep, commits by plumbing and pushes; the adapter opens a workspace and
pushes the same change, once as a caller does (through its thread, with the list of files in memory). One round of
each comes first and is not counted.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import shutil
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from domain.repository import GitSource
from domain.secret import Secret
from tests.benchmarks.figures import SPREAD_COLUMNS, Report, show, spread
from tests.support.git_http import git_http_server
from tests.support.git_repositories import bare_copy, git, new_repository
from tests.support.git_vcs import MESSAGE, edit, git_adapter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from tests.support.git_http import GitHttpServer

AIM_RATIO = 1.25
_NAMES = {"git": "the git program", "adapter": "the adapter"}
_USER, _PASSWORD = "agent", "s3cret"
_EDITED = "package_0/module_0.py"
_WORDS = ("value", "result", "index", "total", "name", "path", "count", "buffer", "handler", "request", "token", "node")


def main(arguments: list[str] | None = None) -> None:
    """Measure and print."""
    options = _options(arguments)
    with tempfile.TemporaryDirectory() as folder, _served(Path(folder), options.files) as server:
        seconds = _measure(Path(folder), server, options.repeat)
    show(_report(options.files, seconds), as_json=options.json)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=3000)
    parser.add_argument("--repeat", type=int, default=9, help="rounds of each")
    parser.add_argument("--json", action="store_true", help="print one object instead of a table")
    return parser.parse_args(arguments)


def _served(folder: Path, files: int) -> AbstractContextManager[GitHttpServer]:
    repository = new_repository(folder / "made")
    for number, content in enumerate(_contents(files)):
        repository.write(f"package_{number % 150}/module_{number // 150}.py", content)
    repository.commit("All of it")
    bare = bare_copy(repository, folder / "served" / "big.git")
    bare.git("repack", "-adq")
    return git_http_server(bare.path.parent, _USER, _PASSWORD)


def _contents(files: int) -> Iterator[str]:
    """Text of 1 to 9 kB that resembles code in size and in how well it packs; the same in each run."""
    dice = random.Random(7)  # noqa: S311  # data, not secrets
    for number in range(files):
        lines = (
            f"    {dice.choice(_WORDS)}_{dice.randrange(999)} = {dice.choice(_WORDS)}({dice.random()})"
            for _ in range(120)
        )
        kept = list(lines)[: dice.randrange(20, 120)]
        yield "\n".join([f"def function_{number}():", *kept, ""])


def _measure(folder: Path, server: GitHttpServer, repeat: int) -> dict[str, list[float]]:
    seconds: dict[str, list[float]] = {"git": [], "adapter": []}
    for turn in range(repeat + 1):
        contenders: list[tuple[str, Callable[[Path, GitHttpServer, str], None]]] = [
            ("git", _by_git),
            ("adapter", _by_adapter),
        ]
        for who, job in contenders if turn % 2 else reversed(contenders):
            started = time.perf_counter()
            job(folder / "work", server, f"{who}-{turn}")
            if turn:
                seconds[who].append(round(time.perf_counter() - started, 4))
    return seconds


def _by_git(folder: Path, server: GitHttpServer, branch: str) -> None:
    url = f"http://{_USER}:{_PASSWORD}@127.0.0.1:{server.server_port}/big.git"
    clone = folder / branch
    folder.mkdir(exist_ok=True)
    git(folder, "clone", "--quiet", "--bare", "--depth", "1", "--single-branch", url, branch)
    git(clone, "read-tree", "HEAD")
    blob = git(clone, "hash-object", "-w", "--stdin", stdin=_new_content(branch))
    git(clone, "update-index", "--cacheinfo", f"100644,{blob},{_EDITED}")
    commit = git(clone, "commit-tree", "-p", "HEAD", "-m", "Mend it", git(clone, "write-tree"))
    git(clone, "push", "--quiet", "origin", f"{commit}:refs/heads/{branch}")
    shutil.rmtree(clone)


def _by_adapter(folder: Path, server: GitHttpServer, branch: str) -> None:
    source = GitSource(f"{server.url}/big.git", _USER, Secret(_PASSWORD))
    asyncio.run(_open_and_push(folder, source, branch))


async def _open_and_push(folder: Path, source: GitSource, branch: str) -> None:
    async with git_adapter(folder).open(source) as workspace:
        await workspace.push(branch, edit(_EDITED, _new_content(branch)), MESSAGE)


def _new_content(branch: str) -> bytes:
    return f"changed = {branch!r}\n".encode()


def _report(files: int, seconds: dict[str, list[float]]) -> Report:
    """The ratio is that of the medians; beside it, the ratios of neighbours in time."""
    rounds = list(zip(seconds["adapter"], seconds["git"], strict=True))
    pairs = spread(ours / theirs for ours, theirs in rounds)
    times = {who: spread(measured) for who, measured in seconds.items()}
    ratio = times["adapter"].median / times["git"].median
    return Report(
        f"Clone, commit and push of {files:,} files over HTTP, {len(rounds)} rounds",
        ("", *SPREAD_COLUMNS),
        [
            *((f"{_NAMES[who]}, s", *measured.cells(3)) for who, measured in times.items()),
            ("ratio within a round", *pairs.cells()),
        ],
        {
            "benchmark": "git",
            "files": files,
            "seconds": {who: measured.numbers() for who, measured in times.items()},
            "ratio_within_a_round": pairs.numbers(),
            "ratio_of_medians": round(ratio, 3),
        },
        f"Ratio of the medians {ratio:.2f}. Aim: at most {AIM_RATIO:g}: {'met' if ratio <= AIM_RATIO else 'not met'}.",
    )


if __name__ == "__main__":
    main()
