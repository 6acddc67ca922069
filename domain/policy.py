"""What the agent may do: for whom, in which repositories, to which paths, how large, how costly."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.change_set import ChangeKind
from domain.path_patterns import folded, matches
from domain.repository import Permission

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

    from domain.change_set import ChangeSet, FileChange
    from domain.conversation import Spend

PROTECTED_PATHS = (
    # What runs with the repository's secrets or on its developers' machines, or decides who reviews.
    ".github/**",
    "**/.gitlab-ci.yml",
    ".circleci/**",
    ".buildkite/**",
    ".woodpecker/**",
    ".woodpecker.yml",
    ".drone.yml",
    ".travis.yml",
    "appveyor.yml",
    "azure-pipelines.yml",
    "bitbucket-pipelines.yml",
    "**/Jenkinsfile",
    "**/.husky/**",
    "**/.pre-commit-config.yaml",
    "**/CODEOWNERS",
    # What instructs agents, this one included.
    "**/AGENTS.md",
    "**/CLAUDE.md",
    ".coding-agent.toml",
    # What decides which third-party code is installed, and from where.
    ".gitmodules",
    "**/.npmrc",
    "**/.yarnrc.yml",
    "**/bun.lock",
    "**/bun.lockb",
    "**/deno.lock",
    "**/package.json",
    "**/package-lock.json",
    "**/npm-shrinkwrap.json",
    "**/yarn.lock",
    "**/pnpm-lock.yaml",
    "**/pyproject.toml",
    "**/setup.py",
    "**/setup.cfg",
    "**/requirements*.txt",
    "**/requirements*.lock",
    "**/requirements/*.txt",
    "**/constraints*.txt",
    "**/pip.conf",
    "**/pdm.lock",
    "**/pylock*.toml",
    "**/environment.yml",
    "**/Pipfile",
    "**/Pipfile.lock",
    "**/poetry.lock",
    "**/uv.lock",
    "**/go.mod",
    "**/go.sum",
    "**/Cargo.toml",
    "**/Cargo.lock",
    "**/.cargo/config.toml",
    "**/Gemfile",
    "**/Gemfile.lock",
    "**/composer.json",
    "**/composer.lock",
    "**/pom.xml",
    "**/build.gradle",
    "**/build.gradle.kts",
    "**/settings.gradle",
    "**/settings.gradle.kts",
    "**/gradle.lockfile",
    "**/gradle/libs.versions.toml",
    "**/gradle/wrapper/**",
    "**/*.csproj",
    "**/packages.config",
    "**/packages.lock.json",
    "**/Directory.Packages.props",
    "**/nuget.config",
)
"""Refused unless a setting allows them."""

_MAKES_A_PATH = frozenset({ChangeKind.CREATE, ChangeKind.RENAME})


_ONE_CENT = 0.01
_NOT_IN_A_PATH = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Control and format characters, halves of characters, separators of lines: a path must read as it is."""
_LONGEST_NAME = 255
_LONGEST_PATH = 4_000
"""Bytes; common file systems take no more, and a branch that cannot be checked out helps nobody."""
_DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))})


@dataclass(frozen=True, slots=True)
class Policy:
    """The operator's rules. The defaults serve nobody and allow little.

    `allowed_repositories`: owners (`acme`) or repositories (`acme/shop`); empty serves none.
    `allowed_bots`: ids of the bots' accounts that may trigger all the same; a login can be taken by another.
    `allowed_protected_paths`: patterns of protected paths that may be changed after all.
    `repository_protected_paths`: patterns that the repository protects besides; no setting lifts that.
    `max_changed_lines`: added plus removed. `max_tokens`, `max_cost_usd`: per task, over all its attempts.
    """

    allowed_repositories: frozenset[str] = frozenset()
    allowed_bots: frozenset[int] = frozenset()
    minimum_permission: Permission = Permission.WRITE
    allowed_protected_paths: tuple[str, ...] = ()
    repository_protected_paths: tuple[str, ...] = ()
    max_files: int = 50
    max_changed_lines: int = 2_000
    max_added_bytes: int = 1_000_000
    max_tokens: int = 400_000
    max_cost_usd: float = 2.0

    def serves(self, full_name: str) -> bool:
        """Whether a repository is one of those listed; names are compared as forges do, without regard to case."""
        listed = {name.casefold() for name in self.allowed_repositories}
        name = full_name.casefold()
        return name in listed or name.split("/")[0] in listed

    def hears(self, *, is_bot: bool, account_id: int) -> bool:
        """Whether what an account does may trigger anything: a person's may, a bot's where it is listed."""
        return not is_bot or account_id in self.allowed_bots

    def may_ask(self, permission: Permission) -> bool:
        """Whether a person with this permission may run, approve or cancel."""
        return permission >= self.minimum_permission

    def path_problem(self, path: str) -> str | None:
        """Why a path may not be written, or None: it stays inside the repository, off `.git` and what is protected."""
        return _unsafe_path_problem(path) or self._protected_path_problem(path)

    def _protected_path_problem(self, path: str) -> str | None:
        if matches(path, PROTECTED_PATHS) and not matches(path, self.allowed_protected_paths):
            return f"`{path}` is protected; leave it as it is"
        if matches(path, self.repository_protected_paths):
            return f"`{path}` is protected by the repository's configuration; leave it as it is"
        return None

    def problems(
        self, changes: ChangeSet, *, existing: AbstractSet[str], shown: AbstractSet[str], links: AbstractSet[str]
    ) -> list[str]:
        """Why a change is not allowed, one line each; an empty list means that it is.

        `existing`: all paths of the tree; `shown`: those whose text the model has seen; `links`: symbolic links and
        submodules, which are never written nor written through.
        """
        found = [problem for path in _touched(changes) if (problem := self.path_problem(path))]
        found += [problem for change in changes for problem in _state_problems(change, existing, shown, links)]
        found += _clashes(changes, existing)
        if len(changes.changes) > self.max_files:
            found.append(f"{len(changes.changes)} files would change; at most {self.max_files} may")
        return found

    def size_problem(self, changed_lines: int, added_bytes: int) -> str | None:
        """Why a change of so many added and removed lines, that makes files so much larger, is not allowed, or None."""
        if added_bytes > self.max_added_bytes:
            return f"{added_bytes:,} bytes would be added; at most {self.max_added_bytes:,} may"
        if changed_lines > self.max_changed_lines:
            return f"{changed_lines} lines would change; at most {self.max_changed_lines} may"
        return None

    def budget_problem(self, spend: Spend) -> str | None:
        """Why no more may be spent once `spend` has been, or None; an unknown cost is held to the tokens alone."""
        if spend.tokens > self.max_tokens:
            return f"{spend.tokens:,} tokens, and the limit for a task is {self.max_tokens:,}"
        if spend.cost_usd is not None and spend.cost_usd > self.max_cost_usd:
            return f"{_dollars(spend.cost_usd)}, and the limit for a task is {_dollars(self.max_cost_usd)}"
        return None


def _dollars(amount: float) -> str:
    """Cents, or two digits of what is less than one."""
    return f"${amount:.2f}" if amount >= _ONE_CENT or not amount else f"${amount:.2g}"


def _touched(changes: ChangeSet) -> list[str]:
    return [path for change in changes for path in change.touched_paths]


def _state_problems(
    change: FileChange, existing: AbstractSet[str], shown: AbstractSet[str], links: AbstractSet[str]
) -> list[str]:
    """What is wrong with a change, given which files there are."""
    problems = [
        f"`{path}` lies behind a symbolic link or submodule" for path in change.touched_paths if _behind(path, links)
    ]
    if change.kind is ChangeKind.CREATE:
        return problems
    if change.path not in existing:
        problems.append(f"`{change.path}` does not exist")
    elif change.path not in shown:
        problems.append(f"`{change.path}` was not shown to you; only shown files may be changed")
    return problems


def _behind(path: str, links: AbstractSet[str]) -> bool:
    parts = path.split("/")
    return any("/".join(parts[:depth]) in links for depth in range(1, len(parts) + 1))


def _clashes(changes: ChangeSet, existing: AbstractSet[str]) -> list[str]:
    """The new paths that cannot be, because of a path that stays or that is new as well.

    In the way is a file of the same name, case and Unicode form aside, and a file for a folder or the reverse.
    """
    new = [change.new_path for change in changes if change.kind in _MAKES_A_PATH and change.new_path]
    if not new:
        return []
    staying = existing - changes.removals()
    files = {folded(path): path for path in staying}
    folders = {folded(folder): path for path in staying for folder in _parents(path)}
    spelt = {folder for path in staying for folder in _parents(path)}
    problems = []
    for path in new:
        respelt = (folders[folded(f)] for f in _parents(path) if f not in spelt and folded(f) in folders)
        if clash := _clash(path, files, folders) or next(respelt, None):
            problems.append(f"`{path}` cannot be made: `{clash}` is there already")
        files[folded(path)] = path
        folders |= {folded(folder): path for folder in _parents(path)}
        spelt.update(_parents(path))
    return problems


def _clash(path: str, files: Mapping[str, str], folders: Mapping[str, str]) -> str | None:
    name = folded(path)
    parents = (files[folded(parent)] for parent in _parents(path) if folded(parent) in files)
    return files.get(name) or folders.get(name) or next(parents, None)


def _parents(path: str) -> list[str]:
    """The folders that a path lies in, outermost first."""
    parts = path.split("/")
    return ["/".join(parts[:depth]) for depth in range(1, len(parts))]


def _unsafe_path_problem(path: str) -> str | None:
    parts = path.split("/")
    if any(_looks_like_git(part) for part in parts):
        return f"`{path}` would reach into git's own folder"
    if not path or path != path.strip() or any(unicodedata.category(char) in _NOT_IN_A_PATH for char in path):
        return f"{path!r} is not a usable path"
    if len(path.encode()) > _LONGEST_PATH or any(len(part.encode()) > _LONGEST_NAME for part in parts):
        return f"`{path[:60]}…` is too long: a name has at most {_LONGEST_NAME} bytes, a path {_LONGEST_PATH}"
    if any(part.split(".")[0].casefold() in _DEVICES for part in parts):
        return f"`{path}` cannot be checked out on Windows: it names a device"
    if path.startswith("/") or "\\" in path or ":" in parts[0] or any(part in {"", ".", ".."} for part in parts):
        return f"`{path}` is not a plain path inside the repository"
    return None


def _looks_like_git(part: str) -> bool:
    """`.git` as any file system reads it: any case, ignored code points, trailing dots and blanks, the short name."""
    visible = "".join(char for char in unicodedata.normalize("NFKC", part) if unicodedata.category(char) != "Cf")
    return visible.casefold().split(":")[0].rstrip(". ") in {".git", "git~1"}
