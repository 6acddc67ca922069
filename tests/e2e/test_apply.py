"""`coding-agent apply`: a model's answer, put into the files of a folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.command_line import CommandLine

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.command_line import Ended

CALC = "def add(a, b):\n    return a - b\n"
FIX = "calc.py\n```python\n<<<<<<< SEARCH\n    return a - b\n=======\n    return a + b\n>>>>>>> REPLACE\n```\n"


async def applied(folder: Path, answer: str, *options: str) -> Ended:
    project(folder)
    return await CommandLine(folder).run(
        "apply", "--root", "project", "--answer", "-", *options, stdin=answer.encode("utf-8", "surrogateescape")
    )


def project(folder: Path) -> Path:
    made = folder / "project"
    made.mkdir(exist_ok=True)
    return made


def text(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def calc(tmp_path: Path) -> Path:
    file = project(tmp_path) / "calc.py"
    file.write_text(CALC, encoding="utf-8")
    return file


async def test_changes_the_files_and_says_how(tmp_path: Path, calc: Path) -> None:
    said = (await applied(tmp_path, FIX, "--json")).json()
    assert said == {
        "applied": True,
        "files": {"calc.py": {"status": "changed", "how": "exact"}},
        "refused": [],
        "exit_code": 0,
    }
    assert text(calc) == CALC.replace("a - b", "a + b")


async def test_a_dry_run_changes_nothing(tmp_path: Path, calc: Path) -> None:
    done = await applied(tmp_path, FIX, "--dry-run")
    assert (done.code, done.out.splitlines()[0].split()) == (0, ["changed", "calc.py", "(exact)"])
    assert text(calc) == CALC


async def test_refuses_with_the_nearest_text_and_changes_nothing_at_all(tmp_path: Path, calc: Path) -> None:
    answer = "new.py\n```\nx = 1\n```\n\n" + FIX.replace("return a - b", "return a * b")
    said = (await applied(tmp_path, answer, "--json")).json()
    assert (said["applied"], said["files"], said["exit_code"]) == (False, {}, 1)
    (refused,) = said["refused"]
    assert (refused["path"], refused["nearest"]) == ("calc.py", "2:     return a - b")
    assert names(calc.parent) == ["calc.py"]


async def test_refuses_a_near_fit_that_would_not_parse(tmp_path: Path, calc: Path) -> None:
    answer = FIX.replace("    return a - b", "return a - b").replace("    return a + b", "if a:")
    done = await applied(tmp_path, answer)
    assert done.code == 1
    assert "would not parse any more" in done.err
    assert text(calc) == CALC


@pytest.mark.parametrize("path", ["../out.py", "/tmp/out.py", ".git/config", "link/out.py"])  # noqa: S108
async def test_writes_nothing_outside_of_the_folder(tmp_path: Path, calc: Path, path: str) -> None:
    (tmp_path / "elsewhere").mkdir()
    (calc.parent / "link").symlink_to(tmp_path / "elsewhere")
    said = (await applied(tmp_path, f"*** Begin Patch\n*** Add File: {path}\n+x\n*** End Patch\n", "--json")).json()
    assert (said["applied"], said["exit_code"]) == (False, 1)
    assert names(tmp_path / "elsewhere") == []
    assert names(calc.parent) == ["calc.py", "link"]


async def test_a_person_may_change_what_the_agent_may_not(tmp_path: Path) -> None:
    answer = "*** Begin Patch\n*** Add File: pyproject.toml\n+[project]\n*** End Patch\n"
    refused = await applied(tmp_path, answer, "--protect")
    assert (refused.code, "is protected" in refused.err) == (1, True)
    assert (await applied(tmp_path, answer)).code == 0


@pytest.mark.parametrize("answer", ["", "\0", "no edit at all", "[" * 50_000, "\udcff" * 50])
async def test_no_answer_is_too_strange(tmp_path: Path, answer: str) -> None:
    done = await applied(tmp_path, answer, "--json")
    assert done.json()["applied"] is False


async def test_names_what_is_wrong_with_the_command_line(tmp_path: Path) -> None:
    line = CommandLine(tmp_path)
    no_file = await line.run("apply", "--answer", "missing.md")
    no_folder = await line.run("apply", "--answer", "-", "--root", "missing")
    assert (no_file.code, no_folder.code) == (2, 2)
    assert "cannot read missing.md" in no_file.err
    assert "`missing` is not a folder" in no_folder.err
