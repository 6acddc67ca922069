"""What is looked at in each part that stands behind a port."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.errors import AgentError
from domain.finding import Finding, Grade

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from application.ports.forge import Forge
    from application.ports.language_model import LanguageModel
    from application.ports.queue_admin import QueueAdmin, QueueStatus
    from domain.model_health import ModelHealth


async def check_model(model: LanguageModel, *, shown_tokens: int) -> Sequence[Finding]:
    """Its server answers, and the model is there and fit for a prompt with `shown_tokens` of the repository."""
    health = await model.check()
    found = [Finding("model", Grade.BAD, problem) for problem in health.problems]
    if not health.reachable and not found:
        found.append(Finding("model", Grade.BAD, f"{health.model}: its server does not answer"))
    if not found:
        found.append(Finding("model", Grade.GOOD, ", ".join((health.model, *health.facts))))
    found += [Finding("model", Grade.REMARK, remark) for remark in health.remarks]
    return [*found, *_too_small(health, shown_tokens + model.profile.max_answer_tokens)]


def _too_small(health: ModelHealth, needed: int) -> list[Finding]:
    """A context that the repository's part of the prompt would fill."""
    if not health.usable or health.context_tokens is None or health.context_tokens >= needed:
        return []
    words = (
        f"{health.model} takes {health.context_tokens:,} tokens at once; what it may be shown of a repository and its "
        f"answer have {needed:,}: less is shown"
    )
    return [Finding("model", Grade.REMARK, words, "lower CONTEXT_TOKENS, or choose a model with a longer context")]


async def check_forge(forge: Forge, served: Iterable[str], *, where: str) -> Sequence[Finding]:
    """It answers, and in each repository that is served by name the agent may do what its work needs."""
    found = [Finding("forge", Grade.GOOD, f"{where}, as {await forge.agent_login()}")]
    for name in sorted(served):
        if "/" in name:
            found.append(await _access(forge, name))
        else:
            words = f"{name}: every repository of this owner is served, and none was looked at"
            found.append(Finding("repository", Grade.REMARK, words, f"list {name}/NAME in ALLOWED_REPOSITORIES"))
    return found


async def _access(forge: Forge, name: str) -> Finding:
    try:
        access = await forge.check((await forge.find_repository(name)).ref)
    except AgentError as error:
        return Finding("repository", Grade.BAD, f"{name}: {error}")
    if access.missing:
        return Finding("repository", Grade.BAD, f"{name}: {access.login} lacks {'; '.join(access.missing)}")
    return Finding("repository", Grade.GOOD, f"{name}: {access.login} may do what is needed")


async def check_queue(admin: QueueAdmin, *, where: str) -> Sequence[Finding]:
    """It answers, and is set up as the settings need it; what waits for a person's decision is said."""
    await admin.check()
    status = await admin.status()
    found = [Finding("queue", Grade.GOOD, f"{where}: {_counts(status)}")]
    if status.dead:
        found.append(Finding("queue", Grade.REMARK, f"set aside: {status.dead:,}", "coding-agent queue dead list"))
    if status.paused:
        words = f"paused by {status.paused.by} since {status.paused.since:%Y-%m-%d %H:%M} UTC: no task is taken"
        found.append(Finding("queue", Grade.REMARK, words, "coding-agent resume"))
    return found


def _counts(status: QueueStatus) -> str:
    return f"{status.due:,} due, {status.delayed:,} delayed, {status.held:,} held"
