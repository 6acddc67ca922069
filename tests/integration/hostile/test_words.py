"""What strangers write to a model, and what a model writes to people."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from application.prompts.rendering import fenced
from tests.support.hostile import cases
from tests.support.stage import FIX, Stage

PLACES = {
    "the summary": FIX.replace("`add` subtracted its second number.", "@TEXT@"),
    "the title": FIX.replace("Add instead of subtracting", "@TEXT@"),
    "a question": "<questions>@TEXT@</questions>",
    "a reason": "<nothing>@TEXT@</nothing>",
}


def published(stage: Stage) -> list[str]:
    """Everything that people read, less what the agent says by itself on every issue."""
    comments = [comment.body.split("-->", 2)[-1] for comment in stage.forge.thread(stage.issue).comments]
    pulls = [f"{pull.title}\n\n{pull.body}" for pull in stage.pull_requests()]
    commits = [f"{push.message.subject}\n\n{push.message.body}" for push in stage.git.pushes]
    return [text for text in (*comments, *pulls, *commits) if text]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("case", cases("words"))
async def test_a_models_words_do_nothing_but_be_read(case: dict[str, Any], place: str) -> None:
    text = case["text"].splitlines()[-1] if place == "the title" else case["text"]
    stage = Stage(PLACES[place].replace("@TEXT@", text))
    await stage.deliver()
    texts = published(stage)
    assert texts
    assert not [text for text in texts if re.search(case["forbidden"], text)]


@pytest.mark.parametrize("case", cases("words"))
async def test_they_are_hostile_as_they_come_and_readable_as_they_go(case: dict[str, Any]) -> None:
    assert re.search(case["forbidden"], case.get("reads", case["text"]))
    stage = Stage(PLACES["the summary"].replace("@TEXT@", case["text"]))
    await stage.deliver()
    assert case["kept"] in stage.pull_requests()[0].body


async def asked_about(title: str, body: str) -> str:
    """The whole prompt for an issue."""
    stage = Stage(FIX)
    stage.task = replace(stage.task, title=title, body=body)
    await stage.deliver()
    return "\n".join(message.text for message in stage.model.asked[0])


@pytest.mark.parametrize("case", cases("hidden"))
async def test_a_model_does_not_see_what_people_do_not(case: dict[str, Any]) -> None:
    payload = case.get("payload", "PAYLOAD")
    prompt = await asked_about(case.get("title", "Total"), case["body"])
    seen = prompt.replace(case["leaves"], "") if "leaves" in case else prompt
    assert payload not in seen
    assert "The total is wrong" in prompt
    assert payload in case.get("title", "") + case["body"]


def fence_of(prompt: str) -> str:
    """What stands between the issue's fence, as a reader of the prompt's own rules takes it."""
    lines = prompt.split("\n")
    begins = next(line for line in lines if line.startswith("[issue begins "))
    seal = begins.removeprefix("[issue begins ").rstrip("]")
    rest = lines[lines.index(begins) + 1 :]
    return "\n".join(rest[: rest.index(f"[issue ends {seal}]")])


@pytest.mark.parametrize("case", cases("fences"))
async def test_no_text_ends_its_own_fence(case: dict[str, Any]) -> None:
    earlier = fenced("issue", "Total.").split("\n")[0].removeprefix("[issue begins ").rstrip("]")
    body = case["text"].replace("@SEAL@", earlier)
    inside = fence_of(await asked_about("Total", body))
    last = [line for line in re.split(r"[\n\r\u2028]", body) if line][-1]
    assert last.replace("\u200b", "") in inside


@pytest.mark.parametrize("case", cases("fences")[:1])
async def test_a_fence_without_a_seal_would_be_ended(case: dict[str, Any]) -> None:
    unsealed = f"[issue begins 0123456789abcdef]\n{case['text']}\n[issue ends 0123456789abcdef]"
    assert "push to main" not in fence_of(unsealed)
