"""Which parts `coding-agent doctor` looks at under which settings."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from typing import TYPE_CHECKING

from application.checks import check_forge, check_model, check_queue
from application.use_cases.examine import Examine
from domain.errors import AgentError, InvalidInput
from domain.finding import Finding, Grade
from infra import builders

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from infra.composition import Parts
    from infra.settings import Settings

_SECONDS = 10.0


class Doctor:
    """One method for each check; a part is made only when it is its turn, for making it may fail."""

    def __init__(self, settings: Settings, parts: Parts) -> None:
        self._settings = settings
        self._parts = parts

    async def findings(self) -> list[Finding]:
        """What is good and what is not, part by part."""
        self._import_all()
        checks = {
            "settings": self._check_settings,
            "git": self._check_git,
            "forge": self._check_forge,
            "queue": self._check_queue,
            "model": self._check_model,
            "audit log": self._check_audit_log,
        }
        return await Examine(checks, seconds=_SECONDS, next_steps=self._next_steps()).run()

    def _next_steps(self) -> dict[str, str]:
        """What to do about a fault that does not say it itself, under these settings."""
        forge = "docs/GITHUB.md" if self._settings.forge == "github" else "docs/LOCAL_FORGE.md"
        rabbitmq = self._settings.queue == "rabbitmq"
        queue = "start the broker or set RABBITMQ_URL, then: coding-agent topology apply"
        return {
            "settings": "set it as docs/CONFIGURATION.md says",
            "git": "set WORK_PATH to a folder that can be written",
            "forge": f"see {forge}, then give this command again",
            "repository": f"see {forge}, then give this command again",
            "queue": queue if rabbitmq else "set SQLITE_PATH to a file in a folder that can be written",
            "model": "see docs/MODELS.md, then give this command again",
            "audit log": "set AUDIT_LOG_PATH to a file that can be written",
        }

    def _import_all(self) -> None:
        """Make what imports much before the time of any look begins: on a slow machine an SDK takes seconds."""
        for make in (self._parts.forge, self._parts.model):
            with suppress(AgentError):  # told by the look at that part
                make()

    async def _check_settings(self) -> Sequence[Finding]:
        """They can be read, or this would not run; what is missing for the usual work is said."""
        self._parts.policy()
        found = []
        if not self._settings.allowed_repositories:
            words = "ALLOWED_REPOSITORIES is empty: no repository is served"
            found.append(Finding("settings", Grade.BAD, words, "export ALLOWED_REPOSITORIES=owner/name"))
        if not self._settings.webhook_secret:
            words = "WEBHOOK_SECRET is not set: the gateway does not start; `coding-agent serve --poll 30s` needs none"
            found.append(Finding("settings", Grade.REMARK, words, "export WEBHOOK_SECRET=..., as in the webhook"))
        return found or [Finding("settings", Grade.GOOD, "every setting can be read, and none is missing")]

    async def _check_git(self) -> Sequence[Finding]:
        from adapters.git.check import check_git  # noqa: PLC0415 - as in the builders

        return await asyncio.to_thread(check_git, builders.work_path(self._settings))

    async def _check_forge(self) -> Sequence[Finding]:
        forge: str = self._settings.forge
        folder = self._settings.local_forge_path.absolute()
        if forge == "local" and not folder.is_dir():
            words = f"local, in {folder}: there is no such folder"
            return [Finding("forge", Grade.BAD, words, "coding-agent local-forge add --help")]
        where = f"local, in {folder}" if forge == "local" else forge
        return await check_forge(self._parts.forge(), self._settings.allowed_repositories, where=where)

    async def _check_queue(self) -> Sequence[Finding]:
        queue: str = self._settings.queue
        if queue == "memory":
            words = "memory: tasks are lost with the process, and `gateway` and `worker` cannot share them"
            return [Finding("queue", Grade.REMARK, words, "export QUEUE=sqlite")]
        path = self._settings.sqlite_path.absolute()
        if queue == "sqlite" and not path.exists():
            return [_queue_to_be_made(path)]
        where = f"sqlite, {path}" if queue == "sqlite" else f"{queue}, {self._settings.queue_name}"
        return await check_queue(self._parts.queue_admin(), where=where)

    async def _check_model(self) -> Sequence[Finding]:
        try:
            model = self._parts.model()
        except InvalidInput as error:
            mend = "export LLM=ollama" if not self._settings.llm else ""
            return [Finding("model", Grade.BAD, str(error), mend)]
        return await check_model(model, shown_tokens=self._settings.context_tokens)

    async def _check_audit_log(self) -> Sequence[Finding]:
        path = self._settings.audit_log_path
        self._parts.audit_log()
        where = f"{path.absolute()}, and the process's log" if path else "the process's log"
        return [Finding("audit log", Grade.GOOD, where)]


def _queue_to_be_made(path: Path) -> Finding:
    """The look makes no file: that there is none yet is worth knowing where one was expected."""
    folder = next(parent for parent in path.parents if parent.exists())
    if not os.access(folder, os.W_OK | os.X_OK):
        words = f"sqlite, {path}: {folder} cannot be written"
        return Finding("queue", Grade.BAD, words, "set SQLITE_PATH to a file in a folder that can be written")
    return Finding("queue", Grade.GOOD, f"sqlite, {path}, which is not there yet: it is made with the first task")
