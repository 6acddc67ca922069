"""When the scaling check says that all went well, and what it says when it did not."""

from __future__ import annotations

from dataclasses import replace

from tests.smoke.scaling.timeline import Moment, Queue, Workers
from tests.smoke.scaling.verdict import Result, faults, over, remarks

TASKS = 3
REST = Moment(0.0, Queue(), Workers(), 0)
STARTING = Moment(4.0, Queue(ready=3), Workers(pods=1), 0)
BUSY = Moment(16.0, Queue(held=2, ready=1), Workers(pods=2, ready=2), 0)
EMPTIED = Moment(30.0, Queue(), Workers(pods=2, ready=2), TASKS)
GONE = Moment(400.0, Queue(), Workers(), TASKS)
GOOD_RUN = [REST, STARTING, BUSY, EMPTIED, GONE]
ONCE = [Result(issue=number, done=1, comments=1, pull_requests=1, commits=1) for number in (1, 2, 3)]


def with_first(**changes: int) -> list[Result]:
    return [replace(ONCE[0], **changes), *ONCE[1:]]


def test_from_none_to_some_and_back_with_each_task_done_once_is_good() -> None:
    assert faults(GOOD_RUN, ONCE, workers=2) == []


def test_it_is_over_only_once_the_last_worker_has_gone() -> None:
    assert [over(GOOD_RUN[:seen], TASKS) for seen in range(1, 6)] == [False, False, False, False, True]


def test_a_worker_that_ran_before_is_a_fault() -> None:
    began = [replace(REST, workers=Workers(pods=1, ready=1)), *GOOD_RUN[1:]]
    assert faults(began, ONCE, workers=2) == ["It did not begin at zero: 1 worker ran before the first task."]


def test_pods_that_were_never_ready_do_not_count_as_workers() -> None:
    never_ready = [replace(moment, workers=replace(moment.workers, ready=0)) for moment in GOOD_RUN]
    assert faults(never_ready, ONCE, workers=2) == ["Not scaled up: at most 0 workers ready at once, 2 expected."]


def test_workers_that_stay_are_a_fault() -> None:
    assert faults(GOOD_RUN[:-1], ONCE, workers=2) == ["Not scaled down: 2 workers left after 30 s."]


def test_a_task_without_a_word_is_lost() -> None:
    lost = with_first(done=0, comments=0, pull_requests=0, commits=0)
    assert faults(GOOD_RUN, lost, workers=2) == ["Lost, without a word on the issue: 1 task, #1."]


def test_a_task_that_was_killed_and_never_came_again_is_told() -> None:
    assert faults(GOOD_RUN, with_first(done=0), workers=2) == ["Begun, but never done: 1 task, #1."]


def test_done_without_a_commit_is_not_done() -> None:
    said = faults(GOOD_RUN, with_first(commits=0), workers=2)
    assert said == ["Said to be done, but without a pull request or a commit: 1 task, #1."]


def test_two_of_anything_is_done_twice() -> None:
    twice = ["Done more than once: 1 task, #1."]
    assert faults(GOOD_RUN, with_first(comments=2, done=2), workers=2) == twice
    assert faults(GOOD_RUN, with_first(pull_requests=2, commits=2), workers=2) == twice
    assert faults(GOOD_RUN, with_first(commits=2), workers=2) == twice


def test_what_is_left_in_the_queue_and_what_was_set_aside_are_faults() -> None:
    left = [*GOOD_RUN[:-1], replace(GONE, queue=Queue(later=1, dead=2))]
    assert faults(left, ONCE, workers=2) == ["The queue is not empty: 1 task left.", "Set aside as dead: 2 tasks."]


def test_many_issues_are_named_up_to_ten() -> None:
    lost = [Result(issue=number, done=0, comments=0, pull_requests=0, commits=0) for number in range(1, 13)]
    (said,) = faults(GOOD_RUN, lost, workers=2)
    assert said.endswith("12 tasks, #1, #2, #3, #4, #5, #6, #7, #8, #9, #10 and 2 more.")


def test_why_pods_did_not_run_is_remarked_once() -> None:
    crashing = replace(STARTING, workers=Workers(pods=1, restarts=4, troubles=("CrashLoopBackOff",)))
    assert remarks([REST, crashing, crashing]) == [
        "Pods that did not run: CrashLoopBackOff.",
        "Containers of workers that were restarted: 4.",
    ]
