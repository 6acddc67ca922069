from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.approval import Approvable, Approval, ApprovalRules, Objection, objection
from domain.plan import Plan

NOON = datetime(2026, 1, 2, 12, 0, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
PLAN = Plan("Mend it.")
APPROVAL = Approval("ada", NOON)
APPROVABLE = Approvable(PLAN, "grace", NOON - SECOND, None)


@pytest.mark.parametrize("rules", [ApprovalRules(), ApprovalRules(by_another_person=True)])
def test_an_approval_after_the_last_edits_counts(rules: ApprovalRules) -> None:
    approvable = replace(APPROVABLE, issue_edited_at=NOON - SECOND)
    assert objection(APPROVAL, approvable, rules) is None


@pytest.mark.parametrize("late", [timedelta(0), SECOND])
def test_an_edit_in_the_same_second_or_later_makes_it_stale(late: timedelta) -> None:
    edited_plan = replace(APPROVABLE, plan_edited_at=NOON + late)
    edited_issue = replace(APPROVABLE, issue_edited_at=NOON + late)
    assert objection(APPROVAL, edited_plan, ApprovalRules()) is Objection.PLAN_CHANGED
    assert objection(APPROVAL, edited_issue, ApprovalRules()) is Objection.ISSUE_CHANGED


def test_a_comment_that_became_an_approval_by_an_edit_does_not_count() -> None:
    assert objection(replace(APPROVAL, edited_at=NOON), APPROVABLE, ApprovalRules()) is Objection.COMMAND_CHANGED


@pytest.mark.parametrize("said", [PLAN.digest, PLAN.digest[:8], PLAN.short_digest.upper()])
def test_a_digest_that_is_the_plans_counts(said: str) -> None:
    assert objection(replace(APPROVAL, digest=said), APPROVABLE, ApprovalRules(digest_required=True)) is None


@pytest.mark.parametrize("said", ["0" * 12, PLAN.digest[:7], PLAN.digest + "0", PLAN.digest[1:13]])
def test_a_digest_of_another_text_does_not(said: str) -> None:
    assert objection(replace(APPROVAL, digest=said), APPROVABLE, ApprovalRules()) is Objection.OTHER_DIGEST


def test_a_digest_can_be_required() -> None:
    assert objection(APPROVAL, APPROVABLE, ApprovalRules(digest_required=True)) is Objection.NO_DIGEST


def test_another_person_than_the_one_who_asked_can_be_required() -> None:
    mine = replace(APPROVABLE, asked_by="ADA")
    assert objection(APPROVAL, mine, ApprovalRules(by_another_person=True)) is Objection.SAME_PERSON
    assert objection(APPROVAL, mine, ApprovalRules()) is None
