"""The demo's scene: a local forge with the sample repository, and what can be seen of it from outside."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING

from application.ports.vcs import EntryKind
from domain.change_set import ChangeKind, ChangeSet, FileChange
from domain.errors import InvalidInput
from domain.repository import Permission

if TYPE_CHECKING:
    from pathlib import Path

    from application.ports.vcs import Vcs
    from domain.issue import IssueKey
    from domain.repository import GitSource
    from infra.composition import Parts

_MARK = ".coding-agent-demo"
_TESTS_SECONDS = 60
_COUNT = re.compile(r"^Ran (\d+) tests?", re.MULTILINE)
_FAILED = re.compile(r"(?:failures|errors)=(\d+)")


@dataclass(frozen=True, slots=True)
class TestRun:
    """What the sample's own tests said."""

    __test__ = False

    ran: int
    failed: int
    output: str

    @property
    def words(self) -> str:
        """For example `2 of 7 tests fail`."""
        return f"{self.failed} of {self.ran} tests fail" if self.failed else f"all {self.ran} tests pass"


def prepare_folder(folder: Path) -> None:
    """An empty folder for the demo; one that an earlier demo made is emptied, anybody else's is refused."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()) and not (folder / _MARK).exists():
            message = f"{folder} is there already, and no demo made it. Choose another with --dir."
            raise InvalidInput(message)
        (folder / _MARK).touch()
        _empty(folder)
    except OSError as error:
        message = f"The demo cannot use the folder {folder}: {error.strerror}. Choose another with --dir."
        raise InvalidInput(message) from None


def _empty(folder: Path) -> None:
    """Remove all but the mark, so that what is interrupted here is still the demo's own."""
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.name != _MARK:
            path.unlink()


def set_up(parts: Parts, full_name: str, folder: Path) -> IssueKey:
    """Make the repository and open the issue; the owner of the repository is its author."""
    admin = parts.local_forge_admin()
    with resources.as_file(resources.files("entrypoints.cli") / "demo_data" / "repository") as packaged:
        files = folder / "sample"
        shutil.copytree(packaged, files, ignore=shutil.ignore_patterns("__pycache__"))
    repository = admin.create_repository(full_name, files)
    shutil.rmtree(files)
    admin.grant(repository.owner, Permission.ADMIN, repository)
    text = (resources.files("entrypoints.cli") / "demo_data" / "issue.md").read_text(encoding="utf-8")
    title, _, body = text.partition("\n")
    return admin.create_issue(repository, author=repository.owner, title=title, body=body.strip())


def lay_script(folder: Path, name: str = "fix") -> Path:
    """Answers of the scripted model, as files, in place of those that lay there before; return their folder.

    Every conversation with that model begins at the first answer, so what is asked next decides which lie there.
    """
    target = folder / "answers"
    shutil.rmtree(target, ignore_errors=True)
    with resources.as_file(resources.files("entrypoints.cli") / "demo_data" / "answers" / name) as answers:
        return shutil.copytree(answers, target)


async def check_out(vcs: Vcs, source: GitSource, branch: str, folder: Path) -> None:
    """Write the files of a branch into a new folder; links and submodules are left out."""
    async with vcs.open(source, branch) as workspace:
        plain = {EntryKind.FILE, EntryKind.EXECUTABLE}
        contents = await workspace.read([e.path for e in await workspace.entries() if e.kind in plain])
    for path, content in contents.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


async def difference(vcs: Vcs, source: GitSource, base: str, head: str) -> str:
    """What the head's files are, seen from the base, as a unified diff."""
    async with vcs.open(source, base) as before, vcs.open(source, head) as after:
        old = {entry.path: entry.blob for entry in await before.entries()}
        new = {entry.path: entry.blob for entry in await after.entries()}
        contents = await after.read([path for path, blob in new.items() if old.get(path) != blob])
        written = [
            FileChange(ChangeKind.REWRITE if path in old else ChangeKind.CREATE, path, content)
            for path, content in contents.items()
        ]
        removed = [FileChange(ChangeKind.DELETE, path) for path in old.keys() - new.keys()]
        return await before.diff(ChangeSet((*written, *removed)))


def run_tests(folder: Path) -> TestRun:
    """Run the sample's tests, in an environment that holds nothing of ours."""
    done = subprocess.run(
        [sys.executable, "-B", "-m", "unittest"],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=_TESTS_SECONDS,
        check=False,
    )
    ran = _COUNT.search(done.stderr)
    failed = sum(int(number) for number in _FAILED.findall(done.stderr))
    return TestRun(int(ran[1]) if ran else 0, failed if ran else 1, done.stderr)
