"""`coding-agent doctor` as a process: what a test inside the process does not see is what libraries print."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.command_line import CommandLine

if TYPE_CHECKING:
    from pathlib import Path


async def test_a_broker_that_is_not_there_is_told_in_its_line_and_nowhere_else(tmp_path: Path) -> None:
    broker = "amqp://guest:guest@127.0.0.1:1/"
    said = (await CommandLine(tmp_path, {"QUEUE": "rabbitmq", "RABBITMQ_URL": broker}).run("doctor", "--json")).json()
    found = next(finding for finding in said["findings"] if finding["part"] == "queue")
    assert (found["grade"], "127.0.0.1:1" in found["words"]) == ("bad", True)
