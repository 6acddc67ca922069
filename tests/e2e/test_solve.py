"""`coding-agent solve` on a repository on disk: what it makes, and what it leaves alone."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.support.command_line import CommandLine
from tests.support.git_repositories import bare_copy, git, sample_repository

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.git_repositories import GitFolder

FIX = """<title>Add the numbers</title>
<summary>
It took one from the other.
</summary>
<file path="src/app.py" action="edit">
<<<<<<< SEARCH
    return a - b
=======
    return a + b
>>>>>>> REPLACE
</file>
<file path="src/windows.ini" action="edit">
<<<<<<< SEARCH
two
=======
zwei
>>>>>>> REPLACE
</file>
<file path="bin/run" action="edit">
<<<<<<< SEARCH
echo run
=======
echo läuft
>>>>>>> REPLACE
</file>
<file path="docs/größe.md" action="create">
# Größe
</file>
"""
NAMED = "`add` subtracts: src/app.py, src/windows.ini and bin/run"


def shell(folder: Path, answer: str = FIX) -> CommandLine:
    """Where the scripted model gives this answer."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "answer.md").write_text(answer, encoding="utf-8")
    return CommandLine(folder, {"LLM": "scripted", "SCRIPT_PATH": str(folder / "answer.md")})


def all_files(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Every file below a folder, with its mode and bytes; links as what they name."""
    found = (path for path in sorted(folder.rglob("*")) if path.is_symlink() or path.is_file())
    return {
        str(path.relative_to(folder)): (
            path.lstat().st_mode,
            os.fsencode(path.readlink()) if path.is_symlink() else path.read_bytes(),
        )
        for path in found
    }


def new_files(before: dict[str, tuple[int, bytes]], after: dict[str, tuple[int, bytes]]) -> set[str]:
    """Which files are new; asserts that all others are byte for byte as they were."""
    assert before.items() <= after.items()
    return after.keys() - before.keys()


def untidy(repository: GitFolder) -> None:
    """Everything that a person may have lying about: a stash, staged and unstaged changes, a file not yet added."""
    repository.write("README.md", "# Stashed\n")
    repository.git("stash")
    repository.write("src/app.py", "def add(a, b):\n    return a - b  # looking into it\n")
    repository.write("staged.txt", "staged\n")
    repository.git("add", "staged.txt")
    repository.write("untracked.txt", "untracked\n")


async def test_makes_one_commit_on_a_new_branch_and_touches_nothing_else(tmp_path: Path) -> None:
    repository = sample_repository(tmp_path / "project")
    untidy(repository)
    before = all_files(repository.path)
    done = await shell(tmp_path / "shell").run("solve", "--repo", str(repository.path), "--text", NAMED)
    assert done.code == 0, done.err
    (branch,) = repository.git("branch", "--list", "coding-agent/*", "--format=%(refname:short)").split()
    assert branch in done.err
    assert repository.git("rev-list", "--count", f"main..{branch}") == "1"
    assert repository.id_of(f"{branch}~1") == repository.id_of("main")
    outside_objects = {path for path in new_files(before, all_files(repository.path)) if "/objects/" not in path}
    assert outside_objects == {f".git/refs/heads/{branch}", f".git/logs/refs/heads/{branch}"}


TWICE = """def twice(step):
    if step:
        step()
        print("stepped")
{again}    return
"""
AGAIN = '    if step:\n        step()\n        print("stepped")\n'
"""Repeats the lines before it, so that where the addition begins is a matter of taste: of git's."""


async def test_prints_the_diff_as_git_does_and_keeps_modes_and_line_endings(tmp_path: Path) -> None:
    repository = sample_repository(tmp_path / "project")
    repository.write("src/twice.py", TWICE.format(again=""))
    repository.commit("Add a step")
    rewritten = f'{FIX}<file path="src/twice.py" action="rewrite">\n{TWICE.format(again=AGAIN)}</file>\n'
    command = ("solve", "--repo", str(repository.path), "--text", f"{NAMED}, src/twice.py", "--json")
    said = (await shell(tmp_path / "shell", rewritten).run(*command)).json()
    branch = said["branch"]
    assert said["diff"] == f"{repository.git('diff', f'main..{branch}')}\n"
    assert said["commit"] == repository.id_of(branch)
    assert said["files"] == ["bin/run", "docs/größe.md", "src/app.py", "src/twice.py", "src/windows.ini"]
    assert repository.show(branch, "src/windows.ini") == b"one\r\nzwei\r\n"
    assert repository.mode(branch, "bin/run") == "100755"


async def test_a_dry_run_prints_the_same_diff_and_leaves_no_object_or_reference(tmp_path: Path) -> None:
    repository = sample_repository(tmp_path / "project")
    user = shell(tmp_path / "shell")
    before = all_files(repository.path)
    dry = await user.run("solve", "--repo", str(repository.path), "--text", NAMED, "--dry-run")
    assert (dry.code, user.left_behind()) == (0, []), dry.err
    assert all_files(repository.path) == before
    real = await user.run("solve", "--repo", str(repository.path), "--text", NAMED)
    assert dry.out == real.out
    assert dry.out == f"{repository.git('diff', 'main', real.err.split('Branch ')[1].split()[0])}\n"


@pytest.mark.parametrize("where", ["subfolder", "linked worktree", "bare", "file url"])
async def test_finds_the_repository_however_it_is_named(tmp_path: Path, where: str) -> None:
    repository = sample_repository(tmp_path / "project")
    named, folder = str(repository.path), tmp_path
    match where:
        case "subfolder":
            named, folder = ".", repository.path / "src"
        case "linked worktree":
            git(repository.path, "worktree", "add", "--quiet", "-b", "aside", str(tmp_path / "aside"), "main")
            named = str(tmp_path / "aside")
        case "bare":
            repository = bare_copy(repository, tmp_path / "project.git")
            named = str(repository.path)
        case _:
            named = repository.path.as_uri()
    done = await shell(tmp_path / "shell").run("solve", "--repo", named, "--text", NAMED, "--json", cwd=folder)
    said = done.json()
    assert said["outcome"] == "done", said
    assert repository.id_of(said["branch"]) == said["commit"]
    assert repository.id_of("HEAD") == said["base"]


@pytest.mark.parametrize("revision", ["v1", "commit", "nowhere", "-x"])
async def test_starts_from_the_revision_that_was_asked_for(tmp_path: Path, revision: str) -> None:
    repository = sample_repository(tmp_path / "project")
    answer = '<title>Say more</title>\n<file path="README.md" action="rewrite">\n# A sample\n</file>\n'
    wanted = repository.id_of("other") if revision == "commit" else revision
    command = ("solve", "--repo", str(repository.path), "--text", "README.md is short", f"--rev={wanted}", "--json")
    said = (await shell(tmp_path / "shell", answer).run(*command)).json()
    if revision in {"nowhere", "-x"}:
        assert (said["exit_code"], said["error"]) == (2, "NotFound")
        assert repr(revision) in said["reason"]
    else:
        assert said["base"] == repository.id_of(wanted)


async def test_a_plan_is_printed_and_changes_nothing(tmp_path: Path) -> None:
    repository = sample_repository(tmp_path / "project")
    before = all_files(repository.path)
    user = shell(tmp_path / "shell", "## Plan\n\n<files>\n- `src/app.py`: add\n</files>\n")
    done = await user.run("solve", "--repo", str(repository.path), "--text", NAMED, "--mode", "plan")
    assert done.code == 0
    assert done.out == "## Plan\n\n- `src/app.py`: add\n"
    assert all_files(repository.path) == before


@pytest.mark.parametrize(
    ("answer", "outcome", "words"),
    [
        ("<nothing>It adds already.</nothing>", "nothing_to_do", "It adds already."),
        ("<questions>\nAdd what?\n</questions>", "questions", "Add what?"),
        (FIX.replace("a - b", "never there"), "failed", "could not be used"),
    ],
)
async def test_ends_with_1_where_no_change_came_of_it(tmp_path: Path, answer: str, outcome: str, words: str) -> None:
    repository = sample_repository(tmp_path / "project")
    user = shell(tmp_path / "shell", answer)
    script = tmp_path / "script"
    script.mkdir()
    for number in range(1, 4):
        (script / f"{number}.md").write_text(answer, encoding="utf-8")
    command = ("solve", "--repo", str(repository.path), "--text", NAMED, "--script", str(script))
    said = (await user.run(*command, "--json")).json()
    assert (said["exit_code"], said["outcome"]) == (1, outcome)
    assert words in said["reason"]
    assert repository.git("branch", "--list", "coding-agent/*") == ""


async def test_edits_that_cannot_be_used_are_told_one_by_one(tmp_path: Path) -> None:
    sample_repository(tmp_path / "project")
    user = shell(tmp_path, FIX.replace("a - b", "never there"))
    done = await CommandLine(tmp_path, {**user.settings, "REPAIR_ROUNDS": "0"}).run(
        "solve", "--repo", "project", "--text", NAMED
    )
    assert (done.code, done.out) == (1, "")
    assert "\n  - `src/app.py`: " in done.err
