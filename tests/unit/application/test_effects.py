"""Effects: marked on the ports, and refused once the task is not ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from application.effects import effect, effects_of, guarded
from application.ports.clock import Clock
from application.ports.forge import Forge
from application.ports.vcs import Vcs, Workspace
from domain.errors import ForgeUnavailable, LeaseLost
from domain.issue import PullRequestDraft, Reaction
from tests.fakes.forge import FakeForge
from tests.fakes.ticking_clock import TickingClock

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from domain.issue import IssueKey

FORGE_EFFECTS = {
    "open_pull_request",
    "update_pull_request",
    "mark_ready",
    "close_pull_request",
    "add_labels",
    "remove_label",
    "upsert_comment",
    "react",
    "reply_to_review",
    "delete_branch",
}
FORGE_READS = {
    "agent_login",
    "repository",
    "find_repository",
    "git_source",
    "permission",
    "check",
    "issue",
    "open_issues",
    "comments",
    "label_events",
    "assignment_events",
    "pull_requests",
    "reviews",
}
MARKER = "<!-- status -->"


class FakeHeld:
    """A lease that can be lost; it counts how often it was asked."""

    def __init__(self, *, lost: bool = False) -> None:
        self.lost = lost
        self.asked = 0

    async def ensure_held(self) -> None:
        self.asked += 1
        if self.lost:
            message = "another worker has the task"
            raise LeaseLost(message)


class Scene:
    """A forge behind a guard, with an issue, a branch `fix` and a pull request that was reviewed."""

    def __init__(self) -> None:
        self.forge = FakeForge(TickingClock())
        self.shop = self.forge.create_repository("acme/shop")
        self.forge.create_branch(self.shop, "fix")
        self.issue: IssueKey = self.forge.create_issue(self.shop, author="sam", title="Wrong total")
        self.reviewed = self.forge.create_pull_request(self.shop, author="sam", head="other")
        review = self.forge.add_review(
            self.shop, self.reviewed.number, author="maria", comments=[("README.md", 1, "Why?")]
        )
        self.remark = review.comments[0].id
        self.held = FakeHeld()
        self.guarded = guarded(self.forge, Forge, self.held)
        self.draft = PullRequestDraft("Fix", "text", "fix", "main", draft=True)

    def effects(self) -> dict[str, Callable[[], Awaitable[Any]]]:
        forge, number = self.guarded, self.reviewed.number
        return {
            "open_pull_request": lambda: forge.open_pull_request(self.shop, self.draft),
            "update_pull_request": lambda: forge.update_pull_request(self.shop, number, title="t", body="b"),
            "mark_ready": lambda: forge.mark_ready(self.shop, number),
            "close_pull_request": lambda: forge.close_pull_request(self.shop, number),
            "add_labels": lambda: forge.add_labels(self.issue, frozenset({"x"})),
            "remove_label": lambda: forge.remove_label(self.issue, "x"),
            "upsert_comment": lambda: forge.upsert_comment(self.issue, MARKER, MARKER),
            "react": lambda: forge.react(self.issue, Reaction.EYES),
            "reply_to_review": lambda: forge.reply_to_review(self.shop, number, self.remark, MARKER, MARKER),
            "delete_branch": lambda: forge.delete_branch(self.shop, "fix"),
        }

    def reads(self) -> dict[str, Callable[[], Awaitable[Any]]]:
        forge = self.guarded
        return {
            "agent_login": forge.agent_login,
            "repository": lambda: forge.repository(self.shop),
            "find_repository": lambda: forge.find_repository("acme/shop"),
            "git_source": lambda: forge.git_source(self.shop),
            "permission": lambda: forge.permission(self.shop, "sam"),
            "issue": lambda: forge.issue(self.issue),
            "comments": lambda: forge.comments(self.issue),
            "pull_requests": lambda: forge.pull_requests(self.shop, ""),
            "check": lambda: forge.check(self.shop),
            "open_issues": lambda: forge.open_issues(self.shop),
            "label_events": lambda: forge.label_events(self.issue),
            "assignment_events": lambda: forge.assignment_events(self.issue),
            "reviews": lambda: forge.reviews(self.shop, self.reviewed.number),
        }


class Door(Clock):
    """A port with an effect of its own beside what it inherits."""

    @effect
    async def close(self, *, softly: bool) -> str:
        """Close it, and say how."""
        return "softly" if softly else "with a bang"


def test_lists_exactly_the_effects_of_the_forge() -> None:
    assert effects_of(Forge) == tuple(sorted(FORGE_EFFECTS))


def test_every_method_of_the_forge_is_known_to_be_an_effect_or_a_read() -> None:
    methods = {name for name in vars(Forge) if not name.startswith("_")}

    assert methods == FORGE_EFFECTS | FORGE_READS
    assert set(Scene().effects()) == FORGE_EFFECTS
    assert set(Scene().reads()) == FORGE_READS


@pytest.mark.parametrize(("port", "effects"), [(Workspace, ("push",)), (Vcs, ()), (Clock, ()), (Door, ("close",))])
def test_lists_exactly_the_effects_of_a_port(port: type, effects: tuple[str, ...]) -> None:
    assert effects_of(port) == effects


@pytest.mark.parametrize("name", sorted(FORGE_EFFECTS))
async def test_refuses_each_effect_once_the_task_is_lost(name: str) -> None:
    scene = Scene()
    await scene.guarded.open_pull_request(scene.shop, scene.draft)
    scene.held.lost = True
    called = len(scene.forge.calls)

    with pytest.raises(LeaseLost):
        await scene.effects()[name]()

    assert len(scene.forge.calls) == called


@pytest.mark.parametrize("name", sorted(FORGE_EFFECTS))
async def test_asks_before_each_effect_and_lets_it_happen(name: str) -> None:
    scene = Scene()
    await scene.forge.open_pull_request(scene.shop, scene.draft)

    await scene.effects()[name]()

    assert scene.held.asked == 1
    assert scene.forge.calls[1:] == [name]


@pytest.mark.parametrize("name", sorted(FORGE_READS))
async def test_passes_reads_without_asking(name: str) -> None:
    scene = Scene()
    scene.held.lost = True

    await scene.reads()[name]()

    assert scene.held.asked == 0
    assert scene.forge.calls == [name]


async def test_gives_back_what_the_effect_gives() -> None:
    scene = Scene()

    made = await scene.guarded.open_pull_request(scene.shop, scene.draft)

    assert made == scene.forge.pulls(scene.shop)[-1]


async def test_passes_arguments_by_name() -> None:
    class Held(Door, TickingClock):
        pass

    assert await guarded(Held(), Door, FakeHeld()).close(softly=True) == "softly"


async def test_an_effects_own_error_comes_through() -> None:
    scene = Scene()
    scene.forge.fail("react", ForgeUnavailable("later"))

    with pytest.raises(ForgeUnavailable):
        await scene.guarded.react(scene.issue, Reaction.EYES)
