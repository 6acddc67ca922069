"""`make smoke-github REPO=owner/name`: QuickFix on a real repository, with your credentials, cleaned up at the end.

    python -m tests.smoke.github OWNER/NAME [--keep]

Opens an issue, has the agent resolve it as an operator's request, shows the pull request; then closes it, deletes its
branch and closes the issue, whatever went wrong before. GITHUB_TOKEN, or GITHUB_APP_ID with GITHUB_APP_PRIVATE_KEY,
say who the agent is; all other settings count too. Without LLM no model is asked: a stored answer adds one small file.
A pull request runs the repository's CI, so take a repository where that does no harm.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import uuid
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from adapters.github.address import parsed
from domain.errors import AgentError, InvalidInput
from domain.issue import IssueKey
from domain.outcome import Done
from domain.task import Mode
from entrypoints.cli.interruptible import run
from infra.composition import composed
from infra.network import network
from infra.settings import load, overridden

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from domain.issue import PullRequest
    from domain.repository import RepositoryRef
    from domain.task import Task
    from infra.composition import Parts
    from infra.settings import Settings

_SECONDS = 30.0
_ANSWER = """\
<title>Add {path}</title>
<summary>
The file that the issue asks for did not exist. It is added with the line that the issue gives; nothing else changes.
</summary>
<file path="{path}" action="create">
The coding agent was here.
</file>
"""


@dataclass(frozen=True)
class Smoke:
    """One run: what it is called by, and where it works."""

    parts: Parts
    settings: Settings
    full_name: str
    path: str

    async def pass_through(self, *, keep: bool) -> int:
        """Run it; 0 where a pull request was opened."""
        repository = (await self.parts.forge().find_repository(self.full_name)).ref
        access = await self.parts.forge().check(repository)
        if access.missing:
            lacks = ", ".join(access.missing)
            message = f"{access.login} lacks {lacks} on {repository}: docs/GITHUB.md says how to grant it."
            raise InvalidInput(message)
        print(f"Agent: {access.login}. Model: {self.settings.llm}. Repository: {repository}.")
        async with self._issue(repository, keep=keep) as issue:
            task = await self.parts.enqueue_issue().enqueue(
                repository.full_name, issue.number, mode=Mode.QUICKFIX, operator=access.login
            )
            try:
                return await self._worked_on(task)
            finally:
                if not keep:
                    await self._removed(task)

    async def _worked_on(self, task: Task) -> int:
        outcome = await self.parts.run_task().run(await self.parts.queue().take())
        print(f"Outcome: {outcome}")
        for comment in await self.parts.forge().comments(task.issue):
            print(f"Comment by {comment.author}: {' '.join(comment.body.split())[:200]}")
        for pull_request in await self._pull_requests(task):
            print(
                f"Pull request: {pull_request.url}\n  {pull_request.title}\n  labels: {', '.join(pull_request.labels)}"
            )
        return 0 if isinstance(outcome, Done) and outcome.pull_request else 1

    async def _pull_requests(self, task: Task) -> list[PullRequest]:
        return list(await self.parts.forge().pull_requests(task.repository, task.branch))

    async def _removed(self, task: Task) -> None:
        for pull_request in await self._pull_requests(task):
            await self.parts.forge().close_pull_request(task.repository, pull_request.number)
        await self.parts.forge().delete_branch(task.repository, task.branch)
        print(f"Cleaned up: pull request closed, branch {task.branch} deleted.")

    @asynccontextmanager
    async def _issue(self, repository: RepositoryRef, *, keep: bool) -> AsyncIterator[IssueKey]:
        """What people do, and the agent's port does not: open an issue, and close it."""
        made = await self._rest(
            repository,
            "POST",
            "/issues",
            {
                "title": f"Smoke test of the coding agent: add {self.path}",
                "body": f"Please add the file `{self.path}` with this line:\n\n    The coding agent was here.\n",
            },
        )
        issue = IssueKey(repository, made["number"])
        print(f"Issue: {made['html_url']}")
        try:
            yield issue
        finally:
            if not keep:
                await self._rest(repository, "PATCH", f"/issues/{issue.number}", {"state": "closed"})
                print("Cleaned up: issue closed.")

    async def _rest(self, repository: RepositoryRef, method: str, path: str, body: object) -> Any:
        address = parsed(self.settings.github_base_url)
        route = network(self.settings).route_to(address.rest)
        source = await self.parts.forge().git_source(repository)
        headers = {"Authorization": f"token {source.token.reveal()}", "Accept": "application/vnd.github+json"}
        async with httpx.AsyncClient(
            timeout=_SECONDS, headers=headers, trust_env=False, verify=route.verify, proxy=route.proxy_url
        ) as client:
            answer = await client.request(method, f"{address.rest}/repos/{repository.full_name}{path}", json=body)
        if answer.is_error:
            message = f"{method} {path} was answered {answer.status_code}: {' '.join(answer.text.split())[:200]}"
            raise InvalidInput(message)
        return answer.json()


async def smoke(full_name: str, folder: Path, *, keep: bool) -> int:
    """Run it with the settings of the environment, and what a run of its own needs."""
    path = f"coding-agent-smoke-{uuid.uuid4().hex[:8]}.md"
    settings = load(os.environ)
    answers = folder / "answer.md"
    answers.write_text(_ANSWER.format(path=path), encoding="utf-8")
    scripted = {} if settings.llm else {"llm": "scripted", "script_path": answers}
    own = overridden(
        settings,
        forge="github",
        queue="memory",
        allowed_repositories=(full_name,),
        audit_log_path=folder / "audit.jsonl",
        work_path=folder / "work",
        **scripted,
    )
    async with composed(own) as parts:
        return await Smoke(parts, own, full_name, path).pass_through(keep=keep)


def main() -> int:
    """Parse the command line, run, and say in one line what is wrong where something is."""
    parser = argparse.ArgumentParser(prog="make smoke-github", description="QuickFix on a real repository.")
    parser.add_argument("repository", metavar="OWNER/NAME")
    parser.add_argument("--keep", action="store_true", help="leave the issue and the pull request open")
    arguments = parser.parse_args()
    try:
        with tempfile.TemporaryDirectory(prefix="coding-agent-smoke-") as folder:
            return run(smoke(arguments.repository, Path(folder), keep=arguments.keep))
    except AgentError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Interrupted; what was made has been cleaned up.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
