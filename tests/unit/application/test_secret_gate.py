"""Nothing with a secret in it is published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.effects import effects_of
from application.ports.forge import Forge
from application.ports.vcs import CommitMessage
from application.secret_gate import ScannedVcs, added_lines, scanned_forge
from domain.change_set import ChangeKind, ChangeSet, FileChange
from domain.errors import SecretFound
from domain.issue import PullRequestDraft
from domain.outcome import Done, Refused
from domain.repository import GitSource
from tests.fakes.secret_scanner import FakeScanner
from tests.support.stage import FIX, Stage

if TYPE_CHECKING:
    from collections.abc import Mapping

WORD = "hunter2"
SOURCE = GitSource("/acme/shop.git")


def gated(*answers: str) -> Stage:
    """A stage on which nothing that holds the word may leave."""
    stage = Stage(*answers)
    scanner = FakeScanner(WORD)
    stage.forge = scanned_forge(stage.forge, scanner)  # type: ignore[assignment]
    stage.vcs = ScannedVcs(stage.vcs, scanner)  # type: ignore[assignment]
    return stage


FILE = '<file path="{path}" action="create">\n{content}\n</file>\n'


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(FIX.replace("a + b", f"a + b  # {WORD}"), id="in an edit"),
        pytest.param(FIX + FILE.format(path="new.py", content=f"x = 1\ny = '{WORD}'"), id="in a new file"),
        pytest.param(FIX + FILE.format(path=f"{WORD}.py", content="x = 1"), id="in the name of a file"),
        pytest.param(FIX.replace("Add instead", f"Use {WORD}"), id="in the title"),
        pytest.param(FIX.replace("`add` sub", f"{WORD} sub"), id="in the summary"),
    ],
)
async def test_a_change_with_a_secret_in_it_is_refused_and_told_without_it(answer: str) -> None:
    stage = gated(answer)
    assert isinstance(await stage.deliver(), Refused)
    assert stage.git.pushes == []
    assert stage.pull_requests() == []
    (status,) = stage.status_comments()
    assert "looks like a secret (password)" in status.body
    assert not any(WORD in comment.body for comment in stage.forge.thread(stage.issue).comments)


async def test_a_refusal_names_the_path_and_the_line() -> None:
    stage = gated(FIX + FILE.format(path="new.py", content=f"x = 1\ny = '{WORD}'"))
    await stage.deliver()
    assert "Line 2 of `new.py`" in stage.status_comments()[0].body


@pytest.mark.parametrize("tag", ["nothing", "questions"])
async def test_words_with_a_secret_in_them_are_not_told(tag: str) -> None:
    stage = gated(f"<{tag}>the password is {WORD}</{tag}>")
    assert isinstance(await stage.deliver(), Refused)
    assert '"ended": "refused"' in stage.status_comments()[0].body
    assert not any(WORD in comment.body for comment in stage.forge.thread(stage.issue).comments)


async def test_what_a_repository_holds_already_is_not_refused() -> None:
    stage = gated(FIX)
    stage.git.advance("main", {"calc.py": f"# {WORD}\ndef add(a, b):\n    return a - b\n".encode()})
    assert isinstance(await stage.deliver(), Done)


async def test_a_renamed_file_is_searched_for_what_it_adds_only() -> None:
    stage = gated()
    stage.git.advance("main", {"old.py": f"# {WORD}\n".encode()})
    change = FileChange(ChangeKind.RENAME, "old.py", f"# {WORD}\nx = 1\n".encode(), "new.py")
    async with stage.vcs.open(SOURCE) as workspace:
        assert await workspace.push("coding-agent/1-x", ChangeSet((change,)), CommitMessage("Rename"))


def _arguments(stage: Stage, method: str) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """A call of an effect with the word in each of its texts."""
    text = f"so it is: {WORD}"
    calls: Mapping[str, tuple[tuple[Any, ...], dict[str, Any]]] = {
        "open_pull_request": ((stage.ref, PullRequestDraft("t", text, "h", "b", draft=False)), {}),
        "update_pull_request": ((stage.ref, 1), {"title": text, "body": ""}),
        "add_labels": ((stage.issue, frozenset({text})), {}),
        "upsert_comment": ((stage.issue, "m", text), {}),
        "reply_to_review": ((stage.ref, 1, 2, "m", text), {}),
    }
    return calls[method]


WRITING_TEXT = ["open_pull_request", "update_pull_request", "add_labels", "upsert_comment", "reply_to_review"]


@pytest.mark.parametrize("method", WRITING_TEXT)
async def test_every_effect_that_writes_text_is_searched(method: str) -> None:
    stage = gated()
    args, kwargs = _arguments(stage, method)
    with pytest.raises(SecretFound, match="Line 1 of a text"):
        await getattr(stage.forge, method)(*args, **kwargs)


def test_the_effects_that_are_not_tried_write_no_text_of_a_models() -> None:
    others = set(effects_of(Forge)) - set(WRITING_TEXT)
    assert others == {"close_pull_request", "delete_branch", "mark_ready", "react", "remove_label"}


@given(st.lists(st.sampled_from("abc")), st.lists(st.sampled_from("abc")))
def test_added_are_the_lines_that_were_not_there_so_often(before: list[str], after: list[str]) -> None:
    added = list(added_lines("\n".join(before).encode(), "\n".join(after).encode()).values())
    for line in "abc":
        assert added.count(line) == max(0, after.count(line) - before.count(line))
