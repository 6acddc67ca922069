"""The use cases of a worker, by the kind of task and by the step that a command takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.handlers import Handlers
from application.use_cases.cancel_work import CancelWork
from application.use_cases.end_plan import EndPlan
from application.use_cases.execute_plan import ExecutePlan
from application.use_cases.follow_up import FollowUp
from application.use_cases.obey_command import ObeyCommand
from application.use_cases.propose_plan import ProposePlan
from application.use_cases.quick_fix import QuickFix
from application.use_cases.retry_task import RetryTask
from application.use_cases.revise_plan import RevisePlan
from application.use_cases.tell_status import TellStatus
from domain.audit import AuditAction
from domain.dialogue import Step
from domain.task import TaskKind
from infra.watching import NotWatching

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from application.handlers import Handler
    from application.use_cases.draft_plan import DraftPlan
    from application.use_cases.write_change import WriteChange
    from domain.approval import ApprovalRules
    from domain.task import Mode
    from infra.watching import Watching


_NOBODY = NotWatching()


def all_handlers(
    write_change: WriteChange,
    draft_plan: DraftPlan,
    rules: ApprovalRules,
    default_mode: Mode,
    watching: Watching = _NOBODY,
) -> Handlers:
    """Everything that a worker can do."""
    plain: Mapping[Step, Callable[[], Handler]] = {
        Step.PLAN: lambda: ProposePlan(draft_plan),
        Step.FIX: lambda: QuickFix(write_change),
        Step.EXECUTE: lambda: ExecutePlan(write_change, rules),
        Step.REVISE: lambda: RevisePlan(draft_plan),
        Step.REJECT: lambda: EndPlan(AuditAction.REJECTED),
        Step.FOLLOW_UP: lambda: FollowUp(write_change),
        Step.RETRY: lambda: RetryTask(lambda: handlers),
        Step.CANCEL: lambda: CancelWork(EndPlan()),
        Step.STATUS: TellStatus,
    }
    steps = {step: watching.step(step, make) for step, make in plain.items()}
    handlers = Handlers(
        {
            TaskKind.QUICKFIX: steps[Step.FIX],
            TaskKind.PLAN: steps[Step.PLAN],
            TaskKind.COMMAND: lambda: ObeyCommand(steps),
            TaskKind.REVIEW: steps[Step.FOLLOW_UP],
        },
        default_mode,
    )
    return handlers
