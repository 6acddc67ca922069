"""A model watched from outside, by the conventions for generative AI; what is said in either direction is not kept."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

from application.ports.language_model import LanguageModel
from domain.errors import AnswerUnusable, ModelUnavailable
from infra.telemetry.catalogue import MODEL_CALLS, MODEL_COST, MODEL_FIRST_WORDS, MODEL_TOKENS
from infra.telemetry.spans import SpanKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from domain.conversation import Message, Reply, Spend
    from domain.model_health import ModelHealth
    from domain.model_profile import ModelProfile
    from infra.telemetry.metrics import Metrics
    from infra.telemetry.spans import Attributes, Span, Spans

_OPERATION = "chat"


class ObservedModel(LanguageModel):
    """Makes a span of each request, and counts time, tokens, cost and errors by provider and model."""

    def __init__(self, model: LanguageModel, provider: str, spans: Spans, metrics: Metrics) -> None:
        self._model = model
        self._provider = provider
        self._spans = spans
        self._metrics = metrics
        # From nought: of a series that begins with its first request, no increase is seen.
        metrics.counter(MODEL_COST, *self._which())
        for failed in ("", ModelUnavailable.__name__):
            metrics.histogram(MODEL_CALLS, *self._which(), failed)

    @property
    def profile(self) -> ModelProfile:
        """As the model has it."""
        return self._model.profile

    async def fitted_profile(self) -> ModelProfile:
        """As the model has it."""
        return await self._model.fitted_profile()

    def estimate(self, messages: Sequence[Message]) -> int:
        """As the model has it."""
        return self._model.estimate(messages)

    async def reply(
        self, messages: Sequence[Message], *, deadline_seconds: float, on_text: Callable[[str], None]
    ) -> Reply:
        """The model's answer; how it went is told."""
        name = self.profile.name
        about: Attributes = {
            "gen_ai.operation.name": _OPERATION,
            "gen_ai.provider.name": self._provider,
            "gen_ai.request.model": name,
            "gen_ai.request.max_tokens": self.profile.max_answer_tokens,
            "gen_ai.request.stream": True,
        }
        listening = _Listening(on_text)
        failed = ""
        try:
            with self._spans.span(f"{_OPERATION} {name}", SpanKind.CLIENT, about) as span:
                reply = await self._model.reply(messages, deadline_seconds=deadline_seconds, on_text=listening.hear)
                self._tell(span, reply, listening)
        except BaseException as error:
            failed = type(error).__name__
            if isinstance(error, ModelUnavailable | AnswerUnusable) and error.spend and error.spend.input_tokens:
                self._count(error.spend)  # what was turned away unread has no tokens, rather than none
            raise
        finally:
            self._metrics.histogram(MODEL_CALLS, *self._which(), failed).observe(listening.seconds())
            if listening.first is not None:
                self._metrics.histogram(MODEL_FIRST_WORDS, *self._which()).observe(listening.first)
        self._count(reply.spend)
        return reply

    async def check(self) -> ModelHealth:
        """As the model has it."""
        return await self._model.check()

    async def close(self) -> None:
        """As the model has it."""
        await self._model.close()

    def _which(self) -> tuple[str, str, str]:
        return _OPERATION, self._provider, self.profile.name

    @staticmethod
    def _tell(span: Span, reply: Reply, listening: _Listening) -> None:
        spend = reply.spend
        span.tell(
            {
                "gen_ai.response.model": reply.model,
                "gen_ai.response.finish_reasons": [reply.stop.value],
                "gen_ai.usage.input_tokens": spend.input_tokens,
                "gen_ai.usage.output_tokens": spend.output_tokens,
            }
        )
        if spend.cost_usd is not None:
            span.tell({"coding_agent.model.cost_usd": spend.cost_usd})
        if listening.first is not None:
            span.tell({"gen_ai.response.time_to_first_chunk": listening.first})

    def _count(self, spend: Spend) -> None:
        which = self._which()
        self._metrics.histogram(MODEL_TOKENS, *which, "input").observe(spend.input_tokens)
        self._metrics.histogram(MODEL_TOKENS, *which, "output").observe(spend.output_tokens)
        self._metrics.counter(MODEL_COST, *which).inc(spend.cost_usd or 0.0)


class _Listening:
    """Passes the pieces of an answer on, and remembers when the first came."""

    def __init__(self, on_text: Callable[[str], None]) -> None:
        self._on_text = on_text
        self._began = perf_counter()
        self.first: float | None = None

    def seconds(self) -> float:
        return perf_counter() - self._began

    def hear(self, piece: str) -> None:
        if self.first is None:
            self.first = self.seconds()
        self._on_text(piece)
