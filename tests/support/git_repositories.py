"""Repositories made by the git program, for tests to read and to look into afterwards."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_ENVIRONMENT: Mapping[str, str] = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
    "PATH": os.environ.get("PATH", os.defpath),
    "LC_ALL": "C",
}


def git(folder: Path, *arguments: str, stdin: bytes = b"") -> str:
    """What the git program prints, without the machine's configuration and without the last line break."""
    done = subprocess.run(
        ["git", *arguments], cwd=folder, env=_ENVIRONMENT, input=stdin, capture_output=True, check=True
    )
    return done.stdout.decode("utf-8", "replace").rstrip("\n")


@dataclass(frozen=True, slots=True)
class GitFolder:
    """A repository in a folder, with a working tree or bare."""

    path: Path

    def git(self, *arguments: str, stdin: bytes = b"") -> str:
        """Run git in it."""
        return git(self.path, *arguments, stdin=stdin)

    def commit(self, message: str = "Change") -> str:
        """Commit all that is in the working tree; the commit's id."""
        self.git("add", "--all", ".")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.id_of("HEAD")

    def write(self, path: str, content: str | bytes) -> None:
        """Put a file into the working tree."""
        file = self.path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)

    def id_of(self, revision: str) -> str:
        """The commit's id; "" where there is none."""
        command = ["git", "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}"]
        done = subprocess.run(command, cwd=self.path, env=_ENVIRONMENT, capture_output=True, check=False)
        return done.stdout.decode().strip()

    def show(self, revision: str, path: str) -> bytes:
        """A file's bytes as they are committed."""
        command = ["git", "cat-file", "blob", f"{revision}:{path}"]
        return subprocess.run(command, cwd=self.path, env=_ENVIRONMENT, capture_output=True, check=True).stdout

    def mode(self, revision: str, path: str) -> str:
        """A path's mode in git's six digits."""
        return self.git("ls-tree", revision, "--", path).split()[0]

    def paths(self, revision: str) -> list[str]:
        """All paths of a commit."""
        return self.git("ls-tree", "-r", "--name-only", "-z", revision).strip("\0").split("\0")

    def hook(self, name: str, script: str) -> None:
        """Have a shell script run by git in this repository."""
        file = self.path / ("hooks" if (self.path / "hooks").is_dir() else ".git/hooks") / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"#!/bin/sh\n{script}\n")
        file.chmod(0o755)


def new_repository(path: Path) -> GitFolder:
    """An empty repository with a working tree and the branch `main`."""
    path.mkdir(parents=True)
    git(path, "init", "--quiet", "--initial-branch=main", ".")
    return GitFolder(path)


def bare_copy(repository: GitFolder, path: Path) -> GitFolder:
    """A bare clone of it, with branches and tags, and nothing that points back."""
    git(repository.path, "clone", "--quiet", "--bare", "--no-hardlinks", ".", str(path))
    git(path, "remote", "remove", "origin")
    return GitFolder(path)


def sample_repository(path: Path) -> GitFolder:
    """One of each kind of path, and a history of two commits on `main`, a branch `other` and a tag `v1`."""
    repository = new_repository(path)
    repository.write("README.md", "# Sample\n")
    repository.commit("Begin")
    repository.git("tag", "--annotate", "--message", "First", "v1")
    repository.git("branch", "other")
    _one_of_each(repository)
    repository.commit("Add one of each")
    return repository


LFS_POINTER = (
    b"version https://git-lfs.github.com/spec/v1\n"
    b"oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\n"
    b"size 12345\n"
)


def _one_of_each(repository: GitFolder) -> None:
    repository.write("src/app.py", "def add(a, b):\n    return a - b\n")
    repository.write("src/windows.ini", b"one\r\ntwo\r\n")
    repository.write("src/no_newline.txt", "last line")
    repository.write("bin/run", "#!/bin/sh\necho run\n")
    (repository.path / "bin/run").chmod(0o755)
    repository.write("logo.png", b"\x89PNG\r\n\x1a\n\x00\x00")
    repository.write("model.bin", LFS_POINTER)
    repository.write(".gitattributes", "*.txt text eol=crlf\n*.bin filter=lfs\n")
    (repository.path / "link").symlink_to("src")
    (repository.path / "vendor").mkdir()
    repository.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},vendor")
