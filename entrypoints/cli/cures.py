"""Which settings to look at, by what went wrong: the errors themselves know of no settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.errors import BudgetExceeded, CredentialsRefused, RepositoryTooLarge, TransientError

if TYPE_CHECKING:
    from domain.errors import AgentError

_CURES: tuple[tuple[type[AgentError], str], ...] = (
    (
        BudgetExceeded,
        "The limits are the settings MAX_TOKENS and MAX_COST_USD, or lower ones in .coding-agent.toml.",
    ),
    (
        CredentialsRefused,
        "The settings: GIT_TOKEN for git, RABBITMQ_URL for the broker, ANTHROPIC_API_KEY or OPENAI_API_KEY for models.",
    ),
    (RepositoryTooLarge, "The limits are the settings GIT_MAX_FILES and GIT_MAX_MEGABYTES."),
)


def cure_for(error: AgentError) -> str:
    """One sentence, or "" where the error says all there is to say."""
    if isinstance(error, TransientError) and error.retry_after:
        return f"It asks to be tried again in {error.retry_after.total_seconds():,.0f} s, and no sooner."
    return next((cure for kind, cure in _CURES if isinstance(error, kind)), "")
