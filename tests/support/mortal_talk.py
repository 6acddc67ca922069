"""A conversation whose worker may die at any call of a port, and whose model says what it is told to."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from application.effects import effects_of
from application.ports.forge import Forge
from tests.fakes.clock import FakeClock
from tests.fakes.model import FakeModel
from tests.support.dialogue import Talk
from tests.support.faults import Interposed, InterposedVcs, WorkerDied
from tests.support.stage import MISFIT, NOTHING, PLAN, QUESTIONS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from application.use_cases.run_task import RunTask
    from domain.conversation import Message, Reply
    from domain.task import Task

_NEW_FILE = """<title>Change {number}</title>
<summary>Done.</summary>
<file path="new{number}.py" action="create">
x = 1
</file>
"""


@dataclass(frozen=True, slots=True)
class Death:
    """The first worker's: at which call of a port (from 0; None: at none), and whether the call happens before it."""

    call: int | None = None
    after: bool = False


NEVER = Death()


class Moods(FakeModel):
    """Answers each prompt in a way that fits it, or, in another mood, with something else."""

    mood = "helpful"

    def __init__(self) -> None:
        super().__init__()
        self._answers = 0

    async def reply(
        self, messages: Sequence[Message], *, deadline_seconds: float, on_text: Callable[[str], None]
    ) -> Reply:
        self._answers += 1
        self._script.append(self._answer(messages[1].text))
        return await super().reply(messages, deadline_seconds=deadline_seconds, on_text=on_text)

    def _answer(self, asked: str) -> str:
        if self.mood != "helpful":
            return {"nothing": NOTHING, "asks": QUESTIONS, "misfits": MISFIT}[self.mood]
        plans = asked.startswith("Write a plan")
        return PLAN.replace("add instead", f"add {self._answers}") if plans else _NEW_FILE.format(number=self._answers)


class MortalTalk(Talk):
    """Each task is worked on until it is settled, by one worker after the other."""

    def __init__(self) -> None:
        super().__init__(clock=FakeClock(sleep_advances=True))
        self.model: Moods = Moods()
        self._calls_to_live: int | None = None
        self._death = NEVER

    def run_task(self) -> RunTask:
        """A worker that may die; what people do, they do without it."""
        forge, vcs = self.forge, self.vcs
        self.forge = cast("Any", Interposed(forge, frozenset(effects_of(Forge)), self._called))
        self.vcs = cast("Any", InterposedVcs(vcs, self._called))
        try:
            return super().run_task()
        finally:
            self.forge, self.vcs = forge, vcs

    async def work_through(self, task: Task, death: Death) -> None:
        """Deliver the task until nothing is left; the first worker dies so."""
        self._calls_to_live, self._death = death.call, death
        await self.queue.publish(task)
        while (status := await self.queue.status()).due or status.delayed or status.held:
            if not status.due:
                await self.clock.advance(600)
            lease = await self.queue.take()
            (result,) = await asyncio.gather(asyncio.create_task(self.run_task().run(lease)), return_exceptions=True)
            assert not isinstance(result, Exception), result
            self.queue.break_leases()

    async def _called(self, name: str, method: Callable[[], Awaitable[object]], *, effect: bool) -> object:
        del name, effect
        dies = self._calls_to_live == 0
        if self._calls_to_live is not None:
            self._calls_to_live -= 1
        if dies and not self._death.after:
            raise WorkerDied
        result = await method()
        if dies:
            raise WorkerDied
        return result
