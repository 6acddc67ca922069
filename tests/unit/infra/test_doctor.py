from __future__ import annotations

from typing import TYPE_CHECKING

from infra.composition import Parts
from infra.container import Container
from infra.doctor import Doctor
from infra.settings import load

if TYPE_CHECKING:
    from pathlib import Path

    from application.ports.language_model import LanguageModel
    from domain.policy import Policy


class WatchedParts(Parts):
    """Notes what is made."""

    def __init__(self, container: Container) -> None:
        super().__init__(container)
        self.made: list[str] = []

    def policy(self) -> Policy:
        self.made.append("policy")
        return super().policy()

    def model(self) -> LanguageModel:
        self.made.append("model")
        return super().model()


async def test_what_takes_long_to_import_is_made_before_the_time_of_any_look_begins(tmp_path: Path) -> None:
    settings = load({"LOCAL_FORGE_PATH": str(tmp_path), "WORK_PATH": str(tmp_path / "work")})
    parts = WatchedParts(Container(settings=settings, stack=None))
    await Doctor(settings, parts).findings()
    assert parts.made.index("model") < parts.made.index("policy")
