"""What is published of a change: the commit's message and the pull request's body."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.ports.vcs import CommitMessage
from domain.marker import issue_mark
from domain.model_text import harmless, one_line

if TYPE_CHECKING:
    from application.ports.vcs import BranchTip
    from application.proposal import Proposal
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


def pull_request_body(task: Task, summary: str, facts: tuple[tuple[str, str], ...]) -> str:
    """What was wrong and what changed, what was checked and what not, which issue it resolves; then the facts."""
    rows = "\n".join(f"| {name} | {value} |" for name, value in facts)
    return f"""{issue_mark(task.issue_number)}
{summary}

### Checked

- Every edit applied to the files as they were on the branch that this one starts from.
- No changed file has become one that does not parse, as far as its language is known to the agent.

### Not checked

- The repository's own tests were not run: please let your CI decide.
- Whether this is what the issue asks for: please read the change as you would a colleague's.

Fixes #{task.issue_number}

<details><summary>How this came about</summary>

| | |
|---|---|
{rows}

</details>
"""


def facts_of(proposal: Proposal, asked_by: str, seconds: float, attempt: int) -> tuple[tuple[str, str], ...]:
    """The facts about a change made in this attempt, the task's `attempt`-th."""
    return (
        ("Asked by", _as_code(asked_by)),
        ("Model", _as_code(proposal.model)),
        ("Answers", str(proposal.rounds)),
        ("Attempts", str(attempt)),
        ("Tokens", tokens(proposal.spend)),
        ("Cost", cost(proposal.spend)),
        ("Time", f"{seconds:.0f} s"),
        ("Files shown", ", ".join(map(_as_code, proposal.shown)) or "none"),
    )


def facts_of_commit(tip: BranchTip, asked_by: str, spend: Spend, attempt: int) -> tuple[tuple[str, str], ...]:
    """The facts about a change that an earlier attempt committed."""
    return (
        ("Asked by", _as_code(asked_by)),
        ("Model", _as_code(tip.trailers.get(MODEL_TRAILER, "not known"))),
        ("Commit", f"{tip.commit[:12]}, made by an earlier attempt"),
        ("Attempts", str(attempt)),
        ("Tokens", tokens(spend)),
        ("Cost", cost(spend)),
    )


def _as_code(path: str) -> str:
    """A path or a name in a table's cell; the few characters that would end code or cell are shown as another."""
    return f"`{path.translate(_ENDS_CODE)}`"


def tokens(spend: Spend) -> str:
    """For example `12,345 read, 678 written`; `about` stands before what no server has counted."""
    return f"{'about ' if spend.estimated else ''}{spend.input_tokens:,} read, {spend.output_tokens:,} written"


def cost(spend: Spend) -> str:
    """US dollars, `nothing` for a local model, or that the price is not known."""
    if spend.cost_usd is None:
        return "not known: no price is set for this model"
    return f"${spend.cost_usd:.4f}" if spend.cost_usd else "nothing"
