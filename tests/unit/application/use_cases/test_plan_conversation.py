"""A plan and what people make of it, from the first draft to the end."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.conversation import Price
from domain.errors import BranchExists, SecretFound
from domain.issue import ReviewState
from domain.outcome import Answered, Done, NothingToDo, Refused
from domain.repository import Permission
from tests.support.dialogue import OTHER_PLAN, Talk
from tests.support.stage import FIX, MAINTAINER, MISFIT, NOTHING, PLAN, QUESTIONS

FIXED = b"def add(a, b):\n    return a + b\n"


async def test_a_plan_is_a_comment_on_a_draft_whose_only_commit_is_empty() -> None:
    talk = await Talk(PLAN).planned()
    (pull_request,) = talk.pull_requests()
    assert pull_request.draft
    assert (await talk.plan()).plan.files() == ("calc.py",)
    assert talk.git.files(talk.branch) == talk.git.files("main")
    assert talk.labels() >= {"plan-pending"}
    assert talk.labels(pull_request.number) == {"ai-generated", "plan"}


@pytest.mark.parametrize(("answer", "asks"), [(NOTHING, False), (QUESTIONS, True)])
async def test_words_alone_open_no_draft(answer: str, asks: bool) -> None:  # noqa: FBT001
    talk = Talk(answer)
    talk.forge.thread(talk.issue).labels.add("plan")
    outcome = await talk.deliver()
    assert isinstance(outcome, NothingToDo)
    assert outcome.asks is asks
    assert talk.pull_requests() == []
    assert "plan-pending" not in talk.labels()


async def test_an_approved_plan_is_carried_out_and_the_draft_becomes_ready() -> None:
    talk = await Talk(PLAN, FIX).planned()
    digest = (await talk.plan()).plan.digest
    assert isinstance(await talk.say("/approve be careful", on=2), Done)
    (pull_request,) = talk.pull_requests()
    assert not pull_request.draft
    assert talk.git.files(talk.branch)["calc.py"] == FIXED
    assert talk.git.tip(talk.branch).trailers["Plan-Digest"] == digest  # type: ignore[union-attr]
    assert digest[:12] in pull_request.body
    assert "Fixes #1" in pull_request.body
    assert "plan-pending" not in talk.labels()
    assert "be careful" in talk.model.asked[-1][-1].text


async def test_the_edited_plan_is_what_is_carried_out() -> None:
    talk = await Talk(PLAN, FIX).planned()
    await talk.edit_plan("add instead", "add, and say so in a comment")
    await talk.say("/approve")
    assert "and say so in a comment" in talk.model.asked[-1][-1].text


async def test_an_approval_in_the_very_second_of_an_edit_is_stale_and_says_what_to_do() -> None:
    talk = await Talk(PLAN, FIX).planned()
    task = talk.said("/approve")  # no time has passed since the plan was posted
    outcome = await talk.run(task)
    assert isinstance(outcome, Refused)
    assert (await talk.plan()).plan.short_digest in outcome.reason
    assert (await talk.dialogue()).state == "planned"
    assert isinstance(await talk.say(f"/approve {(await talk.plan()).plan.short_digest}"), Done)


async def test_an_approval_before_the_issue_was_edited_is_stale() -> None:
    talk = await Talk(PLAN, FIX).planned()
    await talk.pass_time()
    task = talk.said("/approve")
    await talk.pass_time()
    talk.forge.edit_issue(talk.issue, title="Delete everything", body="")
    assert isinstance(await talk.run(task), Refused)
    assert len(talk.model.asked) == 1


async def test_the_digest_of_an_earlier_text_approves_nothing() -> None:
    talk = await Talk(PLAN, FIX).planned()
    before = (await talk.plan()).plan.short_digest
    await talk.edit_plan("add instead", "delete it")
    assert isinstance(await talk.say(f"/approve {before}"), Refused)


async def test_a_plan_whose_list_of_files_was_damaged_is_refused_and_may_be_mended() -> None:
    talk = await Talk(PLAN, FIX).planned()
    await talk.edit_plan("- `calc.py`", "- calc.py")
    outcome = await talk.say("/approve")
    assert isinstance(outcome, Refused)
    assert "files cannot be read" in outcome.reason
    await talk.edit_plan("- calc.py", "- `calc.py`")
    assert isinstance(await talk.say("/approve"), Done)


async def test_a_stranger_approves_nothing_and_is_told_once() -> None:
    talk = await Talk(PLAN, FIX).planned()
    for _ in range(3):
        await talk.say("/approve", by="stranger", on=2)
    assert (await talk.dialogue()).state == "planned"
    (told,) = talk.answers(2)
    assert "@stranger, `/approve` takes write permission" in told


async def test_another_person_can_be_required() -> None:
    talk = await Talk(PLAN, FIX).planned()
    talk.approval_rules = type(talk.approval_rules)(by_another_person=True)
    talk.forge.grant(talk.ref, "grace", Permission.WRITE)
    assert isinstance(await talk.say("/approve"), Refused)
    assert isinstance(await talk.say("/approve", by="grace"), Done)


async def test_where_only_the_base_has_moved_the_change_joins_it() -> None:
    talk = await Talk(PLAN, FIX).planned()
    talk.git.advance("main", {"README.md": b"# Newer\n"})
    assert isinstance(await talk.say("/approve"), Done)
    files = talk.git.files(talk.branch)
    assert (files["README.md"], files["calc.py"]) == (b"# Newer\n", FIXED)
    assert talk.git.commits[talk.git.branches[talk.branch]].joined


async def test_where_a_planned_file_has_changed_on_the_base_another_plan_is_offered() -> None:
    talk = await Talk(PLAN, OTHER_PLAN, FIX).planned()
    talk.git.advance("main", {"calc.py": b"def add(a, b):\n    return a - b  # sic\n"})
    outcome = await talk.say("/approve")
    assert isinstance(outcome, NothingToDo)
    assert "`calc.py`" in outcome.reason
    assert "/revise" in outcome.reason
    assert isinstance(await talk.say("/revise"), Done)
    assert (await talk.plan()).state.base == talk.git.branches["main"]


async def test_commits_that_people_have_put_on_the_draft_are_kept() -> None:
    talk = await Talk(PLAN, FIX).planned()
    talk.git.advance(talk.branch, {"README.md": b"# Theirs\n"})
    assert isinstance(await talk.say("/approve"), Done)
    assert talk.git.files(talk.branch)["README.md"] == b"# Theirs\n"


async def test_a_revised_plan_takes_the_place_of_the_one_before() -> None:
    talk = await Talk(PLAN, OTHER_PLAN).planned()
    await talk.say("/revise Say it in other words.")
    posted = await talk.plan()
    assert posted.state.number == 2
    assert "takes away" in posted.plan.text
    assert "subtracts" in posted.earlier
    assert "Say it in other words." in talk.model.asked[-1][-1].text
    assert len(talk.pull_requests()) == 1


async def test_a_rejected_plan_leaves_nothing_behind() -> None:
    talk = await Talk(PLAN).planned()
    assert isinstance(await talk.say("/reject not now", on=2), Done)
    assert (await talk.dialogue()).state == "idle"
    assert talk.branch not in talk.git.branches
    assert "plan-pending" not in talk.labels()


async def test_a_branch_with_peoples_work_survives_a_rejection() -> None:
    talk = await Talk(PLAN).planned()
    talk.git.advance(talk.branch, {"README.md": b"# Theirs\n"})
    outcome = await talk.say("/reject")
    assert isinstance(outcome, Done)
    assert "is kept" in outcome.summary
    assert talk.branch in talk.git.branches


async def test_cancel_ends_a_plan_that_waits_and_otherwise_says_that_nothing_runs() -> None:
    talk = await Talk(PLAN).planned()
    assert isinstance(await talk.say("/cancel"), Done)
    assert (await talk.dialogue()).state == "idle"
    assert isinstance(await talk.say("/cancel"), Answered)


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("/plan", "A plan waits already"),
        ("/fix", "A plan waits already"),
        ("/status", "waits for approval on [#2]"),
        ("/help", "`/approve`"),
        ("/frobnicate", "I do not know `/frobnicate`"),
        ("/retry", "Nothing has failed"),
    ],
)
async def test_says_how_things_stand_where_a_plan_waits(command: str, words: str) -> None:
    talk = await Talk(PLAN).planned()
    outcome = await talk.say(command)
    assert isinstance(outcome, Answered)
    assert words in outcome.text
    assert words in talk.answers()[-1]


@pytest.mark.parametrize("command", ["/approve", "/revise", "/reject"])
async def test_there_is_nothing_to_decide_without_a_plan(command: str) -> None:
    outcome = await Talk().say(command)
    assert isinstance(outcome, Answered)
    assert "no plan that waits" in outcome.text


async def test_plan_and_fix_start_a_mode_without_labels() -> None:
    talk = Talk(PLAN)
    assert isinstance(await talk.say("/plan"), Done)
    assert talk.pull_requests()[0].draft
    other = Talk(FIX)
    assert isinstance(await other.say("/fix"), Done)
    assert not other.pull_requests()[0].draft


async def test_a_refused_execution_may_be_tried_again_while_the_plan_is_the_same() -> None:
    talk = await Talk(PLAN, MISFIT, MISFIT, MISFIT, FIX).planned()
    assert isinstance(await talk.say("/approve"), Refused)
    assert isinstance(await talk.say("/retry"), Done)
    assert talk.git.files(talk.branch)["calc.py"] == FIXED


async def test_a_retry_executes_nothing_that_was_not_approved() -> None:
    talk = await Talk(PLAN, MISFIT, MISFIT, MISFIT, FIX).planned()
    await talk.say("/approve")
    await talk.edit_plan("add instead", "delete it")
    assert isinstance(await talk.say("/retry"), Refused)
    assert len(talk.model.asked) == 4


async def test_a_retry_of_a_stale_approval_is_no_approval() -> None:
    talk = await Talk(PLAN, FIX).planned()
    await talk.run(talk.said("/approve"))
    assert isinstance(await talk.say("/retry"), Answered)
    assert len(talk.model.asked) == 1


async def test_a_review_that_requests_changes_is_answered_with_a_commit_and_words() -> None:
    more = FIX.replace("return a - b", "return a + b").replace("return a + b\n>", "return b + a\n>")
    talk = Talk(FIX, more.replace("`add` subtracted its second number.", "R1: turned round, as you say"))
    await talk.deliver()
    number = talk.pull_requests()[0].number
    talk.git.advance(talk.branch, {"README.md": b"# Theirs\n"})
    review = talk.forge.add_review(
        talk.ref, number, author=MAINTAINER, state=ReviewState.CHANGES_REQUESTED, comments=[("calc.py", 2, "Turn it.")]
    )
    assert isinstance(await talk.reviewed(review), Done)
    files = talk.git.files(talk.branch)
    assert (files["calc.py"], files["README.md"]) == (b"def add(a, b):\n    return b + a\n", b"# Theirs\n")
    answers = [c for r in await talk.forge.reviews(talk.ref, number) for c in r.comments if c.in_reply_to]
    assert "turned round, as you say" in answers[0].body


async def test_a_fix_on_anothers_pull_request_is_refused() -> None:
    talk = Talk()
    talk.git.branches["theirs"] = talk.git.advance("main", {"README.md": b"x"})
    outcome = await talk.say("/fix", on=1)
    assert isinstance(outcome, Answered)
    assert "not mine" in outcome.text


async def test_a_fix_on_the_agents_pull_request_asks_for_more() -> None:
    talk = Talk(FIX, FIX.replace("return a - b", "return a + b").replace("return a + b\n>", "return b + a\n>"))
    await talk.deliver()
    assert isinstance(await talk.say("/fix turn it round", on=talk.pull_requests()[0].number), Done)
    assert len(talk.git.pushes) == 2
    assert "turn it round" in talk.model.asked[-1][-1].text


async def test_a_branch_that_moves_while_the_plan_is_carried_out_is_not_overwritten() -> None:
    talk = await Talk(PLAN, FIX).planned()
    talk.git.fail("push", BranchExists("moved"))
    await talk.say("/approve")
    assert talk.pull_requests()[0].draft


async def test_a_budget_behind_a_command_lowers_what_the_task_may_cost() -> None:
    talk = await Talk(PLAN, FIX).planned()
    talk.model._profile = replace(talk.model.profile, price=Price(3.0, 15.0))
    outcome = await talk.say("/approve budget=0.01")
    assert isinstance(outcome, Refused)
    assert "$0.01" in outcome.reason
    assert isinstance(await talk.say("/approve budget=1000"), Done)


async def test_a_budget_behind_a_command_never_raises_what_the_task_may_cost() -> None:
    talk = await Talk(PLAN, FIX).planned()
    talk.model._profile = replace(talk.model.profile, price=Price(3_000.0, 15_000.0))
    assert isinstance(await talk.say("/approve budget=1000"), Refused)


async def test_words_behind_fix_reach_the_model() -> None:
    talk = Talk(FIX)
    await talk.say("/fix with care")
    assert "with care" in talk.model.asked[-1][-1].text


async def test_a_secret_behind_a_command_is_not_kept_and_the_command_is_answered() -> None:
    talk = await Talk(PLAN, FIX).planned()
    talk.forge.fail(
        "upsert_comment", SecretFound("line 2: looks like a token"), call=talk.forge.calls.count("upsert_comment") + 1
    )
    assert isinstance(await talk.say("/approve ghp_0123456789", on=2), Done)
    assert "ghp_0123456789" not in "".join(talk.answers(2))
