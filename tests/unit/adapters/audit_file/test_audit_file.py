from __future__ import annotations

import asyncio
import json
import stat
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from adapters.audit_file.log import AuditFile
from domain.audit import AuditAction, AuditEntry
from domain.errors import AuditUnavailable, InvalidInput

if TYPE_CHECKING:
    from pathlib import Path

ENTRY = AuditEntry(datetime(2026, 3, 1, 12, tzinfo=UTC), "maria", AuditAction.ASKED, "acme/shop", 7, "t" * 64, 1, "d")


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


async def test_an_entry_is_a_line_of_json(tmp_path: Path) -> None:
    await AuditFile(tmp_path / "audit").append(ENTRY)
    assert lines(tmp_path / "audit") == [
        {
            "time": "2026-03-01T12:00:00.000+00:00",
            "actor": "maria",
            "action": "asked",
            "repository": "acme/shop",
            "issue": 7,
            "task": "t" * 64,
            "attempt": 1,
            "digest": "d",
        }
    ]


async def test_what_was_written_stays(tmp_path: Path) -> None:
    await AuditFile(tmp_path / "audit").append(ENTRY)
    await AuditFile(tmp_path / "audit").append(replace(ENTRY, actor="john"))
    assert [line["actor"] for line in lines(tmp_path / "audit")] == ["maria", "john"]


async def test_many_writers_mix_no_lines(tmp_path: Path) -> None:
    logs = [AuditFile(tmp_path / "audit") for _ in range(4)]
    await asyncio.gather(*(log.append(replace(ENTRY, issue=n)) for n in range(1, 11) for log in logs))
    assert sorted(line["issue"] for line in lines(tmp_path / "audit")) == sorted([*range(1, 11)] * 4)  # type: ignore[type-var]


async def test_a_line_cut_short_spoils_no_other(tmp_path: Path) -> None:
    (tmp_path / "audit").write_text('{"actor": "mar', encoding="utf-8")
    await AuditFile(tmp_path / "audit").append(ENTRY)
    assert json.loads((tmp_path / "audit").read_text(encoding="utf-8").splitlines()[1])["actor"] == "maria"


@pytest.mark.parametrize("actor", ["line\nbreak", '"quote', "\u2028", "\ud800"])
async def test_no_name_makes_a_second_line(tmp_path: Path, actor: str) -> None:
    await AuditFile(tmp_path / "audit").append(replace(ENTRY, actor=actor))
    assert [line["actor"] for line in lines(tmp_path / "audit")] == [actor]


def test_only_its_owner_reads_it(tmp_path: Path) -> None:
    AuditFile(tmp_path / "audit")
    assert stat.S_IMODE((tmp_path / "audit").stat().st_mode) == 0o600


def test_a_file_that_cannot_be_written_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"AUDIT_LOG_PATH: .*cannot be written"):
        AuditFile(tmp_path / "missing" / "audit")


async def test_a_file_that_is_gone_is_a_matter_of_time(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    log = AuditFile(folder / "audit")
    (folder / "audit").unlink()
    folder.rmdir()
    with pytest.raises(AuditUnavailable, match="nothing is done without it"):
        await log.append(ENTRY)
