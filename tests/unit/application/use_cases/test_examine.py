"""Looking at every part."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from application.use_cases.examine import Examine
from domain.errors import ForgeUnavailable
from domain.finding import Finding, Grade

if TYPE_CHECKING:
    from collections.abc import Sequence

GOOD = Finding("git", Grade.GOOD, "there")


async def good() -> Sequence[Finding]:
    return [GOOD]


async def away() -> Sequence[Finding]:
    message = "the forge does not answer"
    raise ForgeUnavailable(message)


async def silent() -> Sequence[Finding]:
    await asyncio.Event().wait()
    return []


async def broken() -> Sequence[Finding]:
    raise IndexError


async def test_tells_all_that_was_found_in_the_order_of_the_checks() -> None:
    found = await Examine({"forge": away, "git": good}, seconds=5.0).run()
    assert found == [Finding("forge", Grade.BAD, "the forge does not answer"), GOOD]


async def test_a_part_that_says_nothing_is_not_waited_for_long() -> None:
    found = await Examine({"queue": silent, "git": good}, seconds=0.01).run()
    mend = "see that it runs, and can be reached from here"
    assert found == [Finding("queue", Grade.BAD, "no answer within 0.01 s", mend), GOOD]


async def test_a_mistake_in_a_check_is_a_finding_and_no_traceback() -> None:
    first, second = await Examine({"model": broken, "git": good}, seconds=5.0).run()
    assert (first.part, first.grade, second) == ("model", Grade.BAD, GOOD)
    assert "IndexError" in first.words


async def test_the_parts_are_looked_at_at_the_same_time() -> None:
    both = asyncio.Barrier(2)

    async def meets() -> Sequence[Finding]:
        await both.wait()
        return [GOOD]

    assert await Examine({"a": meets, "b": meets}, seconds=5.0).run() == [GOOD, GOOD]
