"""Look at every part of the agent, and at what it needs outside, before any work depends on it."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from domain.errors import AgentError
from domain.finding import Finding, Grade

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    Check = Callable[[], Awaitable[Sequence[Finding]]]
    """A look at one part. It changes nothing and spends nothing; what it raises is a finding, too."""

_log = logging.getLogger(__name__)


class Examine:
    """All parts at once, none for longer than `seconds`; a part that cannot be looked at keeps no other back."""

    def __init__(self, checks: Mapping[str, Check], *, seconds: float) -> None:
        self._checks = checks
        self._seconds = seconds

    async def run(self) -> list[Finding]:
        """What was found, in the order of the checks."""
        found = await asyncio.gather(*(self._findings(part, check) for part, check in self._checks.items()))
        return [finding for findings in found for finding in findings]

    async def _findings(self, part: str, check: Check) -> Sequence[Finding]:
        try:
            async with asyncio.timeout(self._seconds):
                return await check()
        except AgentError as error:
            return [Finding(part, Grade.BAD, str(error))]
        except TimeoutError:
            words = f"no answer within {self._seconds:g} s"
            return [Finding(part, Grade.BAD, words, "see that it runs, and can be reached from here")]
        except Exception as error:  # noqa: BLE001 - a mistake in one check must not hide what the others found
            _log.debug("the check of %s failed", part, exc_info=error)
            return [Finding(part, Grade.BAD, f"the check itself failed: {type(error).__name__}: {error}")]
