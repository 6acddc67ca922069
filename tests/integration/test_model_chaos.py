"""Models that fail at random in every known way: each task has a defined end, in time, in budget, and leaves nothing.

`CHAOS_TASKS` says how many tasks, `CHAOS_SEED` which; `make chaos-models` draws others each time, and more.
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
import time
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from adapters.claude import ClaudeModel
from adapters.ollama import OllamaModel
from adapters.openai_compatible import OpenAiCompatibleModel
from application.offered_models import OfferedModels
from application.patience import Patience
from application.use_cases.write_change import WriteChange
from domain.cancellation import Cancellation, CancelReason
from domain.conversation import Price, Spend
from domain.events import AttemptEnded, ModelAsked
from domain.outcome import Cancelled, Done, Failed, NothingToDo, Refused, RetryAt
from domain.policy import Policy
from domain.secret import Secret
from tests.fakes.clock import FakeClock
from tests.fakes.code_search import FakeSearch
from tests.fakes.syntax_checker import FakeSyntax
from tests.fakes.task_events import Recorder
from tests.support.git_repositories import GitFolder, git
from tests.support.git_vcs import git_adapter
from tests.support.model_chaos import answers, failures
from tests.support.model_harnesses import ClaudeHarness, OllamaHarness, OpenAiHarness, unused_url
from tests.support.model_server_double import model_server
from tests.support.stage import FILES, MAINTAINER, Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path

    from application.ports.language_model import LanguageModel
    from application.ports.vcs import Vcs
    from domain.events import Event
    from domain.outcome import Outcome
    from tests.support.model_harnesses import Wire
    from tests.support.model_server_steps import Script

TASKS = int(os.environ.get("CHAOS_TASKS", "500"))
SEED = int(os.environ.get("CHAOS_SEED", "20251125"))
AT_ONCE = 8
POLICY = Policy(allowed_repositories=frozenset({"acme"}), max_tokens=40_000, max_cost_usd=0.5)
PRICE = Price(1.0, 5.0)
DEADLINE_SECONDS = 4.0
SLACK_SECONDS = 20.0
"""For a busy machine: an attempt is stopped at its deadline, and then has to end."""
ANSWER_TOKENS = 512
WIRES = {"ollama": OllamaHarness.wire, "claude": ClaudeHarness.wire, "openai": OpenAiHarness.wire}


def connected(name: str, url: str) -> LanguageModel:
    """A client that loses patience at once, for a server on this machine."""
    if name == "ollama":
        return OllamaModel(
            url, "m", price=PRICE, max_answer_tokens=ANSWER_TOKENS, first_byte_seconds=0.5, stall_seconds=0.3
        )
    if name == "claude":
        key = Secret("planted-key")
        return ClaudeModel(
            key, "m", base_url=url, price=PRICE, max_answer_tokens=ANSWER_TOKENS, connect_seconds=5, stall_seconds=0.5
        )
    return OpenAiCompatibleModel(
        f"{url}/v1", "m", price=PRICE, max_answer_tokens=ANSWER_TOKENS, first_byte_seconds=0.5, stall_seconds=0.3
    )


class SkippingClock(FakeClock):
    """Real time, except that the waits between two attempts are skipped."""

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=time.monotonic())

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def skip(self, until: datetime) -> None:
        self._elapsed += max(0.0, (until - self.now()).total_seconds())


@dataclass
class Chaos:
    """What is drawn, from one seed for all, and how often each was."""

    dice: random.Random = field(default_factory=lambda: random.Random(SEED))  # noqa: S311 - a test's dice
    drawn: Counter[str] = field(default_factory=Counter)

    def draw_from(self, good: Mapping[str, Script], bad: Mapping[str, Script]) -> Callable[[], Script]:
        """Half of the time something good, otherwise something bad; each comes before any comes again."""
        decks: dict[bool, list[str]] = {True: [], False: []}

        def draw() -> Script:
            well = self.dice.random() < 0.5
            scripts, deck = good if well else bad, decks[well]
            if not deck:
                deck += self.dice.sample(sorted(scripts), len(scripts))
            name = deck.pop()
            self.drawn[name] += 1
            return scripts[name]

        return draw


class Person(Recorder):
    """Closes the issue as soon as the model is asked."""

    def __init__(self, stage: ChaoticStage) -> None:
        super().__init__()
        self._stage = stage

    async def record(self, event: Event) -> None:
        await super().record(event)
        if isinstance(event, ModelAsked):
            self._stage.forge.close_issue(self._stage.issue)
            wish = Cancellation(MAINTAINER, self._stage.clock.now(), CancelReason.CLOSED)
            await self._stage.queue.cancel(self._stage.issue, wish)


class ChaoticStage(Stage):
    """One task with a real client of a model server, and real git."""

    def __init__(self, number: int, origin: Path, vcs: Vcs, model: LanguageModel) -> None:
        self.time = SkippingClock()
        super().__init__(policy=POLICY, clock=self.time, location=str(origin), trigger=f"task {number}")
        self.vcs = vcs  # type: ignore[assignment]
        self.server = model
        self.patience = Patience(attempts=3, first_seconds=0.02, longest_seconds=0.1)
        self.deadline_seconds = DEADLINE_SECONDS
        self.outcomes: list[Outcome] = []

    def write_change(self) -> WriteChange:
        return WriteChange(
            models=OfferedModels(self.server),
            search=FakeSearch(),
            syntax=FakeSyntax(),
            policy=self.policy,
            repair_rounds=2,
            context_tokens=8_000,
            patience=self.patience,
        )

    async def play(self) -> None:
        """Deliver the task until it has ended for good."""
        await self.queue.publish(self.task)
        while True:
            outcome = await self.run_task().run(await self.queue.take())
            assert outcome is not None, "nobody else could have had the lease"
            self.outcomes.append(outcome)
            if not isinstance(outcome, RetryAt):
                return
            self.time.skip(outcome.at)

    async def verify(self) -> None:
        """What must hold of every task, however it ended."""
        end = self.outcomes[-1]
        assert isinstance(end, Done | NothingToDo | Refused | Failed | Cancelled)
        assert "made a mistake" not in getattr(end, "reason", "")
        assert len(self.outcomes) <= self.max_attempts
        status = await self.queue.status()
        assert (status.due, status.delayed, status.held, status.dead) == (0, 0, 0, isinstance(end, Failed))
        (comment,) = self.status_comments()
        assert "Working on it" not in comment.body
        assert "@someone" not in comment.body.replace("@\u200bsomeone", "")
        assert len(self.pull_requests()) == isinstance(end, Done)
        for asked in self.recorder.of(ModelAsked):
            at_most = asked.committed + Spend(0, asked.estimate.output_tokens)
            assert POLICY.budget_problem(at_most) is None
        for ended in self.recorder.of(AttemptEnded):
            assert ended.seconds < DEADLINE_SECONDS + SLACK_SECONDS


async def test_each_task_has_a_defined_end_within_deadline_and_budget_and_leaves_nothing(tmp_path: Path) -> None:
    origin, work = tmp_path / "origin.git", tmp_path / "work"
    lay_repository(origin)
    sys.stdout.write(f"\n{TASKS} tasks, CHAOS_SEED={SEED}\n")
    chaos, ends = Chaos(), Counter[str]()
    started, before = time.monotonic(), len(asyncio.all_tasks())
    async with AsyncExitStack() as stack:
        models = []
        for name, wire in WIRES.items():
            draw = chaos.draw_from(answers(wire), failures(wire, name))
            server = await stack.enter_async_context(model_server(draw=draw, looks=wire.known()))
            models.append(connected(name, server.url))
        models.append(connected("openai", unused_url()))
        for model in models:
            stack.push_async_callback(model.close)
        room = asyncio.Semaphore(AT_ONCE)

        async def one(number: int) -> None:
            async with room:
                at = number % 30
                model = models[3] if at == 29 else models[number % 3]
                stage = ChaoticStage(number, origin, git_adapter(work, clock=SkippingClock()), model)
                if at == 28:
                    stage.recorder = Person(stage)
                await stage.play()
                await stage.verify()
                ends[type(stage.outcomes[-1]).__name__] += 1

        await asyncio.gather(*(one(number) for number in range(TASKS)))
    assert [path.name for path in work.iterdir()] == []
    assert len(asyncio.all_tasks()) == before
    assert sum(ends.values()) == TASKS
    assert ends["Done"] > 0 < ends["Failed"]
    if TASKS >= 500:
        assert set(chaos.drawn) == {kind for name, wire in WIRES.items() for kind in kinds_of(name, wire)}
    took = time.monotonic() - started
    answered = f"{chaos.drawn.total()} answers of {len(chaos.drawn)} kinds"
    sys.stdout.write(f"{took:.0f} s: {dict(ends)}; {answered}\n")


def kinds_of(name: str, wire: Wire) -> set[str]:
    return {*answers(wire), *failures(wire, name)}


def lay_repository(origin: Path) -> None:
    """A bare repository with the files that the answers are about."""
    origin.mkdir()
    git(origin, "init", "--quiet", "--bare", "--initial-branch", "main", ".")
    tree = GitFolder(origin.parent / "tree")
    git(origin.parent, "clone", "--quiet", str(origin), "tree")
    for path, content in FILES.items():
        tree.write(path, content)
    tree.commit("Begin")
    tree.git("push", "--quiet", "origin", "HEAD:main")
