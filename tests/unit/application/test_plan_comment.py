from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.plan_comment import PlanState, folded_under, plan_comment, posted_plan
from domain.issue import Comment
from domain.plan import FILES_BEGIN, FILES_END, Plan

if TYPE_CHECKING:
    from application.plan_comment import PostedPlan

NOON = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)
PLAN = Plan(f"Mend it.\n\n{FILES_BEGIN}\n- `a.py`\n{FILES_END}\n\nRun the tests.")
STATE = PlanState(2, "0" * 40, "f" * 64, "ada", PLAN.digest)
FOOTER = "Comment `/approve`."


def comment(body: str, author: str = "agent") -> Comment:
    return Comment(1, author, body, NOON, NOON)


def read(body: str) -> PostedPlan:
    posted = posted_plan([comment(body)], "agent")
    assert posted is not None
    return posted


def test_reads_back_what_was_written() -> None:
    posted = read(plan_comment(PLAN, STATE, FOOTER))
    assert (posted.plan.text, posted.state, posted.edited_at) == (PLAN.text, STATE, NOON)
    assert not posted.edited_by_people


def test_line_ends_as_a_forge_stores_them_are_no_edit() -> None:
    posted = read(plan_comment(PLAN, STATE, FOOTER).replace("\n", "\r\n"))
    assert not posted.edited_by_people
    assert posted.plan.files() == ("a.py",)


def test_what_people_write_into_the_plan_is_the_plan() -> None:
    posted = read(plan_comment(PLAN, STATE, FOOTER).replace("- `a.py`", "- `b.py`"))
    assert posted.edited_by_people
    assert posted.plan.files() == ("b.py",)


def test_what_people_write_behind_the_plan_is_not() -> None:
    assert not read(plan_comment(PLAN, STATE, FOOTER) + "\nI like it.").edited_by_people


def test_a_plan_whose_end_was_deleted_goes_on_to_the_end() -> None:
    body = plan_comment(PLAN, STATE, FOOTER).replace("<!-- coding-agent:plan ends -->", "")
    assert "/approve" in read(body).plan.text


@pytest.mark.parametrize("damage", ["{", '{"number": "x"}', '{"number": -1}', "[]"])
def test_a_damaged_state_reads_as_not_known(damage: str) -> None:
    start, _, rest = plan_comment(PLAN, STATE, FOOTER).partition("plan-state ")
    posted = read(f"{start}plan-state {damage} -->\n{rest.partition(chr(10))[2]}")
    assert posted.plan.text == PLAN.text
    assert posted.state.number == 1
    assert posted.edited_by_people


def test_a_strangers_plan_is_none() -> None:
    assert posted_plan([comment(plan_comment(PLAN, STATE, FOOTER), author="stranger")], "agent") is None


def test_earlier_plans_are_kept_folded_the_newest_first() -> None:
    first = read(plan_comment(Plan("One."), replace(STATE, number=1), FOOTER))
    second = read(plan_comment(Plan("Two."), STATE, FOOTER, folded_under(first, "Plan 1")))
    third = read(plan_comment(PLAN, replace(STATE, number=3), FOOTER, folded_under(second, "Plan 2")))
    assert third.earlier.index("Two.") < third.earlier.index("One.")
    assert third.plan.text == PLAN.text


def test_the_oldest_plans_are_dropped_where_there_is_no_room() -> None:
    posted = read(plan_comment(Plan("newest"), STATE, FOOTER))
    for number in range(8):
        earlier = folded_under(replace(posted, plan=Plan(f"{number} {'long ' * 3_000}")), f"Plan {number}")
        posted = read(plan_comment(PLAN, STATE, FOOTER, earlier))
    body = plan_comment(PLAN, STATE, FOOTER, posted.earlier)
    assert len(body) < 65_536
    assert "Plan 7<" in body
    assert "Plan 1<" not in body


@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_no_comment_is_unreadable(body: str) -> None:
    posted_plan([comment(f"<!-- coding-agent:plan -->{body}")], "agent")
