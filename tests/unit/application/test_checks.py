"""What is said of each part."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adapters.memory.queue import MemoryTaskQueue
from application.checks import check_forge, check_model, check_queue
from domain.errors import CredentialsRefused, InvalidInput
from domain.finding import Grade
from domain.model_health import ModelHealth
from tests.fakes.clock import FakeClock
from tests.fakes.forge import FakeForge
from tests.fakes.model import FakeModel
from tests.fakes.queued_tasks import a_task

if TYPE_CHECKING:
    from collections.abc import Sequence

    from domain.finding import Finding


class ModelInHealth(FakeModel):
    """A model whose server shows this."""

    def __init__(self, health: ModelHealth) -> None:
        super().__init__()
        self.health = health

    async def check(self) -> ModelHealth:
        return self.health


def said(findings: Sequence[Finding]) -> list[tuple[Grade, str]]:
    return [(finding.grade, finding.words) for finding in findings]


async def model(health: ModelHealth) -> list[tuple[Grade, str]]:
    return said(await check_model(ModelInHealth(health), shown_tokens=24_000))


async def test_a_model_in_health_is_good_with_its_facts() -> None:
    health = ModelHealth("qwen", reachable=True, facts=("context 32,768 tokens",), context_tokens=32_768)
    assert await model(health) == [(Grade.GOOD, "qwen, context 32,768 tokens")]


async def test_a_models_problems_are_bad_one_by_one_and_its_remarks_are_kept() -> None:
    health = ModelHealth(
        "qwen", reachable=True, problems=("run `ollama pull qwen`",), remarks=("its price is unknown",)
    )
    assert await model(health) == [(Grade.BAD, "run `ollama pull qwen`"), (Grade.REMARK, "its price is unknown")]


async def test_a_server_that_does_not_answer_is_bad_though_it_says_nothing() -> None:
    assert await model(ModelHealth("qwen", reachable=False)) == [(Grade.BAD, "qwen: its server does not answer")]


@pytest.mark.parametrize(("context", "remarks"), [(32_000, 0), (31_999, 1)])
async def test_a_context_that_is_too_small_for_prompt_and_answer_is_remarked_on(context: int, remarks: int) -> None:
    found = await model(ModelHealth("qwen", reachable=True, context_tokens=context))
    assert sum(grade is Grade.REMARK for grade, _ in found) == remarks


async def test_says_what_the_agent_lacks_in_a_repository() -> None:
    forge = FakeForge(FakeClock())
    forge.create_repository("acme/shop")
    forge.missing = ("contents: write",)
    _, shop = said(await check_forge(forge, ["acme/shop"], where="here"))
    assert shop == (Grade.BAD, "acme/shop: coding-agent[bot] lacks contents: write")


async def test_tells_repositories_apart() -> None:
    forge = FakeForge(FakeClock())
    forge.create_repository("acme/shop")
    found = said(await check_forge(forge, ["other", "acme/shop", "acme/gone"], where="here"))
    assert [grade for grade, _ in found] == [Grade.GOOD, Grade.BAD, Grade.GOOD, Grade.REMARK]
    assert "acme/gone" in found[1][1]


async def test_a_forge_that_refuses_us_is_told_by_its_own_words() -> None:
    forge = FakeForge(FakeClock())
    forge.fail("agent_login", CredentialsRefused("the token has expired"))
    with pytest.raises(CredentialsRefused):
        await check_forge(forge, [], where="here")


async def test_says_what_waits_for_a_persons_decision_in_the_queue() -> None:
    queue = MemoryTaskQueue(FakeClock())
    await queue.publish(a_task())
    await (await queue.take()).dead("broken")
    await queue.pause("otto")
    found = await check_queue(queue, where="here")
    assert [finding.grade for finding in found] == [Grade.GOOD, Grade.REMARK, Grade.REMARK]
    assert [finding.mend for finding in found] == ["", "coding-agent queue dead list", "coding-agent resume"]


async def test_a_queue_that_is_not_set_up_as_needed_is_bad_by_its_own_words() -> None:
    class Unfit(MemoryTaskQueue):
        async def check(self) -> None:
            message = "the queue does not exist; run `coding-agent topology apply`"
            raise InvalidInput(message)

    with pytest.raises(InvalidInput, match="topology apply"):
        await check_queue(Unfit(FakeClock()), where="here")
