from __future__ import annotations

import pytest

from adapters.git.branch_names import branch_reference
from domain.errors import InvalidInput


@pytest.mark.parametrize("branch", ["main", "coding-agent/7-0123abcd", "na\u00efve", "HEAD/x"])
def test_names_a_branch_in_full(branch: str) -> None:
    assert branch_reference(branch) == f"refs/heads/{branch}"


@pytest.mark.parametrize(
    "branch",
    ["", "HEAD", "-f", "a..b", "a b", "x.lock", "../../config", "a\nb", "+x:y", "*", "a/", "/a", "@{0}", "\ud800"],
)
def test_refuses_what_cannot_be_a_branch(branch: str) -> None:
    with pytest.raises(InvalidInput):
        branch_reference(branch)
