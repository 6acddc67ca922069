"""One conversation with a model, within its budget and its deadline."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from application.token_estimate import estimate_prompt_tokens
from domain.conversation import Message, Role, StopReason, priced
from domain.errors import AnswerUnusable, BudgetExceeded
from domain.events import ModelAsked, ModelReplied, ModelWriting

if TYPE_CHECKING:
    from application.deadline import Deadline
    from application.ports.language_model import LanguageModel
    from application.ports.task_events import TaskEvents
    from domain.conversation import Reply, Spend
    from domain.model_profile import ModelProfile
    from domain.policy import Policy

_CHARACTERS_BETWEEN_REPORTS = 400


class ModelSession:
    """Asks, keeps what was said, and counts what was spent, `spent` before it included.

    The budget is checked before each request by estimate and after it by what the model reports.
    """

    def __init__(
        self,
        model: LanguageModel,
        policy: Policy,
        events: TaskEvents,
        deadline: Deadline,
        *,
        system: str,
        spent: Spend,
    ) -> None:
        self._model = model
        self._policy = policy
        self._events = events
        self._deadline = deadline
        self._messages = [Message(Role.SYSTEM, system)]
        self._rounds = 0
        self.spent = spent

    async def ask(self, text: str) -> str:
        """Say `text` and return the answer.

        Raises `BudgetExceeded` without asking when the answer may cost more than is left, or when it did;
        `AnswerUnusable` when the model refused or was cut off; and what `LanguageModel.reply` raises.
        """
        self._messages.append(Message(Role.USER, text))
        self._rounds += 1
        estimate = self._estimate()
        self._check(self.spent + estimate, "The next request may take the task to")
        profile = self._model.profile
        committed = self.spent + priced(estimate.input_tokens, 0, profile.price)
        await self._events.record(ModelAsked(profile.name, self._rounds, estimate, committed))
        reply = await self._reply()
        self.spent += reply.spend
        await self._events.record(ModelReplied(reply.model, reply.spend, self.spent))
        self._check(self.spent, "The task has come to")
        if reply.stop is not StopReason.END:
            raise AnswerUnusable(_cut_or_refused(reply.stop, self._model.profile))
        self._messages.append(Message(Role.ASSISTANT, reply.text))
        return reply.text

    async def _reply(self) -> Reply:
        """The answer; how far it has got is reported while it is written."""
        progress = _Progress()
        reporter = asyncio.create_task(progress.report_to(self._events))
        try:
            return await self._model.reply(
                tuple(self._messages), deadline_seconds=self._deadline.seconds_left(), on_text=progress.add
            )
        finally:
            progress.finish()
            await reporter

    def _estimate(self) -> Spend:
        asked = estimate_prompt_tokens(self._messages)
        return priced(asked, self._model.profile.max_answer_tokens, self._model.profile.price)

    def _check(self, spend: Spend, introduction: str) -> None:
        if problem := self._policy.budget_problem(spend):
            message = f"{introduction} {problem}."
            raise BudgetExceeded(message)


class _Progress:
    """Carries the count of characters from the model's callback, which cannot wait, to the listeners, which may."""

    def __init__(self) -> None:
        self._characters = 0
        self._finished = False
        self._news = asyncio.Event()

    def add(self, piece: str) -> None:
        self._characters += len(piece)
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
                await events.record(ModelWriting(reported))


def _cut_or_refused(stop: StopReason, model: ModelProfile) -> str:
    if stop is StopReason.LENGTH:
        return (
            f"{model.name} was cut off after {model.max_answer_tokens:,} tokens. "
            "Allow longer answers, or ask for a smaller change."
        )
    return f"{model.name} refused to answer. Say what is needed in other words, or do it by hand."
