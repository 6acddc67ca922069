"""Settings as rules."""

from __future__ import annotations

import pytest

from domain.errors import InvalidInput
from domain.repository import Permission
from infra.builders import policy
from infra.settings import load
from infra.trust_builders import secret_scanner


def test_bots_are_listed_by_their_ids() -> None:
    rules = policy(load({"ALLOWED_BOTS": "dependabot[bot]:49699333, 2740337"}))
    assert rules.allowed_bots == {49699333, 2740337}


@pytest.mark.parametrize("bot", ["dependabot[bot]", "dependabot[bot]:", "dependabot[bot]:x", "0", "-1", "1.5", "²"])
def test_a_bot_without_an_id_stops_the_start(bot: str) -> None:
    with pytest.raises(InvalidInput, match=r"ALLOWED_BOTS: .* has no account id"):
        policy(load({"ALLOWED_BOTS": bot}))


@pytest.mark.parametrize("word", ["write", "maintain", "admin"])
def test_the_least_permission_is_a_setting(word: str) -> None:
    assert policy(load({"MINIMUM_PERMISSION": word})).minimum_permission is Permission[word.upper()]


@pytest.mark.parametrize("word", ["none", "read", "triage"])
def test_less_than_write_is_never_enough(word: str) -> None:
    with pytest.raises(InvalidInput, match="MINIMUM_PERMISSION"):
        load({"MINIMUM_PERMISSION": word})


@pytest.mark.parametrize("name", ["GIT_TOKEN", "ANTHROPIC_API_KEY", "WEBHOOK_SECRET", "WEBHOOK_SECRET_PREVIOUS"])
async def test_every_secret_among_the_settings_is_looked_for(name: str) -> None:
    scanner = secret_scanner(load({name: "correct-horse-battery"}))
    assert await scanner.scan("it is correct-horse-battery")
