"""Litestar without what the gateway has no use for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from litestar import Litestar
from litestar.events import BaseEventEmitterBackend

if TYPE_CHECKING:
    from types import TracebackType

    from litestar.plugins import PluginProtocol


class LeanLitestar(Litestar):
    """Litestar without its plugins for pydantic and attrs.

    Nothing here uses them; to load them takes a sixth of a second of each start, and nine megabytes for good.
    """

    @staticmethod
    def _get_default_plugins(plugins: list[PluginProtocol]) -> list[PluginProtocol]:
        return plugins


class NoEvents(BaseEventEmitterBackend):
    """No background task for events that nobody emits: its task group would wrap what stops the start in a group."""

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc_val: BaseException | None, exc_tb: TracebackType | None
    ) -> None:
        """Nothing was begun."""

    def emit(self, event_id: str, *args: object, **kwargs: object) -> None:
        """Nobody listens."""
