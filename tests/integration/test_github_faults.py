"""GitHub fails at each request of each call in turn: each ends as it must, and nothing is done twice."""

from __future__ import annotations

import itertools
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from adapters.github.forge import GitHubForge, TokenAccount
from adapters.system_clock.clock import SystemClock
from application.effects import effects_of
from application.ports.forge import Forge
from domain.errors import CredentialsRefused, ForgeUnavailable
from domain.issue import IssueKey, PullRequestDraft, Reaction
from domain.repository import RepositoryRef
from domain.secret import Secret
from tests.contract.forge_scene import create_branch
from tests.support.github_double.server import Fault, github_double

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from pathlib import Path

    from tests.support.github_double.server import GitHubDouble

pytestmark = pytest.mark.xdist_group("github-faults")

MARKER = "<!-- status -->"
READY = PullRequestDraft("Fix", "Text.", "fix", "main", draft=False)
LIMIT = '{"message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."}'
FAULTS = {
    "bad gateway": Fault(status=502, body="<html>"),
    "answer lost": Fault(lost=True),
    "half a body": Fault(half=True),
    "secondary limit": Fault(status=403, body=LIMIT),
    "primary limit": Fault(status=403, headers={"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "4102444800"}),
    "asked to wait": Fault(status=429, headers={"Retry-After": "7"}),
    "unauthorized": Fault(status=401),
}
PASSING = {"bad gateway", "answer lost", "half a body"}


@dataclass
class Scene:
    """A repository of its own on the stand-in: an issue with a comment, a branch, a reviewed draft of another one."""

    github: GitHubDouble
    ref: RepositoryRef
    forge: GitHubForge
    issue: IssueKey
    comment: int
    pull: int
    remark: int

    def effects(self) -> dict[str, Callable[[], Awaitable[Any]]]:
        forge, issue, ref = self.forge, self.issue, self.ref
        return {
            "open_pull_request": lambda: forge.open_pull_request(ref, READY),
            "update_pull_request": lambda: forge.update_pull_request(ref, self.pull, title="New", body="Words"),
            "mark_ready": lambda: forge.mark_ready(ref, self.pull),
            "close_pull_request": lambda: forge.close_pull_request(ref, self.pull),
            "add_labels": lambda: forge.add_labels(issue, frozenset({"bug", "brand new"})),
            "remove_label": lambda: forge.remove_label(issue, "ai-help"),
            "upsert_comment": lambda: forge.upsert_comment(issue, MARKER, f"Done. {MARKER}"),
            "react": lambda: forge.react(issue, Reaction.EYES, self.comment),
            "reply_to_review": lambda: forge.reply_to_review(ref, self.pull, self.remark, MARKER, f"Because. {MARKER}"),
            "delete_branch": lambda: forge.delete_branch(ref, "draft"),
        }

    def reads(self) -> dict[str, Callable[[], Awaitable[Any]]]:
        forge, issue, ref = self.forge, self.issue, self.ref
        return {
            "agent_login": lambda: forge.agent_login(),  # noqa: PLW0108 - looked up when it is called
            "repository": lambda: forge.repository(ref),
            "find_repository": lambda: forge.find_repository(ref.full_name),
            "git_source": lambda: forge.git_source(ref),
            "permission": lambda: forge.permission(ref, "maria"),
            "check": lambda: forge.check(ref),
            "issue": lambda: forge.issue(issue),
            "open_issues": lambda: forge.open_issues(ref),
            "comments": lambda: forge.comments(issue),
            "label_events": lambda: forge.label_events(issue),
            "assignment_events": lambda: forge.assignment_events(issue),
            "pull_requests": lambda: forge.pull_requests(ref, "draft"),
            "reviews": lambda: forge.reviews(ref, self.pull),
        }

    def state(self) -> object:
        """All that people could see, without ids and times."""
        repository = self.github.world.repositories[self.ref.id]
        return (
            sorted(repository.branches()),
            sorted(repository.labels),
            [
                (
                    (thread.title, thread.body, thread.state, thread.draft, thread.head, sorted(thread.labels)),
                    [(each.author, each.body, sorted(each.reactions)) for each in thread.comments],
                    [(each.author, each.body) for each in thread.review_comments],
                    sorted(thread.reactions),
                    [(each.event, each.about) for each in thread.events],
                )
                for thread in repository.threads.values()
            ],
        )


@pytest.fixture
def github(tmp_path: Path) -> Iterator[GitHubDouble]:
    with github_double(tmp_path) as github:
        yield github
        assert github.problems == []


_numbers = itertools.count(1)


def scene_on(github: GitHubDouble, *, pauses: tuple[float, ...] = (0.0, 0.0), seconds: float = 20.0) -> Scene:
    world = github.world
    made = world.create_repository(f"acme/shop-{next(_numbers)}", {"README.md": "A shop."})
    create_branch(made.bare, "fix")
    create_branch(made.bare, "draft")
    issue = world.create_issue(made.id, "sam", "Wrong total", labels=["ai-help"])
    comment = world.add_comment(made.id, issue.number, "maria", "Please.")
    world.edit_comment(made.id, comment.id, "Please!")
    pull = world.create_pull_request(made.id, "agent", "A draft", "", head="draft", base="main", draft=True)
    world.add_review(made.id, pull.number, "maria", "COMMENTED", "Hm.", [("README.md", 1, "Why?")])
    account = TokenAccount(Secret(github.access.token_of("agent")))
    forge = GitHubForge(account, SystemClock(), base_url=github.url, seconds=seconds, pauses=pauses)
    ref = RepositoryRef("github", made.id, made.full_name)
    key = IssueKey(ref, issue.number)
    return Scene(github, ref, forge, key, comment.id, pull.number, pull.review_comments[0].id)


async def clean(github: GitHubDouble, kind: str, name: str) -> tuple[int, object, object]:
    """How many requests the call makes, what it gives, and what it leaves."""
    scene = scene_on(github)
    before = len(github.asked)
    result = await getattr(scene, kind)()[name]()
    await scene.forge.close()
    return len(github.asked) - before, result, scene.state()


def test_every_method_of_the_port_is_tried() -> None:
    methods = {name for name in vars(Forge) if not name.startswith("_")}
    scene = Scene(*([None] * 7))  # type: ignore[arg-type]
    assert set(scene.effects()) == set(effects_of(Forge))
    assert {*scene.reads(), *scene.effects()} == methods


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", effects_of(Forge))
async def test_an_effect_that_meets_a_fault_is_done_once_in_the_end(
    github: GitHubDouble, name: str, fault: str
) -> None:
    requests, _, wanted = await clean(github, "effects", name)
    expected = CredentialsRefused if fault == "unauthorized" else ForgeUnavailable
    for index in range(requests):
        scene = scene_on(github)
        github.go_wrong(replace(FAULTS[fault], skip=index))
        with suppress(expected):
            await scene.effects()[name]()
        await scene.effects()[name]()  # as the queue brings a task back
        await scene.forge.close()
        assert scene.state() == wanted, f"{fault} at request {index}"


@pytest.mark.parametrize("name", ["open_pull_request", "add_labels", "upsert_comment", "reply_to_review"])
async def test_what_is_made_after_nobody_waits_any_more_is_not_made_again(github: GitHubDouble, name: str) -> None:
    _, _, wanted = await clean(github, "effects", name)
    scene = scene_on(github, seconds=0.8)
    await scene.reads()["repository"]()
    github.go_wrong(Fault("POST", delay=1.6))
    with suppress(ForgeUnavailable):
        await scene.effects()[name]()

    for _ in range(20):
        with suppress(ForgeUnavailable):
            await scene.effects()[name]()
            break

    await scene.forge.close()
    assert scene.state() == wanted


async def test_a_slow_answer_is_asked_for_again(github: GitHubDouble) -> None:
    scene = scene_on(github, seconds=1.0, pauses=(0.0,) * 5)
    await scene.reads()["repository"]()
    github.go_wrong(Fault("GET", "/issues/", delay=2.0))

    assert (await scene.forge.issue(scene.issue)).title == "Wrong total"

    await scene.forge.close()


@pytest.mark.parametrize("fault", sorted(PASSING))
async def test_a_read_that_meets_a_passing_fault_gives_what_it_gives(github: GitHubDouble, fault: str) -> None:
    scene = scene_on(github)
    for name, read in scene.reads().items():
        wanted = await read()
        github.go_wrong(replace(FAULTS[fault]))
        assert await read() == wanted, name
    await scene.forge.close()


@pytest.mark.parametrize(
    ("fault", "seconds"), [("secondary limit", 60), ("primary limit", 1_000_000), ("asked to wait", 7)]
)
async def test_a_limit_is_not_waited_for_but_told(github: GitHubDouble, fault: str, seconds: int) -> None:
    scene = scene_on(github, pauses=(100.0,))
    github.go_wrong(replace(FAULTS[fault]))

    with pytest.raises(ForgeUnavailable) as raised:
        await scene.forge.issue(scene.issue)

    await scene.forge.close()
    assert raised.value.retry_after is not None
    exactly = timedelta(seconds=seconds)
    assert raised.value.retry_after >= exactly if fault == "primary limit" else raised.value.retry_after == exactly


async def test_an_outage_that_lasts_is_told(github: GitHubDouble) -> None:
    scene = scene_on(github)
    github.go_wrong(Fault(status=503, times=100, headers={"Retry-After": "30"}))

    with pytest.raises(ForgeUnavailable, match="503") as raised:
        await scene.forge.issue(scene.issue)

    await scene.forge.close()
    assert raised.value.retry_after == timedelta(seconds=30)
    assert len(github.asked) == 0


async def test_what_is_no_githubs_answer_is_told(github: GitHubDouble) -> None:
    scene = scene_on(github)
    github.go_wrong(Fault(status=200, body="<html>Please sign in to the network</html>"))

    with pytest.raises(ForgeUnavailable, match="does not speak as GitHub does"):
        await scene.forge.issue(scene.issue)

    await scene.forge.close()
