"""One question to a model, asked again while it fails for now."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from application.token_estimate import estimate_tokens
from domain.conversation import priced
from domain.errors import AgentError, AnswerUnusable, BudgetExceeded, ModelUnavailable
from domain.events import ModelAsked, ModelFailed, ModelReplied, ModelWriting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from application.deadline import Deadline
    from application.patience import Patience
    from application.ports.language_model import LanguageModel
    from application.ports.task_events import TaskEvents
    from domain.conversation import Message, Reply, Spend
    from domain.policy import Policy

_CHARACTERS_BETWEEN_REPORTS = 400


class ModelRequests:
    """Puts questions to a model within a task's budget and deadline, and counts what they cost, `spent` included.

    The budget is checked before each request by estimate, and after it by what the model reports. A request that came
    to nothing counts as far as is known: what the server says, otherwise the prompt and what was heard of an answer.
    """

    def __init__(
        self,
        model: LanguageModel,
        policy: Policy,
        events: TaskEvents,
        deadline: Deadline,
        patience: Patience,
        *,
        spent: Spend,
    ) -> None:
        self._model = model
        self._policy = policy
        self._events = events
        self._deadline = deadline
        self._patience = patience
        self.spent = spent

    async def reply(self, messages: Sequence[Message], number: int) -> Reply:
        """The answer to these messages, the task's `number`th.

        Raises `BudgetExceeded` without asking when the answer may cost more than is left, or when it did; and what
        `LanguageModel.reply` raises, once asking again is of no use.
        """
        tried = 0
        while True:
            tried += 1
            try:
                return await self._asked(messages, number)
            except ModelUnavailable as error:
                left = self._deadline.seconds_left()
                pause = self._patience.pause(tried, error.retry_after, seconds_left=left)
                await self._tell(error, pause)
                if pause is None:
                    raise
                await self._deadline.pause(pause)

    async def _asked(self, messages: Sequence[Message], number: int) -> Reply:
        profile = self._model.profile
        asked = self._model.estimate(messages)
        estimate = priced(asked, profile.max_answer_tokens, profile.price, estimated=True)
        self._check(self.spent + estimate, "The next request may take the task to")
        hearing = _Hearing(self.spent, asked, self._model)
        await self._events.record(ModelAsked(profile.name, number, estimate, hearing.committed))
        reply = await self._heard(messages, hearing)
        self.spent += reply.spend
        await self._events.record(ModelReplied(reply.model, reply.spend, self.spent))
        self._check(self.spent, "The task has come to")
        return reply

    async def _heard(self, messages: Sequence[Message], hearing: _Hearing) -> Reply:
        """The answer; how far it has got is reported while it is written."""
        reporter = asyncio.create_task(hearing.report_to(self._events))
        try:
            return await self._model.reply(
                messages, deadline_seconds=self._deadline.seconds_left(), on_text=hearing.add
            )
        except (ModelUnavailable, AnswerUnusable) as error:
            self.spent = hearing.committed if error.spend is None else self.spent + error.spend
            if isinstance(error, AnswerUnusable):
                await self._tell(error, None)
            raise
        except AgentError as error:  # the request was refused as such, and nothing of it done
            await self._tell(error, None)
            raise
        except asyncio.CancelledError:
            self.spent = hearing.committed
            raise
        finally:
            hearing.finish()
            await reporter

    async def _tell(self, error: AgentError, again_in_seconds: float | None) -> None:
        await self._events.record(ModelFailed(self._model.profile.name, str(error), self.spent, again_in_seconds))

    def _check(self, spend: Spend, introduction: str) -> None:
        if problem := self._policy.budget_problem(spend):
            message = f"{introduction} {problem}."
            raise BudgetExceeded(message)


class _Hearing:
    """Carries what is heard from the model's callback, which cannot wait, to the listeners, which may."""

    def __init__(self, spent: Spend, asked: int, model: LanguageModel) -> None:
        self._spent = spent
        self._asked = asked
        self._price = model.profile.price
        self._characters = 0
        self._tokens = 0
        self._finished = False
        self._news = asyncio.Event()

    @property
    def committed(self) -> Spend:
        """The task's spend if the answer stopped here: the prompt, and what was heard, by estimate."""
        return self._spent + priced(self._asked, self._tokens, self._price, estimated=True)

    def add(self, piece: str) -> None:
        self._characters += len(piece)
        self._tokens += estimate_tokens(piece)
        self._news.set()

    def finish(self) -> None:
        self._finished = True
        self._news.set()

    async def report_to(self, events: TaskEvents) -> None:
        reported = 0
        while not self._finished:
            await self._news.wait()
            self._news.clear()
            if self._characters - reported >= _CHARACTERS_BETWEEN_REPORTS:
                reported = self._characters
                await events.record(ModelWriting(reported, self.committed))
