"""What a task does with the branch and the pull request that it finds: go on, begin anew, or leave them alone."""

from __future__ import annotations

from enum import StrEnum


class BranchState(StrEnum):
    """Whose the newest commit on the conversation's branch is; `OTHERS` also where people went on from ours."""

    NONE = "none"
    THIS_TASK = "this task's"
    EARLIER_TASK = "an earlier task's of the conversation"
    OTHERS = "somebody else's"


class PullState(StrEnum):
    """The branch's pull request; `OTHERS` where it was not opened by the agent."""

    NONE = "none"
    OPEN = "open"
    MERGED = "merged"
    CLOSED = "closed"
    OTHERS = "somebody else's"


class Step(StrEnum):
    """What follows."""

    WRITE = "write the change and push it"
    OPEN = "open the pull request of the commit that is there"
    FINISH = "label the pull request and say where it is"
    BEGIN_ANEW = "begin a conversation of its own, with another branch"
    END = "end: people have closed the pull request"
    REFUSE = "refuse, and say what is in the way"


_STEPS = {
    PullState.NONE: (Step.WRITE, Step.OPEN, Step.BEGIN_ANEW, Step.REFUSE),
    PullState.OPEN: (Step.FINISH, Step.FINISH, Step.FINISH, Step.FINISH),
    PullState.MERGED: (Step.FINISH, Step.FINISH, Step.BEGIN_ANEW, Step.FINISH),
    PullState.CLOSED: (Step.END, Step.END, Step.BEGIN_ANEW, Step.END),
    PullState.OTHERS: (Step.REFUSE, Step.REFUSE, Step.REFUSE, Step.REFUSE),
}
"""For each state of the pull request, the step by the branch's state in the order of `BranchState`."""

CONTINUATIONS = {
    (branch, pull): step for pull, steps in _STEPS.items() for branch, step in zip(BranchState, steps, strict=True)
}


def next_step(branch: BranchState, pull: PullState) -> Step:
    """What a task does next. Nothing that people made is ever overwritten, and nothing is made twice."""
    return CONTINUATIONS[branch, pull]


def step_without_branch(pull: PullState, *, inherited: bool) -> Step | None:
    """The step where it is the same whatever the branch is, so that nothing needs to be cloned; otherwise None.

    Only a conversation that was inherited can hold commits of an earlier task.
    """
    possible = [branch for branch in BranchState if inherited or branch is not BranchState.EARLIER_TASK]
    steps = {next_step(branch, pull) for branch in possible}
    return steps.pop() if len(steps) == 1 else None
