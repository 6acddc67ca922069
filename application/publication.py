"""What is published of a change: the commit's message and the pull request's body."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.ports.vcs import CommitMessage
from application.texts.texts import ENGLISH
from domain.marker import issue_mark
from domain.model_text import harmless, one_line

if TYPE_CHECKING:
    from application.ports.vcs import BranchTip
    from application.proposal import Proposal
    from application.texts.texts import Texts
    from domain.conversation import Spend
    from domain.task import Task

TASK_TRAILER = "Task-Id"
MODEL_TRAILER = "Model"
_SUBJECT_LIMIT = 72
_ENDS_CODE = str.maketrans("`|", "??")


def commit_message(proposal: Proposal, trailers: tuple[tuple[str, str], ...] = ()) -> CommitMessage:
    """The model's words as a commit message."""
    subject = one_line(proposal.title, _SUBJECT_LIMIT)
    return CommitMessage(subject, harmless(proposal.summary), (*trailers, (MODEL_TRAILER, proposal.model)))


def subject_and_summary(tip: BranchTip) -> tuple[str, str]:
    """The words of a commit that an earlier attempt pushed, its trailers left out."""
    subject, _, rest = tip.message.partition("\n")
    lines = rest.strip().splitlines()
    while lines and lines[-1].partition(":")[0] in tip.trailers:
        lines.pop()
    return subject.strip(), "\n".join(lines).strip()


def pull_request_body(task: Task, summary: str, facts: tuple[tuple[str, str], ...], texts: Texts = ENGLISH) -> str:
    """What was wrong and what changed, what was checked and what not, which issue it resolves; then the facts."""
    rows = "\n".join(f"| {name} | {value} |" for name, value in facts)
    body = texts.say("pull_request.body", summary=summary, issue=str(task.issue_number), rows=rows)
    return f"{issue_mark(task.issue_number)}\n{body}\n"


def facts_of(
    proposal: Proposal, asked_by: str, seconds: float, attempt: int, texts: Texts = ENGLISH
) -> tuple[tuple[str, str], ...]:
    """The facts about a change made in this attempt, the task's `attempt`-th."""
    shown = ", ".join(map(_as_code, proposal.shown))
    return (
        (texts.say("pull_request.asked_by"), _as_code(asked_by)),
        (texts.say("pull_request.model"), _as_code(proposal.model)),
        (texts.say("pull_request.answers"), str(proposal.rounds)),
        (texts.say("pull_request.attempts"), str(attempt)),
        (texts.say("pull_request.tokens"), tokens(proposal.spend, texts)),
        (texts.say("pull_request.cost"), cost(proposal.spend, texts)),
        (texts.say("pull_request.time"), f"{seconds:.0f} s"),
        (texts.say("pull_request.files_shown"), shown or texts.say("pull_request.no_files")),
    )


def facts_of_commit(
    tip: BranchTip, asked_by: str, spend: Spend, attempt: int, texts: Texts = ENGLISH
) -> tuple[tuple[str, str], ...]:
    """The facts about a change that an earlier attempt committed."""
    model = tip.trailers.get(MODEL_TRAILER, texts.say("pull_request.model_unknown"))
    return (
        (texts.say("pull_request.asked_by"), _as_code(asked_by)),
        (texts.say("pull_request.model"), _as_code(model)),
        (texts.say("pull_request.commit"), texts.say("pull_request.earlier_commit", commit=tip.commit[:12])),
        (texts.say("pull_request.attempts"), str(attempt)),
        (texts.say("pull_request.tokens"), tokens(spend, texts)),
        (texts.say("pull_request.cost"), cost(spend, texts)),
    )


def _as_code(path: str) -> str:
    """A path or a name in a table's cell; the few characters that would end code or cell are shown as another."""
    return f"`{path.translate(_ENDS_CODE)}`"


def tokens(spend: Spend, texts: Texts = ENGLISH) -> str:
    """For example `12,345 read, 678 written`; `about` stands before what no server has counted."""
    read, written = texts.number(spend.input_tokens), texts.number(spend.output_tokens)
    if spend.estimated:
        return texts.say("spend.tokens_estimated", read=read, written=written)
    return texts.say("spend.tokens", read=read, written=written)


def cost(spend: Spend, texts: Texts = ENGLISH) -> str:
    """US dollars, `nothing` for a local model, or that the price is not known."""
    if spend.cost_usd is None:
        return texts.say("spend.cost_unknown")
    return f"${spend.cost_usd:.4f}" if spend.cost_usd else texts.say("spend.cost_none")
