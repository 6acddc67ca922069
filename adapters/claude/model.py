"""A language model behind Anthropic's API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.claude.prices import known_price
from application.ports.language_model import LanguageModel
from application.prompt_meter import PromptMeter
from domain.addresses import DIRECT
from domain.errors import AgentError, CredentialsRefused, ModelUnavailable, NotFound
from domain.model_health import ModelHealth, price_unknown
from domain.model_profile import ModelProfile

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from domain.addresses import Route
    from domain.conversation import Message, Price, Reply
    from domain.secret import Secret

DEFAULT_MODEL = "claude-sonnet-5-5"
DEFAULT_URL = "https://api.anthropic.com"


class ClaudeModel(LanguageModel):
    """Asks one Claude model, a stream a request. Making one imports the SDK.

    `base_url` is for a gateway of one's own; the environment is not asked for it, nor for a key. `price` is what the
    model costs; left out, it is looked up among the published ones. `max_answer_tokens` bounds what the model thinks
    and writes together. No sampling settings are sent: current models refuse them. `stall_seconds` is the longest
    silence; the server sends a sign of life every few seconds while the model thinks.

    Raises `CredentialsRefused` where there is no key, `InvalidInput` for an address, or figures, that make no sense.
    """

    def __init__(  # noqa: PLR0913 - each has a default
        self,
        api_key: Secret,
        model: str = DEFAULT_MODEL,
        *,
        base_url: str | None = None,
        price: Price | None = None,
        context_tokens: int = 200_000,
        max_answer_tokens: int = 32_000,
        temperature: float | None = None,
        connect_seconds: float = 10.0,
        stall_seconds: float = 120.0,
        route: Route = DIRECT,
    ) -> None:
        if not api_key:
            message = "There is no API key for Claude; set one, or choose another model."
            raise CredentialsRefused(message)
        from adapters.claude.messages_stream import MessagesApi, Timeouts  # noqa: PLC0415 - only where it is chosen

        self._profile = ModelProfile(model, price or known_price(model), context_tokens, max_answer_tokens)
        timeouts = Timeouts(connect_seconds, stall_seconds)
        self._own_server = bool(base_url)
        self._meter = PromptMeter()
        url = base_url or DEFAULT_URL
        self._api = MessagesApi(api_key, url, model, max_answer_tokens, timeouts, temperature, route)

    @property
    def profile(self) -> ModelProfile:
        """As it was given, and the published price where none was."""
        return self._profile

    async def fitted_profile(self) -> ModelProfile:
        """The same: what the model can read is far more than it is given."""
        return self._profile

    def estimate(self, messages: Sequence[Message]) -> int:
        """A guess, corrected by what the server has counted."""
        return self._meter.estimate(messages)

    async def reply(
        self, messages: Sequence[Message], *, deadline_seconds: float, on_text: Callable[[str], None]
    ) -> Reply:
        """The model's answer."""
        reply = await self._api.reply(messages, self._profile.price, deadline_seconds, on_text)
        self._meter.learn(messages, reply.spend.input_tokens)
        return reply

    async def check(self) -> ModelHealth:
        """Whether the server answers, accepts the key and has the model; costs nothing."""
        name = self._profile.name
        try:
            context = await self._api.look()
        except NotFound as error:
            return self._not_listed(error)
        except AgentError as error:
            reached = not isinstance(error, ModelUnavailable)
            return ModelHealth(name, reachable=reached, problems=(str(error),))
        facts = ("the key is accepted", *((f"context {context:,} tokens",) if context else ()))
        return ModelHealth(name, reachable=True, remarks=self._remarks(), facts=facts, context_tokens=context)

    def _not_listed(self, error: NotFound) -> ModelHealth:
        """Servers of the same protocol that are not the vendor's often cannot be asked for a model."""
        if not self._own_server:
            return ModelHealth(self._profile.name, reachable=True, problems=(f"{error} Correct CLAUDE_MODEL.",))
        remark = f"The server does not say whether it has {self._profile.name}."
        return ModelHealth(self._profile.name, reachable=True, remarks=(remark, *self._remarks()))

    def _remarks(self) -> tuple[str, ...]:
        return () if self._profile.price else (price_unknown(self._profile.name),)

    async def close(self) -> None:
        """Close the connections."""
        await self._api.close()
