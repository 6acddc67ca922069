"""What is found when it is quiet again."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pygit2

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from domain.issue import IssueKey, PullRequest
    from infra.composition import Parts

RESULTS = {"✅": "done", "🛑": "cancelled", "❌": "failed", "💬": "nothing to do", "⛔": "refused"}


@dataclass
class Verdict:
    """Issues that are not as they should be, with what is wrong; and how all of them ended."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)
    ends: Counter[str] = field(default_factory=Counter)

    @property
    def clean(self) -> bool:
        """Whether nothing is wrong."""
        return not (self.lost or self.doubled or self.unfinished)


async def inspect(parts: Parts, issues: Iterable[IssueKey]) -> Verdict:
    """Look at every issue on the forge, at its pull requests, and at their branches."""
    verdict = Verdict()
    pulls: dict[str, Sequence[PullRequest]] = {}
    for issue in issues:
        name = issue.repository.full_name
        if name not in pulls:
            pulls[name] = await parts.forge().pull_requests(issue.repository, "coding-agent/")
        prefix = f"coding-agent/{issue.number}-"
        own = [pull for pull in pulls[name] if pull.head.startswith(prefix)]
        await _inspect(parts, issue, own, verdict)
    return verdict


async def _inspect(parts: Parts, issue: IssueKey, pulls: Sequence[PullRequest], verdict: Verdict) -> None:
    agent = await parts.forge().agent_login()
    comments = [c.body for c in await parts.forge().comments(issue) if c.author == agent]
    statuses = [body for body in comments if "coding-agent:status" in body]
    if not statuses:
        verdict.lost.append(f"{issue}: no status comment")
        return
    ends = [end for body in statuses for mark, end in RESULTS.items() if f"\n{mark}" in body]
    if len(ends) != len(statuses):
        verdict.unfinished.append(f"{issue}: {statuses[0].splitlines()[-1]}")
        return
    end = ends[0]
    verdict.ends[end] += 1
    if len(statuses) > 1 or len(pulls) > 1:
        verdict.doubled.append(f"{issue}: {len(statuses)} status comments, {len(pulls)} pull requests")
    if end == "done" and not pulls:
        verdict.lost.append(f"{issue}: done without a pull request")
    source = await parts.forge().git_source(issue.repository)
    verdict.doubled += [f"{issue}: {n} commits" for pull in pulls if (n := _commits(source.location, pull.head)) != 1]


def _commits(repository: str, branch: str) -> int:
    git = pygit2.Repository(repository)
    ahead, _ = git.ahead_behind(git.branches[branch].target, git.branches["main"].target)
    return ahead
