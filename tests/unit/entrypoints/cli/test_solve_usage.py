"""What `solve` refuses before it looks at anything else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from entrypoints.cli.solve import solve

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--repo", "."], "--issue FILE (or - for standard input) or as --text TEXT"),
        (["--repo", ".", "--text", "x", "--issue", "-"], "--issue FILE (or - for standard input)"),
        (["--repo", ".", "--issue", "no-such-file.md"], "no-such-file.md: No such file or directory"),
        (["--repo", ".", "--issue", "."], ".: Is a directory"),
        (["--repo", ".", "--issue", "-"], "issue is empty"),
        (["--repo", ".", "--issue", "binary"], "binary file"),
        (["--repo", ".", "--issue", "latin"], "not UTF-8"),
        (["--repo", ".", "--text", "# \n"], "issue is empty"),
        (["--repo", ".", "--text", "\udcff"], "not UTF-8"),
        (["--repo", ".", "--text", "x", "--mode", "fast"], "'quickfix', 'plan'"),
        (["--repo", ".", "--text", "x", "--fast"], "No such option"),
        (["--text", "x"], "--repo"),
    ],
)
def test_wrong_usage_ends_with_2_and_one_json_object_that_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], words: str
) -> None:
    (tmp_path / "binary").write_bytes(b"\x7fELF\x00\x01")
    (tmp_path / "latin").write_bytes(b"gr\xf6\xdfer")
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(solve, [*arguments, "--json"])
    said = json.loads(done.stdout)
    assert (done.exit_code, said["exit_code"], said["outcome"]) == (2, 2, "failed")
    assert words in said["reason"]
    assert not done.stderr
