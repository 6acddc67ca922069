"""The agent as it is installed on one machine: a local forge with the sample repository, a queue's file, settings."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from domain.secret import Secret
from entrypoints.cli import demo_scene, webhook
from infra.composition import composed
from infra.settings import load

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from domain.issue import Comment, IssueKey, PullRequest
    from infra.composition import Parts

PROJECT = Path(__file__).parents[2]
REPOSITORY = "acme/durations"
SECRET = Secret("the-installation's-secret")
LABEL = "ai-help"


@dataclass(frozen=True)
class Installation:
    """Where everything lies; `settings` go on top of the defaults that are made here."""

    folder: Path
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def audit(self) -> Path:
        """The audit log."""
        return self.folder / "audit.jsonl"

    @property
    def environment(self) -> dict[str, str]:
        """What its processes see."""
        own = {
            "PATH": os.environ["PATH"],
            "FORGE": "local",
            "LOCAL_FORGE_PATH": str(self.folder / "forge"),
            "QUEUE": "sqlite",
            "SQLITE_PATH": str(self.folder / "queue.sqlite"),
            "WORK_PATH": str(self.folder / "work"),
            "AUDIT_LOG_PATH": str(self.audit),
            "LLM": "scripted",
            "SCRIPT_PATH": str(self.folder / "answers"),
            "WEBHOOK_SECRET": SECRET.reveal(),
            "ALLOWED_REPOSITORIES": "acme",
            "GATEWAY_PORT": "0",
            "LOG_FORMAT": "json",
        }
        return {**own, **self.settings}

    @asynccontextmanager
    async def parts(self) -> AsyncIterator[Parts]:
        """Its parts, in this process."""
        async with composed(load(self.environment)) as parts:
            yield parts

    async def set_up(self) -> IssueKey:
        """The sample repository, its issue labelled, and the scripted model's answer."""
        demo_scene.lay_script(self.folder)
        async with self.parts() as parts:
            await parts.queue_admin().set_up()
            issue = demo_scene.set_up(parts, REPOSITORY, self.folder)
            await parts.forge().add_labels(issue, frozenset({LABEL}))
            return issue

    async def payload(self, issue: IssueKey) -> dict[str, object]:
        """What a forge would send when the label was set."""
        async with self.parts() as parts:
            return webhook.labelled(await parts.forge().issue(issue), LABEL, issue.repository.owner)

    async def pull_requests(self, issue: IssueKey) -> list[PullRequest]:
        """All of the agent's."""
        async with self.parts() as parts:
            return list(await parts.forge().pull_requests(issue.repository, "coding-agent/"))

    async def agent_comments(self, issue: IssueKey) -> list[Comment]:
        """Those on the issue."""
        async with self.parts() as parts:
            own = await parts.forge().agent_login()
            return [comment for comment in await parts.forge().comments(issue) if comment.author == own]

    def left_behind(self) -> list[str]:
        """What lies in the folder for temporary clones."""
        work = self.folder / "work"
        return sorted(path.name for path in work.iterdir()) if work.exists() else []

    async def start(self, *command: str) -> asyncio.subprocess.Process:
        """Start a Python module of the project; what it prints goes into pipes."""
        pipe = asyncio.subprocess.PIPE
        arguments = [sys.executable, "-m", *command]
        return await asyncio.create_subprocess_exec(
            *arguments, cwd=PROJECT, env=self.environment, stdout=pipe, stderr=pipe
        )

    def run(self, *command: str, timeout: float = 60.0) -> subprocess.CompletedProcess[str]:
        """Run a Python module of the project to its end."""
        return subprocess.run(
            [sys.executable, "-m", *command],
            cwd=PROJECT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
