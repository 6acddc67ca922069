"""What the trial gives its agent: a bug, and an answer that mends it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.support.command_line import CommandLine
from tests.support.kubernetes.rendering import Combination, manifests_group, one, rendered

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = manifests_group


async def test_the_stored_answer_mends_the_sample(tmp_path: Path) -> None:
    files = one(rendered(Combination("trial")), "ConfigMap", "trial-sample")["data"]
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "durations.py").write_text(files["durations.py"])
    assert parse(files["durations.py"])("1h 30m") == 3600

    ended = await CommandLine(tmp_path).run(
        "apply", "--root", "project", "--answer", "-", stdin=files["answer.md"].encode()
    )

    assert ended.code == 0
    assert parse((tmp_path / "project" / "durations.py").read_text())("1h 30m") == 5400


def parse(module: str) -> Callable[[str], int]:
    """The function of that name."""
    names: dict[str, Any] = {}
    exec(module, names)  # noqa: S102 - a file of this repository
    found: Callable[[str], int] = names["parse"]
    return found
