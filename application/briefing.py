"""What a task is worked on with: the branch to start from, the repository's rules, and what was said."""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from application.discussion import told_discussion
from application.repository_rules import read_rules
from domain.errors import NotFound
from domain.repository import Permission

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from application.brief import Brief
    from application.discussion import Discussion
    from application.job import Job
    from application.ports.vcs import Vcs, Workspace
    from application.repository_rules import RepositoryRules
    from domain.issue import Comment
    from domain.repository import GitSource
    from domain.repository_config import RepositoryConfig
    from domain.task import Mode

_MOST_PEOPLE_ASKED_ABOUT = 40


class OtherMode(Exception):
    """The operator's default mode was about to be used, and the repository's configuration asks for this one."""

    def __init__(self, mode: Mode) -> None:
        super().__init__(mode.value)
        self.mode = mode


@asynccontextmanager
async def opened_base(job: Job) -> AsyncIterator[tuple[Workspace, RepositoryRules]]:
    """The branch that a change starts from and goes into, with the rules of the default branch.

    Raises what `read_rules` and `Vcs.open` raise, and `OtherMode`.
    """
    repository = await job.forge.repository(job.task.repository)
    source = await job.forge.git_source(job.task.repository)
    async with AsyncExitStack() as stack:
        workspace = await stack.enter_async_context(job.vcs.open(source, repository.default_branch))
        rules = await read_rules(workspace)
        if job.default_mode and rules.config.mode and rules.config.mode is not job.default_mode:
            raise OtherMode(rules.config.mode)
        if rules.config.base_branch not in {"", repository.default_branch}:
            await stack.aclose()
            workspace = await _opened_branch(stack, job.vcs, source, rules.config)
        yield workspace, rules


async def _opened_branch(stack: AsyncExitStack, vcs: Vcs, source: GitSource, config: RepositoryConfig) -> Workspace:
    """The branch that the configuration names, if it is one."""
    try:
        workspace = await stack.enter_async_context(vcs.open(source, config.base_branch))
    except NotFound:
        config.refuse("base_branch", "is not a branch of this repository")
    if not workspace.branch:
        config.refuse("base_branch", "is not a branch of this repository")
    return workspace


async def informed(job: Job, brief: Brief) -> Brief:
    """A request that is worked on elsewhere than on the default branch, with that branch's rules and what was said."""
    repository = await job.forge.repository(job.task.repository)
    source = await job.forge.git_source(job.task.repository)
    async with job.vcs.open(source, repository.default_branch) as workspace:
        rules = await read_rules(workspace)
    return replace(brief, rules=rules, discussion=await read_discussion(job))


async def full_brief(job: Job, rules: RepositoryRules) -> Brief:
    """The request with everything that the model may be told of it."""
    return replace(job.brief, rules=rules, discussion=await read_discussion(job))


async def read_discussion(job: Job) -> Discussion:
    """The issue's comments as they stood when the agent was asked, its own left out."""
    comments = await job.forge.comments(job.task.issue)
    own = await job.forge.agent_login()
    others = [comment for comment in comments if comment.author != own and comment.id != job.comment_id]
    trusted = None if job.comments_by_anybody else await _writers(job, others)
    return told_discussion(others, as_of=job.task.asked_at, trusted=trusted)


async def _writers(job: Job, comments: Sequence[Comment]) -> frozenset[str]:
    """Those of the latest authors who may write in the repository now."""
    people = dict.fromkeys(comment.author for comment in reversed(comments) if not comment.author_is_bot)
    asked_about = list(people)[:_MOST_PEOPLE_ASKED_ABOUT]
    return frozenset(
        [who for who in asked_about if await job.forge.permission(job.task.repository, who) >= Permission.WRITE]
    )
