"""How each part is made from the settings.

A technology is imported in the function that needs it: a gateway does not load git, nor a worker on Ollama the SDK of
Claude. That is why imports stand inside functions here, and only here.
"""
# ruff: noqa: PLC0415

from __future__ import annotations

import os
import re
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, cast

from domain.approval import ApprovalRules
from domain.errors import InvalidInput
from domain.policy import Policy
from domain.repository import Permission
from domain.task import Mode

if TYPE_CHECKING:
    from contextlib import AsyncExitStack

    from adapters.github.forge import AppAccount, TokenAccount
    from adapters.local_forge.admin import LocalForgeAdmin
    from adapters.tree_sitter.processes import ParsingProcesses
    from application.handlers import Handlers
    from application.offered_models import OfferedModels
    from application.patience import Patience
    from application.ports.audit_log import AuditLog
    from application.ports.clock import Clock
    from application.ports.code_search import CodeSearch
    from application.ports.code_structure import CodeStructure
    from application.ports.forge import Forge
    from application.ports.queue_admin import QueueAdmin
    from application.ports.syntax_checker import SyntaxChecker
    from application.ports.task_codec import TaskCodec
    from application.ports.task_queue import TaskQueue
    from application.ports.vcs import Vcs
    from application.use_cases.accept_event import AcceptEvent
    from application.use_cases.apply_answer import ApplyAnswer
    from application.use_cases.draft_plan import DraftPlan
    from application.use_cases.enqueue_issue import EnqueueIssue
    from application.use_cases.reconcile import Reconcile
    from application.use_cases.run_task import RunTask
    from application.use_cases.solve import Solve
    from application.use_cases.submit_event import SubmitEvent
    from application.use_cases.write_change import WriteChange
    from infra.network import Network
    from infra.settings import Settings
    from infra.watching import Watching

_ATTEMPTS_WITHOUT_QUEUE = 3
_LONGEST_GIT_SECONDS = 3_000.0
"""An App's token lasts an hour: more than this of one that is new cannot be asked for."""
_OWNER_OR_REPOSITORY = re.compile(r"[\w.-]+(/[\w.-]+)?")


def policy(settings: Settings) -> Policy:
    """The operator's rules.

    Raises `InvalidInput` for a served repository that is none, such as an address copied from a browser, and for a bot
    without its id.
    """
    for name in settings.allowed_repositories:
        if not _OWNER_OR_REPOSITORY.fullmatch(name):
            message = f"ALLOWED_REPOSITORIES: `{name}` is neither an owner (acme) nor a repository (acme/shop)."
            raise InvalidInput(message)
    return Policy(
        allowed_repositories=frozenset(settings.allowed_repositories),
        allowed_bots=frozenset(map(_bot_id, settings.allowed_bots)),
        minimum_permission=Permission[settings.minimum_permission.upper()],
        allowed_protected_paths=settings.allowed_protected_paths,
        max_files=settings.max_files,
        max_changed_lines=settings.max_changed_lines,
        max_added_bytes=settings.max_added_bytes,
        max_tokens=settings.max_tokens,
        max_cost_usd=settings.max_cost_usd,
    )


def _bot_id(bot: str) -> int:
    digits = bot.rpartition(":")[2]
    if not (digits.isascii() and digits.isdigit() and int(digits)):
        message = f"ALLOWED_BOTS: `{bot}` has no account id; one looks like dependabot[bot]:49699333."
        raise InvalidInput(message)
    return int(digits)


def clock() -> Clock:
    """The system's."""
    from adapters.system_clock.clock import SystemClock

    return SystemClock()


def task_codec() -> TaskCodec:
    """Versioned JSON."""
    from adapters.task_json.codec import TaskJson

    return TaskJson()


def apply_answer(stack: AsyncExitStack, root: Path, *, protect: bool) -> ApplyAnswer:
    """The use case on a folder; a person may change in their own what the agent may not. Needs no settings."""
    from adapters.working_folder.folder import WorkingFolder
    from application.use_cases.apply_answer import ApplyAnswer

    rules = Policy() if protect else Policy(allowed_protected_paths=("**",))
    return ApplyAnswer(WorkingFolder(root), syntax(parsing(stack)), rules)


def parsing(stack: AsyncExitStack) -> ParsingProcesses:
    """Processes without secrets, for native parsers."""
    from adapters.tree_sitter.processes import ParsingProcesses

    processes = ParsingProcesses()
    stack.push_async_callback(processes.aclose)
    return processes


def syntax(parsing: ParsingProcesses) -> SyntaxChecker:
    """Tree-sitter."""
    from adapters.tree_sitter.checker import TreeSitterSyntax

    return TreeSitterSyntax(parsing)


def structure(parsing: ParsingProcesses) -> CodeStructure:
    """Tree-sitter."""
    from adapters.tree_sitter.structure import TreeSitterStructure

    return TreeSitterStructure(parsing)


def vcs(settings: Settings, clock: Clock, network: Network) -> Vcs:
    """Git through libgit2; the clones that dead processes have left behind are removed first."""
    from adapters.git.limits import GitLimits
    from adapters.git.pygit_vcs import PyGitVcs
    from adapters.git.temporary_folders import sweep

    limits = GitLimits(
        max_files=settings.git_max_files,
        max_bytes=settings.git_max_megabytes * 1_000_000,
        timeout_seconds=settings.git_timeout_seconds,
    )
    folder = work_path(settings)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        message = f"WORK_PATH: {folder} cannot be used for temporary clones: {error.strerror}."
        raise InvalidInput(message) from None
    sweep(folder)
    return PyGitVcs(
        workdir=folder,
        author_name=settings.author_name,
        author_email=settings.author_email,
        clock=clock,
        limits=limits,
        ca_bundle=network.ca_bundle,
        proxy_for=network.proxy_for,
    )


def work_path(settings: Settings) -> Path:
    """Where temporary clones lie: a folder of this user's own."""
    return settings.work_path or Path(tempfile.gettempdir()) / f"coding-agent-{os.getuid()}"


def local_forge(settings: Settings, clock: Clock) -> Forge:
    """Issues and pull requests in a folder."""
    from adapters.local_forge.forge import LocalForge

    return LocalForge(settings.local_forge_path, clock)


def github_forge(
    settings: Settings, clock: Clock, network: Network, stack: AsyncExitStack, watching: Watching
) -> Forge:
    """GitHub, as an App or as whose token it is."""
    from adapters.github.address import parsed
    from adapters.github.forge import GitHubForge

    forge = GitHubForge(
        _github_account(settings),
        clock,
        base_url=settings.github_base_url,
        seconds=settings.github_timeout_seconds,
        git_seconds=min(settings.task_deadline_seconds + settings.git_timeout_seconds, _LONGEST_GIT_SECONDS),
        route=network.route_to(parsed(settings.github_base_url).rest),
        told=watching.exchanged,
    )
    stack.push_async_callback(forge.close)
    return forge


def _github_account(settings: Settings) -> TokenAccount | AppAccount:
    from adapters.github.forge import AppAccount, TokenAccount

    if settings.github_token and settings.github_app_id:
        message = "GITHUB_TOKEN and GITHUB_APP_ID: the agent can be one of the two only; leave one empty."
        raise InvalidInput(message)
    if settings.github_token:
        return TokenAccount(settings.github_token)
    if settings.github_app_id and settings.github_app_private_key:
        return AppAccount(settings.github_app_id, settings.github_app_private_key)
    message = (
        "GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY (a GitHub App's), or GITHUB_TOKEN: with FORGE=github, the worker "
        "needs one or the other. docs/GITHUB.md shows where they come from."
    )
    raise InvalidInput(message)


def local_forge_admin(settings: Settings, clock: Clock) -> LocalForgeAdmin:
    """The people's side of the same folder."""
    from adapters.local_forge.admin import LocalForgeAdmin

    return LocalForgeAdmin(settings.local_forge_path, clock)


def patience(settings: Settings) -> Patience:
    """How a model that fails for now is waited for."""
    from application.patience import Patience

    return Patience(attempts=settings.model_attempts, longest_seconds=settings.model_longest_pause_seconds)


def accept_event(settings: Settings, policy: Policy) -> AcceptEvent:
    """Which events start or stop work."""
    from application.use_cases.accept_event import AcceptEvent

    return AcceptEvent(policy, trigger_label=settings.trigger_label, assignee=settings.assignee)


def submit_event(accept: AcceptEvent, queue: TaskQueue) -> SubmitEvent:
    """From an event to the queue."""
    from application.use_cases.submit_event import SubmitEvent

    return SubmitEvent(accept, queue)


def enqueue_issue(forge: Forge, queue: TaskQueue, policy: Policy, clock: Clock) -> EnqueueIssue:
    """From an operator's request to the queue."""
    from application.use_cases.enqueue_issue import EnqueueIssue

    return EnqueueIssue(forge, queue, policy, clock)


def reconcile(
    settings: Settings, forge: Forge, accept: AcceptEvent, queue: TaskQueue, policy: Policy, clock: Clock
) -> Reconcile:
    """From what the forge shows to the queue."""
    from application.triggers import AssignmentTriggers, CommentTriggers, LabelTriggers, PullRequestTriggers
    from application.use_cases.reconcile import Reconcile

    return Reconcile(
        forge=forge,
        accept=accept,
        queue=queue,
        admin=cast("QueueAdmin", queue),
        policy=policy,
        clock=clock,
        finders=[
            LabelTriggers(forge, settings.trigger_label),
            AssignmentTriggers(forge, settings.assignee),
            CommentTriggers(),
        ],
        pull_requests=PullRequestTriggers(forge),
        lookback=timedelta(days=settings.reconcile_days),
    )


def write_change(
    settings: Settings, models: OfferedModels, search: CodeSearch, syntax: SyntaxChecker, policy: Policy
) -> WriteChange:
    """From a request to a change."""
    from application.answer_form import AnswerForm
    from application.use_cases.write_change import WriteChange

    return WriteChange(
        models=models,
        search=search,
        syntax=syntax,
        policy=policy,
        repair_rounds=settings.repair_rounds,
        context_tokens=settings.context_tokens,
        patience=patience(settings),
        reranks=settings.rerank,
        form=AnswerForm(settings.whole_file_models),
    )


def draft_plan(settings: Settings, models: OfferedModels, search: CodeSearch, policy: Policy) -> DraftPlan:
    """From a request to a plan."""
    from application.use_cases.draft_plan import DraftPlan

    return DraftPlan(
        models,
        search,
        policy,
        context_tokens=settings.context_tokens,
        repair_rounds=settings.repair_rounds,
        patience=patience(settings),
        reranks=settings.rerank,
    )


def handlers(settings: Settings, write_change: WriteChange, draft_plan: DraftPlan, watching: Watching) -> Handlers:
    """Which use case works on what."""
    from infra.handlers import all_handlers

    rules = ApprovalRules(settings.approval_names_digest, settings.approval_by_another_person)
    return all_handlers(write_change, draft_plan, rules, Mode(settings.default_mode), watching)


def run_task(
    settings: Settings,
    forge: Forge,
    vcs: Vcs,
    clock: Clock,
    policy: Policy,
    audit: AuditLog,
    handlers: Handlers,
    watching: Watching,
) -> RunTask:
    """From a lease to an outcome."""
    from application.events import Listeners
    from application.use_cases.run_task import Rules, RunTask
    from infra.event_log import EventLog

    return RunTask(
        forge=forge,
        vcs=vcs,
        clock=clock,
        policy=policy,
        handlers=handlers,
        listener=lambda _: Listeners(EventLog(), *watching.listeners()),
        audit=audit,
        rules=Rules(
            max_attempts=settings.max_attempts,
            deadline_seconds=settings.task_deadline_seconds,
            trigger_label=settings.trigger_label,
            assignee=settings.assignee,
            comments_by_anybody=settings.comments_by_anybody,
            language=settings.language,
        ),
    )


def solve(settings: Settings, vcs: Vcs, clock: Clock, write_change: WriteChange, draft_plan: DraftPlan) -> Solve:
    """From a request to a branch."""
    from application.use_cases.solve import Solve

    return Solve(
        vcs=vcs,
        write_change=write_change,
        draft_plan=draft_plan,
        clock=clock,
        attempts=_ATTEMPTS_WITHOUT_QUEUE,
        deadline_seconds=settings.task_deadline_seconds,
    )
