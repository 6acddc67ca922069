"""The places of a file that blocks have been given."""

from __future__ import annotations

from bisect import bisect_left, insort
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from application.editing.locate import Place


class Taken:
    """The places that are taken, ordered; they never overlap."""

    def __init__(self) -> None:
        self.starts: list[int] = []
        self.places: dict[int, Place] = {}

    def add(self, place: Place) -> None:
        """Give it away."""
        insort(self.starts, place.start)
        self.places[place.start] = place

    def is_free(self, place: Place) -> bool:
        """Whether it overlaps with none that is given."""
        at = bisect_left(self.starts, place.start)
        around = self.starts[max(0, at - 1) : at + 1]
        if any(place.overlaps(self.places[start]) for start in around):
            return False
        return not (at < len(self.starts) and self.starts[at] < place.stop)

    def in_order(self) -> list[Place]:
        """All of them, from the file's beginning."""
        return [self.places[start] for start in self.starts]
