"""Find on the forge what asks for work and has neither a task nor a result, and queue it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from application.triggers import IssueView
from domain.errors import PermanentError, QueueUnavailable, TransientError
from domain.issue import PullRequestState
from domain.task import BRANCH_PREFIX
from domain.webhook import CancelWork, StartTask

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta

    from application.ports.clock import Clock
    from application.ports.forge import Forge
    from application.ports.queue_admin import QueueAdmin
    from application.ports.task_queue import TaskQueue
    from application.triggers import PullRequestTriggers, Trigger, TriggerFinder
    from application.use_cases.accept_event import AcceptEvent
    from domain.issue import Issue, IssueKey
    from domain.policy import Policy
    from domain.repository import RepositoryRef
    from domain.task import Task
    from domain.webhook import Decision

_MOST_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Found:
    """A trigger that was queued: where, as which task, what happened (the forge's word), and who did it."""

    issue: IssueKey
    task_id: str
    action: str
    by: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """A repository that could not be read, and why; `wait` is how long the forge asked us to leave it alone."""

    repository: str
    reason: str
    passing: bool
    wait: timedelta | None = None


@dataclass(slots=True)
class Reconciled:
    """What came of one look at the forge.

    `repositories` were read. `published` are the triggers that are queued now. `waiting`: how many have a task in the
    queue already. `postponed`: how many were left for the next time, because the queue cannot say whether their tasks
    are among those that wait. `troubles`: what could not be read. `owners` are served, but nobody has listed which
    repositories they have. `plans_waiting_since`: when each plan that waits for people was last written (UTC).
    """

    repositories: list[str] = field(default_factory=list)
    published: list[Found] = field(default_factory=list)
    waiting: int = 0
    postponed: int = 0
    troubles: list[Trouble] = field(default_factory=list)
    owners: list[str] = field(default_factory=list)
    plans_waiting_since: list[datetime] = field(default_factory=list)


class Reconcile:
    """A lost webhook loses nothing; and where no webhook comes, this is how work is found.

    Each look reads what has changed since the last one, the first as far back as `lookback`: an issue that is open,
    its triggers, and the agent's comments. A trigger under whose task id the agent has written is answered; one whose
    task the queue knows waits; of the others, those that the rule for webhooks accepts are queued, under the id that
    the webhook would have given. A comment is left alone once a later trigger has been answered: what it asked for then
    has been overtaken. A queue that cannot say what it knows must have nothing due before more is put there.

    Repositories are those that the settings list by `owner/name`.
    """

    def __init__(  # noqa: PLR0913 - the use case names each of its parts
        self,
        *,
        forge: Forge,
        accept: AcceptEvent,
        queue: TaskQueue,
        admin: QueueAdmin,
        policy: Policy,
        clock: Clock,
        finders: Sequence[TriggerFinder],
        pull_requests: PullRequestTriggers,
        lookback: timedelta,
    ) -> None:
        self._forge = forge
        self._accept = accept
        self._queue = queue
        self._admin = admin
        self._clock = clock
        self._finders = finders
        self._pull_requests = pull_requests
        self._lookback = lookback
        self._names = sorted(name for name in policy.allowed_repositories if "/" in name)
        self._owners = sorted(name for name in policy.allowed_repositories if "/" not in name)
        self._newest: dict[str, datetime] = {}
        self._published: dict[str, None] = {}

    async def look(self) -> Reconciled:
        """Read every repository, and queue what was missed.

        What goes wrong with one repository is in the result, and the others are read all the same. Raises
        `QueueUnavailable` when the queue cannot be reached.
        """
        result = Reconciled(owners=list(self._owners))
        for name in self._names:
            try:
                await self._read(name, result)
            except QueueUnavailable:
                raise
            except TransientError as error:
                result.troubles.append(Trouble(name, str(error), passing=True, wait=error.retry_after))
            except PermanentError as error:
                result.troubles.append(Trouble(name, str(error), passing=False))
            else:
                result.repositories.append(name)
        return result

    async def _read(self, name: str, result: Reconciled) -> None:
        horizon = self._clock.now() - self._lookback
        repository = (await self._forge.find_repository(name)).ref
        issues = await self._forge.open_issues(repository, self._newest.get(name, horizon))
        for issue in issues:
            await self._look_at(issue, horizon, result)
        await self._look_at_pull_requests(repository, horizon, result)
        if issues:  # the forge's own time, which may not be ours; what is that old is read again
            self._newest[name] = max(issue.updated_at for issue in issues)

    async def _look_at(self, issue: Issue, horizon: datetime, result: Reconciled) -> None:
        view = IssueView(issue, await self._forge.comments(issue.key), await self._forge.agent_login())
        found = [trigger for finder in self._finders for trigger in await finder.find(view)]
        await self._sift(found, view.written_by_agent, horizon, result)

    async def _look_at_pull_requests(self, repository: RepositoryRef, horizon: datetime, result: Reconciled) -> None:
        """What is said on a pull request moves no issue, so the agent's open ones are read each time."""
        agent = await self._forge.agent_login()
        for found in await self._forge.pull_requests(repository, BRANCH_PREFIX):
            if found.author == agent and found.state is PullRequestState.OPEN:
                view = await self._pull_requests.find(repository, found, agent)
                result.plans_waiting_since += [view.plan_waits_since] if view.plan_waits_since else []
                await self._sift(view.triggers, view.written_by_agent, horizon, result)

    async def _sift(self, found: Sequence[Trigger], written: str, horizon: datetime, result: Reconciled) -> None:
        recent = sorted((each for each in found if each.at >= horizon), key=lambda trigger: trigger.at)
        for trigger in _unanswered(recent, written):
            await self._take_up(trigger, result)

    async def _take_up(self, trigger: Trigger, result: Reconciled) -> None:
        """Queue what the trigger asks for, unless it is there already."""
        decision = self._accept.decide(trigger.event)
        task = _task_of(decision)
        if task is None:
            return
        known = await self._known(trigger, task)
        if known:
            result.waiting += 1
        elif known is None:
            result.postponed += 1
        else:
            if isinstance(decision, CancelWork):
                await self._queue.cancel(decision.issue, decision.cancellation)
            await self._publish(task, trigger, result)

    async def _known(self, trigger: Trigger, task: Task) -> bool | None:
        """Whether its task waits; None where that will be known only once nothing does."""
        if task.id in self._published:
            return True
        answers = [await self._admin.knows(task_id) for task_id in sorted(trigger.task_ids)]
        if any(answers):
            return True
        if None not in answers:
            return False
        return None if (await self._admin.status()).due else False

    async def _publish(self, task: Task, trigger: Trigger, result: Reconciled) -> None:
        await self._queue.publish(task)
        self._published[task.id] = None
        if len(self._published) > _MOST_REMEMBERED:
            del self._published[next(iter(self._published))]
        result.published.append(Found(task.issue, task.id, trigger.event.action, trigger.event.sender))


def _task_of(decision: Decision) -> Task | None:
    """The task that a trigger asks for; `/cancel` has one too, which answers it."""
    match decision:
        case StartTask(task):
            return task
        case CancelWork(then=task):
            return task
        case _:
            return None


def _unanswered(triggers: Sequence[Trigger], written: str) -> list[Trigger]:
    """Those under none of whose ids the agent has written; of comments, only what came after the last that has."""
    answered = [any(task_id in written for task_id in trigger.task_ids) for trigger in triggers]
    last = max((place for place, was in enumerate(answered) if was), default=-1)
    return [
        trigger
        for place, trigger in enumerate(triggers)
        if not answered[place] and (trigger.event.comment is None or place > last)
    ]
