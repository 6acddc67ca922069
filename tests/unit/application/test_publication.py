from __future__ import annotations

from application.proposal import Proposal
from application.publication import facts_of
from domain.change_set import ChangeSet
from domain.conversation import Spend


def test_a_shown_path_ends_neither_its_code_nor_its_cell() -> None:
    shown = ("src/a.py", "a` @everyone |b")
    proposal = Proposal("title", "", ChangeSet(), shown, "model", 1, Spend())
    facts = dict(facts_of(proposal, "maintainer", 1.0))
    assert facts["Files shown"] == "`src/a.py`, `a? @everyone ?b`"
