"""What the operators' commands say of the queue and of the tasks in it."""

from __future__ import annotations

import base64
from dataclasses import asdict
from typing import TYPE_CHECKING

from application.publication import cost, tokens
from entrypoints.cli.answers import Answer, moment
from entrypoints.cli.printable import printable_line

if TYPE_CHECKING:
    from application.ports.queue_admin import DeadLetter, Pause, QueueStatus

_SHORT_ID = 12
_REASON_IN_A_LIST = 100
_BYTES_SHOWN = 2_000


def status_answer(found: QueueStatus, where: str) -> Answer:
    """How many tasks there are, and whether they are taken."""
    facts = {"due": found.due, "delayed": found.delayed, "held": found.held, "dead": found.dead}
    pause = {"by": found.paused.by, "since": found.paused.since.isoformat()} if found.paused else None
    return Answer(
        f"queue    {where}\n{_status_text(found)}",
        {"outcome": "done", "queue": where, **facts, "paused": pause, "consumers": found.consumers},
    )


def _status_text(found: QueueStatus) -> str:
    lines = [
        f"due      {found.due:>6}  to be taken now",
        f"delayed  {found.delayed:>6}  to be taken later: most are to be tried again",
        f"held     {found.held:>6}  being worked on",
        f"dead     {found.dead:>6}  set aside{': coding-agent queue dead list' if found.dead else ''}",
    ]
    if found.consumers is not None:
        lines.append(f"workers  {found.consumers:>6}  waiting for tasks or working")
    lines.append(_pause_text(found.paused))
    return "\n".join(lines)


def _pause_text(pause: Pause | None) -> str:
    if pause is None:
        return "not paused"
    return f"PAUSED since {moment(pause.since)} by {pause.by}. To go on: coding-agent resume"


def line(letter: DeadLetter) -> str:
    """One dead task in a list."""
    reason = printable_line(letter.reason)
    cut = reason if len(reason) <= _REASON_IN_A_LIST else f"{reason[:_REASON_IN_A_LIST]}…"
    return (
        f"{letter.task_id[:_SHORT_ID]}  {moment(letter.died_at)}  {_issue(letter)}, attempt {letter.attempt}\n    {cut}"
    )


def name(letter: DeadLetter) -> str:
    """Which one it is, in a few words."""
    return f"{letter.task_id[:_SHORT_ID]}  {_issue(letter)}"


def _issue(letter: DeadLetter) -> str:
    return str(letter.task.issue) if letter.task else "bytes that are no task"


def page(letter: DeadLetter) -> str:
    """All that is known of it."""
    lines = [
        f"task     {letter.task_id}",
        f"died     {moment(letter.died_at)}, in attempt {letter.attempt}",
        f"reason   {letter.reason}",
        f"spent    {tokens(letter.spent)} · cost: {cost(letter.spent)}",
    ]
    if letter.task is None:
        shown = letter.unreadable[:_BYTES_SHOWN].decode(errors="backslashreplace")
        return "\n".join([*lines, f"bytes    {len(letter.unreadable):,}, which are no task:", shown])
    task = letter.task
    history = [f"           {moment(attempt.at)}  {attempt.reason}" for attempt in task.history]
    return "\n".join(
        [
            *lines,
            f"issue    {task.issue}: {printable_line(task.title)}",
            f"asked    {moment(task.asked_at)} by {task.asked_by}, for {task.kind}",
            f"branch   {task.branch}",
            f"before   {counted(len(history), 'attempt')}",
            *history,
        ]
    )


def facts(letter: DeadLetter) -> dict[str, object]:
    """The same for programs."""
    common: dict[str, object] = {
        "task": letter.task_id,
        "reason": letter.reason,
        "died_at": letter.died_at.isoformat(),
        "attempt": letter.attempt,
        "spent": asdict(letter.spent),
    }
    if letter.task is None:
        return {**common, "unreadable_base64": base64.b64encode(letter.unreadable).decode()}
    task = letter.task
    return {
        **common,
        "repository": str(task.repository),
        "issue": task.issue_number,
        "title": task.title,
        "kind": task.kind.value,
        "asked_by": task.asked_by,
        "asked_at": task.asked_at.isoformat(),
        "history": [{"at": attempt.at.isoformat(), "reason": attempt.reason} for attempt in task.history],
    }


def counted(count: int, what: str = "task") -> str:
    """`1 task`, `2 tasks`."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"
