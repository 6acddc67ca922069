"""What the agent may do."""

from __future__ import annotations

import pytest

from domain.change_set import ChangeKind, ChangeSet, FileChange
from domain.conversation import Spend
from domain.policy import PROTECTED_PATHS, Policy
from domain.repository import Permission

EXAMPLES = {
    ".github/**": ".github/workflows/ci.yml",
    "**/requirements*.txt": "requirements-dev.txt",
    "**/requirements*.lock": "requirements-dev.lock",
    "**/requirements/*.txt": "requirements/dev.txt",
    "**/constraints*.txt": "constraints-3.11.txt",
    "**/pylock*.toml": "pylock.dev.toml",
    "**/*.csproj": "Shop.csproj",
    "**/gradle/wrapper/**": "gradle/wrapper/gradle-wrapper.properties",
}
"""A path for each pattern with a wildcard besides the leading one."""


def example(pattern: str) -> str:
    return EXAMPLES.get(pattern, pattern.removeprefix("**/"))


def created(*paths: str) -> ChangeSet:
    return ChangeSet(tuple(FileChange(ChangeKind.CREATE, path, b"") for path in paths))


def problems_of(changes: ChangeSet, *existing: str, shown: tuple[str, ...] = (), links: tuple[str, ...] = ()) -> str:
    found = Policy().problems(changes, existing=set(existing), shown=set(shown), links=set(links))
    return "\n".join(found)


@pytest.mark.parametrize("pattern", PROTECTED_PATHS)
def test_protects_every_listed_path_at_the_root(pattern: str) -> None:
    assert Policy().path_problem(example(pattern)) == f"`{example(pattern)}` is protected; leave it as it is"


@pytest.mark.parametrize("pattern", [pattern for pattern in PROTECTED_PATHS if pattern.startswith("**/")])
def test_protects_every_listed_name_in_subfolders(pattern: str) -> None:
    for folder in ("sub", "deep/er"):
        assert "is protected" in (Policy().path_problem(f"{folder}/{example(pattern)}") or "")


@pytest.mark.parametrize(
    "path",
    [
        ".github/CODEOWNERS",
        "docs/CODEOWNERS",
        "agents.md",
        "sub/Claude.MD",
        "PACKAGE.JSON",
        ".github/actions/a/b/action.yml",
        "requirements.txt",
    ],
)
def test_protects_whatever_the_case_and_depth(path: str) -> None:
    assert "is protected" in (Policy().path_problem(path) or "")


@pytest.mark.parametrize(
    "path",
    [
        "src/main.py",
        "github/workflows/ci.yml",
        "docs/.github-notes.md",
        "sub/.github/notes.md",
        "docs/AGENTS.md.txt",
        "MY_AGENTS.md",
        "src/package.json.py",
        "my-package.json",
        "sub/.coding-agent.toml",
        "requirements_guide/notes.txt",
        "docs/requirements-list/a.txt",
        "requirements.md",
        "go.mod.tmpl",
        "tests/test_setup.py",
        "CODEOWNERS/readme.md",
        "Shop.csproj.user",
    ],
)
def test_does_not_protect_a_near_miss(path: str) -> None:
    assert Policy().path_problem(path) is None


@pytest.mark.parametrize(
    ("pattern", "path", "allowed"),
    [
        ("pyproject.toml", "pyproject.toml", True),
        ("pyproject.toml", "sub/pyproject.toml", False),
        ("**/package.json", "web/app/package.json", True),
        ("web/**", "web/app/package.json", True),
        ("web/*", "web/app/package.json", False),
        ("web/**/package.json", "web/package.json", True),
        ("**", ".github/workflows/ci.yml", True),
        ("**/*.txt", "requirements/dev.txt", True),
    ],
)
def test_a_setting_allows_exactly_the_protected_paths_that_it_names(pattern: str, path: str, allowed: bool) -> None:  # noqa: FBT001 - a table's column
    assert (Policy(allowed_protected_paths=(pattern,)).path_problem(path) is None) is allowed


@pytest.mark.parametrize(
    "path",
    [
        ".git/config",
        ".GIT/hooks/pre-commit",
        "sub/.git/config",
        ".git./config",
        ".git /config",
        "git~1/config",
        ".g\u200cit/config",
        "sub/.git::$INDEX_ALLOCATION/config",
        "sub/.git ::$INDEX_ALLOCATION/config",
        "\uff0egit/config",
    ],
)
def test_refuses_every_spelling_of_gits_own_folder(path: str) -> None:
    assert "git's own folder" in (Policy().path_problem(path) or "")


@pytest.mark.parametrize("path", [".gitignore", ".gitattributes", "git/config", "sub/agit", ".git2/x", "git~2"])
def test_lets_names_pass_that_only_look_like_gits_own_folder(path: str) -> None:
    assert Policy().path_problem(path) is None


@pytest.mark.parametrize(
    "path",
    ["", "/etc/passwd", "../x", "a/../x", "a//b", "a/", "./a", "C:/x", "a\\b", " a", "a ", "a\nb", "a\x7f", "a\ud800"],
)
def test_refuses_a_path_that_is_not_plain(path: str) -> None:
    assert Policy(allowed_protected_paths=("**",)).path_problem(path) is not None


def test_serves_listed_owners_and_repositories_and_nobody_else() -> None:
    policy = Policy(allowed_repositories=frozenset({"Acme", "other/shop"}))
    assert policy.serves("acme/anything")
    assert policy.serves("Other/Shop")
    assert not policy.serves("other/else")
    assert not policy.serves("acme2/shop")
    assert not Policy().serves("acme/shop")


def test_asks_for_write_permission_unless_told_otherwise() -> None:
    assert [permission for permission in Permission if Policy().may_ask(permission)] == [
        Permission.WRITE,
        Permission.MAINTAIN,
        Permission.ADMIN,
    ]


def test_allows_new_files_and_changes_to_shown_ones() -> None:
    changes = ChangeSet(
        (
            FileChange(ChangeKind.CREATE, "pkg/new.py", b""),
            FileChange(ChangeKind.EDIT, "a.py", b"1"),
            FileChange(ChangeKind.RENAME, "b.py", b"2", renamed_to="c.py"),
            FileChange(ChangeKind.DELETE, "d.py"),
        )
    )
    assert problems_of(changes, "a.py", "b.py", "d.py", shown=("a.py", "b.py", "d.py")) == ""


def test_refuses_changes_to_files_that_are_missing_or_were_not_shown() -> None:
    changes = ChangeSet((FileChange(ChangeKind.EDIT, "a.py", b""), FileChange(ChangeKind.DELETE, "b.py")))
    assert problems_of(changes, "b.py").splitlines() == [
        "`a.py` does not exist",
        "`b.py` was not shown to you; only shown files may be changed",
    ]


@pytest.mark.parametrize("path", ["link", "link/x.py"])
def test_refuses_to_write_to_or_through_a_link(path: str) -> None:
    assert "behind a symbolic link" in problems_of(created(path), "link", links=("link",))


@pytest.mark.parametrize(
    ("path", "existing"),
    [
        ("a.py", "a.py"),
        ("README.md", "Readme.md"),
        ("caf\u00e9.py", "cafe\u0301.py"),
        ("pkg/mod.py/x.py", "pkg/mod.py"),
        ("pkg", "pkg/mod.py"),
    ],
)
def test_refuses_a_new_path_that_another_is_in_the_way_of(path: str, existing: str) -> None:
    assert problems_of(created(path), existing) == f"`{path}` cannot be made: `{existing}` is there already"


@pytest.mark.parametrize("second", ["Notes.md", "notes.md/x"])
def test_refuses_new_paths_that_are_in_each_others_way(second: str) -> None:
    assert "is there already" in problems_of(created("notes.md", second))


def test_a_path_that_the_same_change_removes_is_in_nobodys_way() -> None:
    moved = FileChange(ChangeKind.RENAME, "readme.md", b"", renamed_to="README.md")
    folder = (FileChange(ChangeKind.DELETE, "tool"), FileChange(ChangeKind.CREATE, "tool/main.py", b""))
    assert problems_of(ChangeSet((moved, *folder)), "readme.md", "tool", shown=("readme.md", "tool")) == ""


def test_refuses_protected_targets_of_a_rename() -> None:
    changes = ChangeSet((FileChange(ChangeKind.RENAME, "a.md", b"", renamed_to="AGENTS.md"),))
    assert "`AGENTS.md` is protected" in problems_of(changes, "a.md", shown=("a.md",))


def test_refuses_more_files_or_lines_than_the_limits() -> None:
    policy = Policy(max_files=1, max_changed_lines=10)
    assert policy.problems(created("a", "b"), existing=set(), shown=set(), links=set()) == [
        "2 files would change; at most 1 may"
    ]
    assert policy.size_problem(10, 0) is None
    assert policy.size_problem(11, 0) == "11 lines would change; at most 10 may"


def test_refuses_to_spend_more_than_the_limits() -> None:
    policy = Policy(max_tokens=1_000, max_cost_usd=0.5)
    assert policy.budget_problem(Spend(500, 500, 0.5)) is None
    assert policy.budget_problem(Spend(500, 501, 0.1)) == "1,001 tokens, and the limit for a task is 1,000"
    assert policy.budget_problem(Spend(1, 1, 0.51)) == "$0.51, and the limit for a task is $0.50"
    assert policy.budget_problem(Spend(500, 500, None)) is None


def test_a_change_that_adds_too_many_bytes_is_refused_however_few_its_lines() -> None:
    policy = Policy(max_added_bytes=100)
    assert policy.size_problem(1, 100) is None
    assert policy.size_problem(1, 101) == "101 bytes would be added; at most 100 may"


@pytest.mark.parametrize(
    "path", ["a/" + "x" * 256, "x/" * 2_500 + "y", "evil\u202etxt.py", "a\u2028b.py", "con", "pkg/AUX.txt", "com1.log"]
)
def test_a_path_that_cannot_be_checked_out_everywhere_or_reads_otherwise_is_refused(path: str) -> None:
    assert Policy().path_problem(path)


@pytest.mark.parametrize("path", ["a/" + "x" * 255, "console.py", "aux_/nullable.py", "common/lpt.py"])
def test_a_path_that_is_merely_long_or_similar_is_fine(path: str) -> None:
    assert Policy().path_problem(path) is None


def test_a_folder_that_differs_from_another_in_case_only_is_refused() -> None:
    change = ChangeSet((FileChange(ChangeKind.CREATE, "PKG/new.py", b"x"),))
    (problem,) = Policy().problems(change, existing={"pkg/a.py"}, shown=set(), links=set())
    assert "`PKG/new.py` cannot be made" in problem
