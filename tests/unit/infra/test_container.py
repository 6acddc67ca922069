from __future__ import annotations

import itertools
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, get_args, get_type_hints

import pytest

from application.ports.audit_log import AuditLog
from application.ports.clock import Clock
from application.ports.code_search import CodeSearch
from application.ports.code_structure import CodeStructure
from application.ports.forge import Forge
from application.ports.language_model import LanguageModel
from application.ports.secret_scanner import SecretScanner
from application.ports.syntax_checker import SyntaxChecker
from application.ports.task_codec import TaskCodec
from application.ports.task_queue import TaskQueue
from application.ports.vcs import Vcs
from domain.conversation import FREE, Price
from domain.errors import ConfigurationRefused, InvalidInput
from domain.repository_config import RepositoryConfig
from domain.secret import Secret
from infra.container import Container
from infra.settings import ModelPrice, Settings, load, overridden
from tests.support.watcher import Watcher

if TYPE_CHECKING:
    from pathlib import Path

PORTS = {
    "clock": Clock,
    "codec": TaskCodec,
    "syntax": SyntaxChecker,
    "secret_scanner": SecretScanner,
    "publishing_vcs": Vcs,
    "audit_log": AuditLog,
    "vcs": Vcs,
    "forge": Forge,
    "queue": TaskQueue,
    "code_search": CodeSearch,
    "model": LanguageModel,
    "structure": CodeStructure,
}


def choices(name: str) -> tuple[str, ...]:
    return tuple(value for value in get_args(get_type_hints(Settings)[name]) if value)


COMBINATIONS = list(itertools.product(*(choices(name) for name in ("forge", "llm", "queue", "code_search"))))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return overridden(
        load({}),
        local_forge_path=tmp_path / "forge",
        sqlite_path=tmp_path / "queue.sqlite",
        work_path=tmp_path / "work",
        script_path=tmp_path / "script",
        rabbitmq_url=Secret("amqp://guest:guest@127.0.0.1/"),
        anthropic_api_key=Secret("key"),
        openai_base_url="http://127.0.0.1:8000/v1",
        openai_model="double:1b",
        github_token=Secret("token"),
    )


@pytest.mark.parametrize(("forge", "llm", "queue", "code_search"), COMBINATIONS)
async def test_builds_every_part_under_every_setting(
    settings: Settings, forge: str, llm: str, queue: str, code_search: str
) -> None:
    chosen = overridden(settings, forge=forge, llm=llm, queue=queue, code_search=code_search)
    async with AsyncExitStack() as stack:
        container = Container(settings=chosen, stack=stack)
        for name, provider in container.providers.items():
            part = provider()
            assert PORTS.get(name, object) in type(part).__mro__


@pytest.mark.parametrize("llm", choices("llm"))
async def test_builds_every_part_with_somebody_who_looks_on(settings: Settings, llm: str) -> None:
    chosen = overridden(settings, forge="github", llm=llm, queue="rabbitmq", code_search="embeddings")
    async with AsyncExitStack() as stack:
        container = Container(settings=chosen, stack=stack, watching=Watcher().telemetry)
        for provider in container.providers.values():
            assert provider() is not None


async def test_where_nobody_looks_on_a_part_is_the_adapter_itself(settings: Settings) -> None:
    async with AsyncExitStack() as stack:
        container = Container(settings=overridden(settings, llm="ollama"), stack=stack)
        for name in ("forge", "vcs", "queue", "model", "code_search", "syntax", "audit_log", "secret_scanner"):
            assert container.providers[name]() is container.providers[f"plain_{name}"](), name


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"github_token": Secret("")}, "GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY .*, or GITHUB_TOKEN"),
        ({"github_app_id": "1"}, "one of the two only"),
        ({"github_token": Secret(""), "github_app_id": "1"}, "GITHUB_APP_PRIVATE_KEY"),
        (
            {"github_token": Secret(""), "github_app_id": "1", "github_app_private_key": Secret("x")},
            "no RSA private key",
        ),
        ({"github_base_url": "github.example.com"}, "GITHUB_BASE_URL"),
    ],
)
async def test_a_forge_that_cannot_be_asked_is_named_by_its_setting(
    settings: Settings, changed: dict[str, object], words: str
) -> None:
    async with AsyncExitStack() as stack:
        with pytest.raises(InvalidInput, match=words):
            Container(settings=overridden(settings, forge="github", **changed), stack=stack).forge()


async def test_the_gateway_needs_no_credential_of_the_forge(settings: Settings) -> None:
    chosen = overridden(settings, forge="github", github_token=Secret(""))
    async with AsyncExitStack() as stack:
        assert Container(settings=chosen, stack=stack).submit_event() is not None


async def test_a_model_that_was_not_chosen_is_asked_for(settings: Settings) -> None:
    async with AsyncExitStack() as stack:
        with pytest.raises(InvalidInput, match="LLM"):
            Container(settings=settings, stack=stack).run_task()


@pytest.mark.parametrize(
    ("llm", "missing", "words"),
    [
        ("claude", {"anthropic_api_key": Secret("")}, "ANTHROPIC_API_KEY"),
        ("scripted", {"script_path": None}, "SCRIPT_PATH"),
        ("openai", {"openai_base_url": ""}, "OPENAI_BASE_URL"),
        ("openai", {"openai_model": ""}, "OPENAI_MODEL: .*/v1/models lists"),
    ],
)
async def test_a_missing_setting_is_named(settings: Settings, llm: str, missing: dict[str, object], words: str) -> None:
    async with AsyncExitStack() as stack:
        with pytest.raises(InvalidInput, match=words):
            Container(settings=overridden(settings, llm=llm, **missing), stack=stack).solve()


async def test_a_broker_without_an_address_is_asked_for(settings: Settings) -> None:
    async with AsyncExitStack() as stack:
        chosen = overridden(settings, queue="rabbitmq", rabbitmq_url=Secret(""))
        with pytest.raises(InvalidInput, match="RABBITMQ_URL"):
            Container(settings=chosen, stack=stack).queue()


@pytest.mark.parametrize("name", ["https://github.com/acme/shop", "acme/shop/tree", "acme shop"])
async def test_a_served_repository_that_is_none_is_named(settings: Settings, name: str) -> None:
    async with AsyncExitStack() as stack:
        with pytest.raises(InvalidInput, match="ALLOWED_REPOSITORIES"):
            Container(settings=overridden(settings, allowed_repositories=(name,)), stack=stack).policy()


TOLD = ModelPrice(input_usd_per_million_tokens=1.0, output_usd_per_million_tokens=2.0)


@pytest.mark.parametrize(
    ("llm", "changed", "price"),
    [
        ("ollama", {}, FREE),
        ("ollama", {"model_prices": {"qwen2.5-coder:7b": TOLD}}, Price(1.0, 2.0)),
        ("claude", {"claude_model": "claude-unheard-of"}, None),
        ("claude", {"claude_model": "claude-unheard-of", "model_prices": {"claude-unheard-of": TOLD}}, Price(1.0, 2.0)),
        ("openai", {}, None),
        ("openai", {"openai_costs_nothing": True}, FREE),
        ("openai", {"model_prices": {"double:1b": TOLD}}, Price(1.0, 2.0)),
        ("openai", {"model_prices": {"another": TOLD}}, None),
    ],
)
async def test_a_price_is_what_the_settings_say_or_what_is_known_and_never_guessed(
    settings: Settings, llm: str, changed: dict[str, object], price: Price | None
) -> None:
    async with AsyncExitStack() as stack:
        container = Container(settings=overridden(settings, llm=llm, **changed), stack=stack)
        assert container.model().profile.price == price


async def test_repositories_may_choose_among_the_models_that_are_allowed() -> None:
    settings = load({"LLM": "ollama", "OLLAMA_MODEL": "large", "ALLOWED_MODELS": "small, tiny"})
    async with AsyncExitStack() as stack:
        models = Container(settings=settings, stack=stack).models()
        for name in ("small", "large", ""):
            chosen = models.chosen(RepositoryConfig(model=name))
            assert chosen.profile.name == (name or "large")
            assert models.chosen(RepositoryConfig(model=name)) is chosen
        with pytest.raises(ConfigurationRefused, match="offered: `large`, `small`, `tiny`"):
            models.chosen(RepositoryConfig(model="huge"))
