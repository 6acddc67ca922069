"""One conversation with a model, within its budget and its deadline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.joined_answer import joined_answer
from application.model_request import ModelRequests
from application.patience import Patience
from application.prompts.prompts import continue_prompt
from domain.conversation import Message, Role, StopReason
from domain.errors import AnswerUnusable

if TYPE_CHECKING:
    from application.deadline import Deadline
    from application.ports.language_model import LanguageModel
    from application.ports.task_events import TaskEvents
    from domain.conversation import Reply, Spend
    from domain.policy import Policy


class ModelSession:
    """Asks, keeps what was said, and counts what was spent, `spent` before it included.

    A request that fails for now is made again with `patience`; an answer that is cut off is continued once.
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
        patience: Patience = Patience(),  # noqa: B008 - a frozen value
    ) -> None:
        self._model = model
        self._requests = ModelRequests(model, policy, events, deadline, patience, spent=spent)
        self._messages = [Message(Role.SYSTEM, system)]
        self._answers = 0

    @property
    def spent(self) -> Spend:
        """What the task has cost so far."""
        return self._requests.spent

    async def ask(self, text: str) -> str:
        """Say `text` and return the answer.

        Raises `BudgetExceeded` without asking when the answer may cost more than is left, or when it did;
        `AnswerUnusable` when the model refused, or was cut off twice; and what `LanguageModel.reply` raises.
        """
        self._messages.append(Message(Role.USER, text))
        reply = await self._reply(*self._messages)
        answer = await self._continued(reply) if reply.stop is StopReason.LENGTH else reply.text
        self._messages.append(Message(Role.ASSISTANT, answer))
        return answer

    async def _reply(self, *messages: Message) -> Reply:
        self._answers += 1
        reply = await self._requests.reply(messages, self._answers)
        if reply.stop is StopReason.REFUSED:
            message = (
                f"{self._model.profile.name} refused to answer. Say what is needed in other words, or do it by hand."
            )
            raise AnswerUnusable(message)
        return reply

    async def _continued(self, cut: Reply) -> str:
        """The whole of an answer that was cut off.

        The model is asked for the rest in a turn of the user's: many models, Claude's among them, refuse a conversation
        that ends with the beginning of their own answer.
        """
        if not cut.text.strip():
            raise AnswerUnusable(self._cut("before its first word", "it may have thought for too long"))
        messages = (*self._messages, Message(Role.ASSISTANT, cut.text), Message(Role.USER, continue_prompt()))
        profile = self._model.profile
        if self._model.estimate(messages) + profile.max_answer_tokens > profile.context_tokens:
            raise AnswerUnusable(self._cut("and there is no room to go on", "the model's context is full"))
        rest = await self._reply(*messages)
        if rest.stop is StopReason.LENGTH:
            raise AnswerUnusable(self._cut("twice", "the change may be too large"))
        return joined_answer(cut.text, rest.text)

    def _cut(self, how: str, why: str) -> str:
        profile = self._model.profile
        return (
            f"{profile.name} was cut off {how}, at {profile.max_answer_tokens:,} tokens an answer: {why}. "
            "Allow longer answers, or ask for a smaller change."
        )
