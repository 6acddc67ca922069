"""From a request to a change that may be committed."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from application.answer_form import AnswerForm
from application.editing.apply import apply_edits
from application.editing.parse import parse_answer
from application.editing.size import changed_lines
from application.editing.syntax import new_syntax_problems
from application.model_session import ModelSession
from application.patience import Patience
from application.prompts.prompts import fix_prompt, fix_system_prompt, rank_system_prompt, repair_prompt
from application.proposal import Proposal
from application.reading import context_budget, read_repository
from application.reranking import reranked
from application.words_alone import words_alone
from domain.change_set import ChangeKind, ChangeSet
from domain.errors import EditsRefused
from domain.events import EditsChecked, EditsReturned, Stage, StageReached
from domain.model_text import LONGEST, one_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from application.brief import Brief
    from application.deadline import Deadline
    from application.editing.answer import Answer
    from application.offered_models import OfferedModels
    from application.ports.code_search import CodeSearch
    from application.ports.syntax_checker import SyntaxChecker
    from application.ports.task_events import TaskEvents
    from application.ports.vcs import Workspace
    from application.reading import Material
    from application.words_alone import NoChange, Questions
    from domain.conversation import Spend
    from domain.plan import Plan
    from domain.policy import Policy


class WriteChange:
    """Lets a model write a change, and lets through only one that applies, is allowed, and still parses.

    What cannot be used goes back to the model with the exact reason, at most `repair_rounds` times.
    """

    def __init__(  # noqa: PLR0913 - each by its name
        self,
        *,
        models: OfferedModels,
        search: CodeSearch,
        syntax: SyntaxChecker,
        policy: Policy,
        repair_rounds: int,
        context_tokens: int,
        patience: Patience = Patience(),  # noqa: B008 - a frozen value
        reranks: bool = False,
        form: AnswerForm = AnswerForm(),  # noqa: B008 - a frozen value
    ) -> None:
        self._models = models
        self._search = search
        self._syntax = syntax
        self._policy = policy
        self._repair_rounds = repair_rounds
        self._context_tokens = context_tokens
        self._patience = patience
        self._reranks = reranks
        self._form = form

    async def run(
        self, workspace: Workspace, brief: Brief, *, events: TaskEvents, deadline: Deadline, spent: Spend
    ) -> Proposal | NoChange | Questions:
        """Read the repository, ask, check, and ask again where that helps.

        Raises `EditsRefused` with the last problems when the rounds are used up, and what `ModelSession.ask` raises.
        """
        policy = brief.narrowed(self._policy)
        model = self._models.chosen(brief.rules.config)
        budget = context_budget(await model.fitted_profile(), self._context_tokens)
        asked = functools.partial(ModelSession, model, policy, events, deadline, patience=self._patience)
        second_look = asked(system=rank_system_prompt(), spent=spent) if self._reranks else None
        rerank = functools.partial(reranked, brief=brief, session=second_look) if second_look else None
        material = await read_repository(
            workspace, self._search, brief, policy, budget_tokens=budget, events=events, rerank=rerank
        )
        system = fix_system_prompt(whole_files=self._form.wants_whole_files(model.profile.name))
        session = asked(system=system, spent=second_look.spent if second_look else spent)
        prompt = fix_prompt(brief, material)
        problems: tuple[str, ...] = ()
        for answered in range(self._repair_rounds + 1):
            await events.record(StageReached(Stage.THINKING, f"asking {model.profile.name}"))
            answer = parse_answer(await session.ask(prompt), material.existing)
            if words := words_alone(answer, session.spent):
                return words
            before = problems
            changes, problems = await self._checked(answer, brief, workspace, material, policy, events)
            await events.record(EditsChecked(len(changes.changes), len(problems)))
            if not problems:
                return _proposal(answer, brief, changes, material, model.profile.name, answered + 1, session.spent)
            if answered < self._repair_rounds:
                await events.record(EditsReturned(problems))
                prompt = repair_prompt(problems, again=problems == before)
        message = f"The edits of {model.profile.name} could not be used (answers: {self._repair_rounds + 1})."
        raise EditsRefused(message, problems=problems)

    async def _checked(
        self, answer: Answer, brief: Brief, workspace: Workspace, material: Material, policy: Policy, events: TaskEvents
    ) -> tuple[ChangeSet, tuple[str, ...]]:
        """The change that the answer asks for, and everything that is wrong with it."""
        if answer.problems:
            return ChangeSet(), answer.problems
        await events.record(StageReached(Stage.EDITING, _count(len(answer.edits), "file")))
        if protected := _protected_paths(answer, policy):
            return ChangeSet(), protected
        shown = {file.path for file in material.context.files}
        originals = await workspace.read(shown | ({edit.path for edit in answer.edits} & material.existing))
        applied = apply_edits(answer.edits, originals)
        forbidden = _forbidden(applied.changes, originals, material, policy)
        await events.record(StageReached(Stage.CHECKING, "syntax"))
        broken = await new_syntax_problems(applied.changes, originals, self._syntax)
        return applied.changes, (*applied.problems, *forbidden, *_unplanned(applied.changes, brief.plan), *broken)


def _protected_paths(answer: Answer, policy: Policy) -> tuple[str, ...]:
    """Paths that may not be written whatever they hold: said first, for such an edit is not to be mended."""
    named = dict.fromkeys(path for edit in answer.edits for path in (edit.path, edit.renamed_to) if path)
    return tuple(problem for path in named if (problem := policy.path_problem(path)))


def _forbidden(changes: ChangeSet, originals: Mapping[str, bytes], material: Material, policy: Policy) -> list[str]:
    shown = frozenset(file.path for file in material.context.files)
    problems = policy.problems(changes, existing=material.existing, shown=shown, links=material.links)
    lines = sum(changed_lines(originals.get(change.path), change.content) for change in changes)
    size = sum(_growth(originals.get(change.path), change.content) for change in changes)
    return [*problems, *filter(None, [policy.size_problem(lines, size)])]


def _proposal(
    answer: Answer, brief: Brief, changes: ChangeSet, material: Material, model: str, rounds: int, spend: Spend
) -> Proposal:
    shown = tuple(file.path for file in material.context.files)
    title = one_line(answer.title) or one_line(brief.title) or "Resolve the issue"
    return Proposal(title, answer.summary[:LONGEST], changes, shown, model, rounds, spend)


def _unplanned(changes: ChangeSet, plan: Plan | None) -> list[str]:
    """Files that exist and that the approved plan does not name: people have not agreed to a change of them."""
    changed = [change.path for change in changes if plan and change.kind is not ChangeKind.CREATE]
    return [
        f"`{path}` is not among the files of the approved plan" for path in changed if plan and not plan.allows(path)
    ]


def _growth(before: bytes | None, after: bytes | None) -> int:
    """By how many bytes a file becomes larger; 0 where it does not."""
    return max(0, len(after or b"") - len(before or b""))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
