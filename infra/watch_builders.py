"""How the parts are handed to whoever looks on; see `infra.watching`."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from application.ports.audit_log import AuditLog
from application.ports.code_search import CodeSearch
from application.ports.code_structure import CodeStructure
from application.ports.forge import Forge
from application.ports.secret_scanner import SecretScanner
from application.ports.syntax_checker import SyntaxChecker

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from application.ports.clock import Clock
    from application.ports.language_model import LanguageModel
    from application.ports.task_queue import TaskQueue
    from application.ports.vcs import Vcs
    from application.task_runner import TaskRunner
    from application.use_cases.run_task import RunTask
    from infra.watching import Watching


def forge(watching: Watching, forge: Forge) -> Forge:
    """The forge, watched."""
    return watching.port(forge, Forge)


def vcs(watching: Watching, vcs: Vcs) -> Vcs:
    """Version control, watched."""
    return watching.vcs(vcs)


def queue(watching: Watching, queue: TaskQueue) -> TaskQueue:
    """The queue, watched."""
    return watching.queue(queue)


def audit_log(watching: Watching, log: AuditLog) -> AuditLog:
    """The audit log, watched."""
    return watching.port(log, AuditLog)


def code_search(watching: Watching, search: CodeSearch) -> CodeSearch:
    """The search, watched."""
    return watching.port(search, CodeSearch)


def structure(watching: Watching, structure: CodeStructure) -> CodeStructure:
    """The reading of structure, watched."""
    return watching.port(structure, CodeStructure)


def syntax(watching: Watching, syntax: SyntaxChecker) -> SyntaxChecker:
    """The check of syntax, watched."""
    return watching.port(syntax, SyntaxChecker)


def secret_scanner(watching: Watching, scanner: SecretScanner) -> SecretScanner:
    """The search for secrets, watched."""
    return watching.port(scanner, SecretScanner)


def model(watching: Watching, model: LanguageModel) -> LanguageModel:
    """The model, watched."""
    return watching.model(model)


def named_models(
    watching: Watching, models: Mapping[str, Callable[[], LanguageModel]]
) -> dict[str, Callable[[], LanguageModel]]:
    """The models that repositories may name, watched once they are made."""
    return {name: partial(_made, watching, make) for name, make in models.items()}


def _made(watching: Watching, make: Callable[[], LanguageModel]) -> LanguageModel:
    return watching.model(make())


def runner(watching: Watching, run_task: RunTask, clock: Clock) -> TaskRunner:
    """Whoever works on tasks, watched, and with log lines that say on which."""
    from infra.task_log import LoggedRuns  # noqa: PLC0415 - a gateway need not load it

    return LoggedRuns(watching.runner(run_task, clock))
