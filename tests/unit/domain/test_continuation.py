"""The table of what a task does with the branch and the pull request that it finds."""

from __future__ import annotations

import pytest

from domain.continuation import BranchState, PullState, Step, next_step, step_without_branch

TABLE = """
pull request \\ branch | none       | this task's | an earlier task's | somebody else's
none                  | WRITE      | OPEN        | BEGIN_ANEW        | REFUSE
open                  | FINISH     | FINISH      | FINISH            | FINISH
merged                | FINISH     | FINISH      | BEGIN_ANEW        | FINISH
closed                | END        | END         | BEGIN_ANEW        | END
somebody else's       | REFUSE     | REFUSE      | REFUSE            | REFUSE
"""
ROWS = [[cell.strip() for cell in line.split("|")] for line in TABLE.strip().splitlines()[1:]]
CASES = [
    pytest.param(branch, PullState(row[0]), Step[step], id=f"{row[0]}-{branch.name}")
    for row in ROWS
    for branch, step in zip(BranchState, row[1:], strict=True)
]


def test_the_table_is_complete() -> None:
    assert len(CASES) == len(BranchState) * len(PullState)


@pytest.mark.parametrize(("branch", "pull", "step"), CASES)
def test_what_is_found_decides_what_follows(branch: BranchState, pull: PullState, step: Step) -> None:
    assert next_step(branch, pull) is step


@pytest.mark.parametrize(
    ("pull", "inherited", "step"),
    [
        (PullState.NONE, False, None),
        (PullState.OPEN, True, Step.FINISH),
        (PullState.MERGED, False, Step.FINISH),
        (PullState.MERGED, True, None),
        (PullState.CLOSED, False, Step.END),
        (PullState.CLOSED, True, None),
        (PullState.OTHERS, True, Step.REFUSE),
    ],
)
def test_nothing_is_cloned_where_the_branch_does_not_matter(
    pull: PullState,
    inherited: bool,  # noqa: FBT001 - a table's column
    step: Step | None,
) -> None:
    assert step_without_branch(pull, inherited=inherited) is step
