"""What a change or a plan is asked for."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from application.discussion import Discussion
from application.repository_rules import RepositoryRules
from domain.visible_text import visible

if TYPE_CHECKING:
    from domain.plan import Plan
    from domain.policy import Policy


@dataclass(frozen=True, slots=True)
class Remark:
    """What a reviewer says of the change; `path` and `line` where it is about one place of it ("", None otherwise).

    `id` names the comment on the forge, 0 for the review's own words. `hunk` is the part of the diff that it is on.
    """

    id: int
    author: str
    text: str
    path: str = ""
    line: int | None = None
    hunk: str = ""


@dataclass(frozen=True, slots=True)
class Brief:
    """The request in words: a title (one line) and a body (Markdown, may be empty), as strangers wrote them.

    What people who may write have said since: `plan` is the one that they agreed on, or that a new one is to take the
    place of; `wishes` what they wrote behind a command; `remarks` what they ask for in a review; `discussion` the
    comments below the issue. `rules` is what the repository asks for, `budget_usd` the most that a command lets the
    task cost (None: it says nothing).
    """

    title: str
    body: str = ""
    plan: Plan | None = None
    wishes: str = ""
    remarks: tuple[Remark, ...] = ()
    discussion: Discussion = field(default_factory=Discussion)
    rules: RepositoryRules = field(default_factory=RepositoryRules)
    budget_usd: float | None = None

    def narrowed(self, policy: Policy) -> Policy:
        """The operator's limits as the repository and the person who asked let them be: lower, never higher."""
        narrowed = self.rules.config.narrowed(policy)
        if self.budget_usd is None:
            return narrowed
        return replace(narrowed, max_cost_usd=min(narrowed.max_cost_usd, self.budget_usd))

    @property
    def paths(self) -> tuple[str, ...]:
        """The files that people have named: those of the plan's list, and those that remarks are on."""
        planned = self.plan.files() if self.plan else ()
        return tuple(dict.fromkeys([*planned, *(remark.path for remark in self.remarks if remark.path)]))

    @property
    def text(self) -> str:
        """Title and body as the model and the search read them: what a page does not show is left out."""
        return visible(f"{self.title}\n\n{self.body}").strip()
