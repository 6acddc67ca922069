"""`infra/minikube/load` from beginning to end, with a kubectl that plays what a cluster would have answered."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from tests.smoke.scaling.__main__ import main
from tests.smoke.scaling.watching import Clock

if TYPE_CHECKING:
    from pathlib import Path

TASKS = 2
KUBECTL = """\
#!/bin/sh
# One folder a moment. To list the pods is the last question of each look: the next moment follows it.
play="$(dirname "$0")/play"
now=$(cat "$play/now")
next() { if [ -d "$play/$((now + 1))" ]; then echo $((now + 1)) > "$play/now"; fi; }
case "$*" in
  *rabbitmqctl*) cat "$play/$now/queues" ;;
  *"deployment/gateway"*) cat > /dev/null; cat "$play/answers" ;;
  *"demo/durations 2") cat "$play/asked" ;;
  *"deployment/forge"*)
    if [ -f "$play/$now/refused" ]; then next; echo "The connection to the server was refused" >&2; exit 1; fi
    cat "$play/$now/results" ;;
  *"get deployments"*) cat "$play/forges" ;;
  *"get pods"*) cat "$play/$now/pods"; next ;;
  *) echo "not in the play: $*" >&2; exit 9 ;;
esac
"""


@dataclass(frozen=True)
class Scene:
    """The cluster at one moment: ready workers, starting ones, messages, and how much of each there is by issue."""

    ready: int = 0
    starting: int = 0
    waiting: int = 0
    held: int = 0
    dead: int = 0
    results: tuple[int, int] = (0, 0)
    trouble: str = ""
    refused: bool = False

    def files(self) -> dict[str, Any]:
        queues = {"agent-tasks": (self.waiting, self.held), "agent-tasks.dead": (self.dead, 0)}
        rows = [{"name": name, "messages_ready": r, "messages_unacknowledged": u} for name, (r, u) in queues.items()]
        return {"pods": {"items": self._pods()}, "queues": rows, "results": [*map(result, (5, 6), self.results)]}

    def _pods(self) -> list[dict[str, Any]]:
        state = {"waiting": {"reason": self.trouble or "ContainerCreating"}}
        starting = {"phase": "Pending", "containerStatuses": [{"restartCount": 0, "state": state}]}
        ready = {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}
        return [{"status": ready}] * self.ready + [{"status": starting}] * self.starting


def result(issue: int, times: int) -> dict[str, int]:
    return {"issue": issue, **dict.fromkeys(("comments", "done", "pull_requests", "commits"), times)}


REST = Scene()
PUBLISHED = Scene(waiting=2)
STARTING = Scene(starting=2, waiting=2)
WORKING = Scene(ready=2, held=2)
DONE = Scene(ready=2, results=(1, 1))
GONE = Scene(results=(1, 1))


@dataclass
class Play:
    folder: Path
    forges: list[dict[str, Any]] = field(default_factory=lambda: [{}])
    answers: list[int] = field(default_factory=lambda: [202] * TASKS)

    def perform(self, *scenes: Scene, looks: int = 20) -> int:
        for number, scene in enumerate(scenes):
            moment = self.folder / "play" / str(number)
            moment.mkdir(parents=True)
            for name, content in scene.files().items():
                (moment / name).write_text(json.dumps(content))
            if scene.refused:
                (moment / "refused").touch()
        asked: list[dict[str, Any]] = [{"issue": issue, "payload": {}} for issue in (5, 6)]
        for name, content in {
            "now": 0,
            "asked": asked,
            "answers": self.answers,
            "forges": {"items": self.forges},
        }.items():
            (self.folder / "play" / name).write_text(json.dumps(content))
        return main(["--tasks", str(TASKS), "--every", "1", "--timeout", str(looks)], ticking())


def ticking() -> Clock:
    """Time that passes by sleeping alone: how busy the machine is does not count."""
    slept: list[float] = []
    return Clock(lambda: sum(slept), slept.append)


@pytest.fixture
def play(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Play:
    program = tmp_path / "kubectl"
    program.write_text(KUBECTL)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", os.pathsep.join([str(tmp_path), os.environ["PATH"]]))
    return Play(tmp_path)


def test_a_good_run_says_so_and_shows_the_workers_over_time(play: Play, capsys: pytest.CaptureFixture[str]) -> None:
    assert play.perform(REST, REST, PUBLISHED, STARTING, WORKING, DONE, GONE) == 0
    lines = capsys.readouterr().err.splitlines()
    assert lines[-1] == "As promised: 0 -> 2 -> 0 workers, 2 tasks done, each exactly once."
    seen = [line.split("workers")[1].split("(")[0].strip() for line in lines if "workers  " in line]
    assert seen == ["0", "0", "2", "2", "2", "0"]


@pytest.mark.parametrize(
    ("scenes", "said"),
    [
        pytest.param([WORKING, DONE], "Not scaled down: 2 workers left", id="workers stay"),
        pytest.param([WORKING, Scene(results=(1, 0))], "Lost, without a word on the issue: 1 task, #6.", id="lost"),
        pytest.param([WORKING, Scene(results=(2, 1))], "Done more than once: 1 task, #5.", id="twice"),
        pytest.param([WORKING, Scene(results=(1, 1), dead=1)], "Set aside as dead: 1 task.", id="dead letter"),
        pytest.param([WORKING, Scene(results=(1, 1), waiting=1)], "The queue is not empty: 1 task left.", id="left"),
        pytest.param([Scene(ready=1), GONE], "Not scaled up: at most 1 worker ready", id="one worker alone"),
        pytest.param([Scene(starting=1, trouble="CrashLoopBackOff")], "did not run: CrashLoopBackOff.", id="crashes"),
    ],
)
def test_what_went_wrong_is_said(
    play: Play, capsys: pytest.CaptureFixture[str], scenes: list[Scene], said: str
) -> None:
    assert play.perform(REST, REST, *scenes, looks=3) == 1
    assert said in capsys.readouterr().err


def test_an_api_server_that_is_silent_for_a_moment_does_no_harm(play: Play) -> None:
    assert play.perform(REST, REST, Scene(refused=True), WORKING, DONE, GONE) == 0


def test_an_api_server_that_stays_silent_ends_the_check(play: Play, capsys: pytest.CaptureFixture[str]) -> None:
    assert play.perform(REST, REST, Scene(refused=True)) == 3
    assert "The connection to the server was refused\n  Next: kubectl" in capsys.readouterr().err


def test_webhooks_that_the_gateway_refuses_end_the_check(play: Play, capsys: pytest.CaptureFixture[str]) -> None:
    play.answers = [202, 401]
    assert play.perform(REST, REST, GONE) == 3
    assert "The gateway refused 1 of 2 webhooks, the first with 401." in capsys.readouterr().err


def test_without_a_trial_nothing_is_begun(play: Play, capsys: pytest.CaptureFixture[str]) -> None:
    play.forges = []
    assert play.perform(REST) == 3
    assert "no forge to open issues on.\n  Next: infra/minikube/deploy --trial" in capsys.readouterr().err
