"""Whether what was seen is what was promised: from no worker to some and back to none, and each task done once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.smoke.scaling.timeline import Moment

_NAMED = 10


@dataclass(frozen=True, slots=True)
class Result:
    """What the forge holds about one task's issue: of each there is to be exactly one."""

    issue: int
    done: int
    """Status comments that say so."""
    comments: int
    """Status comments at all."""
    pull_requests: int
    commits: int
    """On the branches of its pull requests, beyond the default branch."""


def over(moments: Sequence[Moment], tasks: int) -> bool:
    """Whether there is nothing more to wait for."""
    last = moments[-1]
    return last.done >= tasks and last.queue.empty and not last.workers.pods and most_workers(moments) > 0


def most_workers(moments: Sequence[Moment]) -> int:
    """How many workers were ready at once."""
    return max((moment.workers.ready for moment in moments), default=0)


def faults(moments: Sequence[Moment], results: Sequence[Result], *, workers: int) -> list[str]:
    """What is wrong, one sentence each; none means that all is well. So many `workers` had to be ready at once."""
    return [*_scaling_faults(moments, workers), *_result_faults(results), *_queue_faults(moments[-1])]


def _scaling_faults(moments: Sequence[Moment], workers: int) -> list[str]:
    first, last, most = moments[0], moments[-1], most_workers(moments)
    found = []
    if first.workers.pods:
        found.append(f"It did not begin at zero: {_counted(first.workers.pods, 'worker')} ran before the first task.")
    if most < workers:
        found.append(f"Not scaled up: at most {_counted(most, 'worker')} ready at once, {workers} expected.")
    if last.workers.pods:
        found.append(f"Not scaled down: {_counted(last.workers.pods, 'worker')} left after {last.at_seconds:.0f} s.")
    return found


def _result_faults(results: Sequence[Result]) -> list[str]:
    lost = [result.issue for result in results if not result.comments]
    unfinished = [result.issue for result in results if result.comments and not result.done]
    incomplete = [result.issue for result in results if result.done and not (result.pull_requests and result.commits)]
    twice = [result.issue for result in results if max(result.comments, result.pull_requests, result.commits) > 1]
    sorts = {
        "Lost, without a word on the issue": lost,
        "Begun, but never done": unfinished,
        "Said to be done, but without a pull request or a commit": incomplete,
        "Done more than once": twice,
    }
    return [f"{what}: {_issues(issues)}." for what, issues in sorts.items() if issues]


def _queue_faults(last: Moment) -> list[str]:
    found = []
    if not last.queue.empty:
        left = last.queue.ready + last.queue.held + last.queue.later
        found.append(f"The queue is not empty: {_counted(left, 'task')} left.")
    if last.queue.dead:
        found.append(f"Set aside as dead: {_counted(last.queue.dead, 'task')}.")
    return found


def remarks(moments: Sequence[Moment]) -> list[str]:
    """What is no fault in itself, but explains faults: why pods did not run, and how often containers restarted."""
    troubles = sorted({trouble for moment in moments for trouble in moment.workers.troubles})
    restarts = max((moment.workers.restarts for moment in moments), default=0)
    found = [f"Pods that did not run: {', '.join(troubles)}."] if troubles else []
    if restarts:
        found.append(f"Containers of workers that were restarted: {restarts}.")
    return found


def _issues(numbers: Sequence[int]) -> str:
    named = ", ".join(f"#{number}" for number in numbers[:_NAMED])
    more = f" and {len(numbers) - _NAMED} more" if len(numbers) > _NAMED else ""
    return f"{_counted(len(numbers), 'task')}, {named}{more}"


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
