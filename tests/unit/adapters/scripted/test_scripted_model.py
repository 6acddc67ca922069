from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from adapters.scripted import ScriptedModel
from domain.conversation import Message, Price, Role
from domain.errors import AnswerUnusable, InvalidInput

if TYPE_CHECKING:
    from collections.abc import Callable

FIRST = (Message(Role.SYSTEM, "Be brief."), Message(Role.USER, "Mend it."))
SECOND = (*FIRST, Message(Role.ASSISTANT, "one"), Message(Role.USER, "Not quite."))


async def ask(
    script: Path | None, messages: tuple[Message, ...] = FIRST, on_text: Callable[[str], object] = len
) -> str:
    model = ScriptedModel(script, pause_seconds=0, piece_characters=4)
    reply = await model.reply(messages, deadline_seconds=10, on_text=lambda text: void(on_text(text)))
    return reply.text


def void(_: object) -> None:
    pass


def folder_of(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name.lstrip('_').replace('__', '.')}").write_text(text, encoding="utf-8")
    return folder


async def test_a_file_is_the_one_answer(tmp_path: Path) -> None:
    folder_of(tmp_path, answer__md="the answer\r\n")
    assert await ask(tmp_path / "answer.md") == "the answer\r\n"


async def test_a_folder_has_an_answer_for_each_call_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    folder_of(tmp_path, _10_last__md="ten", _2_then__txt="two", _1_first__md="one", README__md="not an answer")
    third = (*SECOND, Message(Role.ASSISTANT, "two"), Message(Role.USER, "Again."))
    assert [await ask(tmp_path, messages) for messages in (FIRST, SECOND, third)] == ["one", "two", "ten"]


async def test_a_new_conversation_starts_anew(tmp_path: Path) -> None:
    folder_of(tmp_path, _01__md="one", _02__md="two")
    model = ScriptedModel(tmp_path, pause_seconds=0)
    texts = [
        (await model.reply(messages, deadline_seconds=10, on_text=void)).text
        for messages in (FIRST, SECOND, FIRST, SECOND)
    ]
    assert texts == ["one", "two", "one", "two"]


async def test_a_script_that_is_used_up_says_so(tmp_path: Path) -> None:
    folder_of(tmp_path, answer__md="one")
    with pytest.raises(AnswerUnusable, match="has 1 answer, and a further one was asked for"):
        await ask(tmp_path / "answer.md", SECOND)


@pytest.mark.parametrize("script", [None, Path("missing.md"), Path()], ids=["none", "missing", "empty folder"])
async def test_refuses_to_answer_without_a_script(tmp_path: Path, script: Path | None) -> None:
    with pytest.raises(InvalidInput, match="script"):
        await ask(script and tmp_path / script)


async def test_refuses_a_script_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "answer.md").write_bytes(b"\xff\xfe")
    with pytest.raises(InvalidInput, match="UTF-8"):
        await ask(tmp_path / "answer.md")


async def test_writes_in_pieces_so_that_progress_is_seen(tmp_path: Path) -> None:
    folder_of(tmp_path, answer__md="progress")
    heard: list[str] = []
    await ask(tmp_path / "answer.md", on_text=heard.append)
    assert heard == ["prog", "ress"]


async def test_costs_nothing_and_counts_the_same_each_time(tmp_path: Path) -> None:
    folder_of(tmp_path, answer__md="the answer")
    model = ScriptedModel(tmp_path / "answer.md", "demo", pause_seconds=0)
    replies = [await model.reply(FIRST, deadline_seconds=10, on_text=void) for _ in range(2)]
    assert replies[0] == replies[1]
    assert (model.profile.price, replies[0].spend.cost_usd, replies[0].model) == (Price(0.0, 0.0), 0.0, "demo")
