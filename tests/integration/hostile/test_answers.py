"""Models' answers that reach for what they must not, through the real checks and real git."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from domain.outcome import Done, Refused
from domain.policy import Policy
from tests.fakes.secret_scanner import FakeScanner
from tests.support.hostile import GitStage, cases, document, hostile_repository
from tests.support.planted_secrets import PLANTED

if TYPE_CHECKING:
    from pathlib import Path

    from domain.outcome import Outcome
    from tests.support.git_repositories import GitFolder

HEAD = "<title>Mend it</title>\n<summary>\nMended.\n</summary>\n"
CREATE = '<file path="{path}" action="create">\nx = 1\n</file>\n'
PATHS = document("paths")
OPEN = Policy(allowed_repositories=frozenset({"acme"}), allowed_protected_paths=("**",))


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> GitFolder:
    return hostile_repository(tmp_path_factory.mktemp("hostile"))


@pytest.fixture
def repository(origin: GitFolder) -> GitFolder:
    """The same repository for all, its branches as they were at first."""
    for line in origin.git("for-each-ref", "--format=%(refname)").splitlines():
        if line != "refs/heads/main":
            origin.git("update-ref", "-d", line)
    return origin


def refs(repository: GitFolder) -> str:
    return repository.git("for-each-ref", "--format=%(refname) %(objectname)")


async def delivered(
    repository: GitFolder, folder: Path, answer: str, policy: Policy | None = None
) -> tuple[GitStage, Outcome | None]:
    """A stage on which the model has insisted on its answer, and what came of it."""
    stage = GitStage(repository, folder, *[answer] * 3, policy=policy)
    return stage, await stage.deliver()


async def assert_refused(repository: GitFolder, folder: Path, answer: str) -> None:
    before = refs(repository)
    stage, outcome = await delivered(repository, folder, answer)
    assert isinstance(outcome, Refused)
    assert refs(repository) == before
    assert stage.open_forge.pulls(stage.ref) == []


@pytest.mark.parametrize("path", [*PATHS["protected"], *PATHS["never"]], ids=repr)
async def test_no_answer_writes_where_it_must_not(repository: GitFolder, tmp_path: Path, path: str) -> None:
    await assert_refused(repository, tmp_path, HEAD + CREATE.format(path=path))


@pytest.mark.parametrize("path", PATHS["protected"], ids=repr)
async def test_where_the_operator_allows_it_a_protected_path_is_written(
    repository: GitFolder, tmp_path: Path, path: str
) -> None:
    stage, outcome = await delivered(repository, tmp_path, HEAD + CREATE.format(path=path), OPEN)
    assert isinstance(outcome, Done)
    assert path in repository.paths(stage.task.branch)


@pytest.mark.parametrize("path", PATHS["never"], ids=repr)
async def test_no_setting_opens_the_other_paths(repository: GitFolder, tmp_path: Path, path: str) -> None:
    before = refs(repository)
    _, outcome = await delivered(repository, tmp_path, HEAD + CREATE.format(path=path), OPEN)
    assert isinstance(outcome, Refused)
    assert refs(repository) == before


async def test_the_same_answer_with_a_plain_path_is_pushed(repository: GitFolder, tmp_path: Path) -> None:
    stage, outcome = await delivered(repository, tmp_path, HEAD + CREATE.format(path="src/new.py"))
    assert isinstance(outcome, Done)
    assert repository.show(stage.task.branch, "src/new.py") == b"x = 1\n"


@pytest.mark.parametrize("case", cases("paths", "edit"))
async def test_no_edit_reaches_what_it_must_not(repository: GitFolder, tmp_path: Path, case: dict[str, Any]) -> None:
    await assert_refused(repository, tmp_path, HEAD + case["answer"])


def sized(case: dict[str, Any], times: int) -> str:
    many: str = "".join(case["many"].replace("@N@", str(number)) for number in range(times))
    return f"{HEAD}{case.get('head', '')}{many}{case.get('tail', '')}"


@pytest.mark.parametrize("case", cases("sizes"))
async def test_no_change_beyond_the_limits_is_pushed(
    repository: GitFolder, tmp_path: Path, case: dict[str, Any]
) -> None:
    await assert_refused(repository, tmp_path, sized(case, case["times"]))


@pytest.mark.parametrize("case", [case for case in cases("sizes") if "control" in case.values[0]])
async def test_a_change_within_the_limits_is(repository: GitFolder, tmp_path: Path, case: dict[str, Any]) -> None:
    _, outcome = await delivered(repository, tmp_path, sized(case, case["control"]))
    assert isinstance(outcome, Done)


SECRET_CASES = [
    pytest.param(place.values[0]["answer"], secret, id=f"{kind} in {place.id}")
    for place in cases("secrets", "place")
    for kind, secret in PLANTED.items()
]


@pytest.mark.parametrize(("answer", "secret"), SECRET_CASES)
async def test_no_secret_is_published(repository: GitFolder, tmp_path: Path, answer: str, secret: str) -> None:
    stage, _ = await delivered(repository, tmp_path, answer.replace("@SECRET@", secret))
    told = any("looks like a secret" in text for text in stage.published())
    assert told or ("<title>Use @SECRET@" in answer and len(secret) > 60)  # cut off whole, for a title is short
    assert not any(secret[:20] in _bare(text) for text in stage.published())


def _bare(text: str) -> str:
    return text.replace("\u2060", "")


@pytest.mark.parametrize("place", cases("secrets", "place"))
async def test_without_the_search_it_would_be(repository: GitFolder, tmp_path: Path, place: dict[str, Any]) -> None:
    stage = GitStage(repository, tmp_path, place["answer"].replace("@SECRET@", "hunter2hunter2"), scanner=FakeScanner())
    await stage.deliver()
    assert any("hunter2hunter2" in text for text in stage.published())


async def test_a_planted_secret_that_the_repository_holds_is_not_copied(origin: GitFolder, tmp_path: Path) -> None:
    del origin
    repository = hostile_repository(tmp_path / "planted")
    stage = GitStage(repository, tmp_path, HEAD + CREATE.format(path="n.py").replace("x = 1", PLANTED["AWS key id"]))
    stage.task = replace(stage.task, body=f"The key is {PLANTED['AWS key id']}, put it into n.py")
    assert isinstance(await stage.deliver(), Refused)
    assert not any(PLANTED["AWS key id"] in text for text in stage.published())
