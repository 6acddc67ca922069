"""The hostile cases of `tests/data/hostile/`, and a stage with real git for those that reach for a repository."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

from adapters.secret_scan.scanner import SecretScan
from application.secret_gate import ScannedVcs, scanned_forge
from tests.support.git_repositories import bare_copy, new_repository
from tests.support.git_vcs import git_adapter
from tests.support.stage import Stage

if TYPE_CHECKING:
    from application.ports.secret_scanner import SecretScanner
    from domain.policy import Policy
    from tests.support.git_repositories import GitFolder

FOLDER = Path(__file__).parents[1] / "data" / "hostile"
APP = "def add(a, b):\n    return a - b\n"


def document(name: str) -> dict[str, Any]:
    """A whole file of cases."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def cases(name: str, table: str = "case") -> list[Any]:
    """One parameter a case, named as the case is."""
    return [pytest.param(case, id=case["name"]) for case in document(name)[table]]


def number_of_cases() -> int:
    """How many attempts there are in all files, each combination of place and secret counted once."""
    whole = {path.stem: document(path.stem) for path in FOLDER.glob("*.toml")}
    return sum(len(entries) for file in whole.values() for entries in file.values())


def hostile_repository(folder: Path) -> GitFolder:
    """A bare repository with links that lead out of it, a submodule, a workflow and a file that no model is shown."""
    tree = new_repository(folder / "tree")
    tree.write("src/app.py", APP)
    tree.write("README.md", "# Shop\n")
    tree.write("Makefile", "all:\n")
    tree.write("docs/unshown.bin", b"\x00\x01")
    tree.write(".github/workflows/ci.yml", "on: push\n")
    (tree.path / "link").symlink_to("src")
    (tree.path / "out").symlink_to("/etc")
    (tree.path / "vendor").mkdir()
    tree.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},vendor")
    tree.commit("Begin")
    return bare_copy(tree, folder / "shop.git")


class GitStage(Stage):
    """A stage whose repository is a real one, and whose gate searches for real unless another scanner is given."""

    def __init__(
        self,
        repository: GitFolder,
        workdir: Path,
        *answers: str,
        policy: Policy | None = None,
        scanner: SecretScanner | None = None,
    ) -> None:
        super().__init__(*answers, policy=policy, location=str(repository.path))
        self.repository = repository
        self.open_forge = self.forge
        scan = scanner or SecretScan()
        self.forge = cast("Any", scanned_forge(self.forge, scan))
        self.vcs = cast("Any", ScannedVcs(git_adapter(workdir, clock=self.clock), scan))

    def published(self) -> list[str]:
        """Every text that people can read: comments, pull requests, and what the agent's commits say and add."""
        comments = [comment.body for comment in self.open_forge.thread(self.issue).comments]
        pulls = [f"{pull.title}\n{pull.body}" for pull in self.open_forge.pulls(self.ref)]
        return [*comments, *pulls, *self.commits()]

    def commits(self) -> list[str]:
        """The commits that are on another branch than `main`."""
        log = self.repository.git("log", "--all", "--not", "main", "--patch", "--format=%x00%B")
        return log.split("\0")[1:]
