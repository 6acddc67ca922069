from __future__ import annotations

import json
from pathlib import Path

import pytest

from domain.errors import InvalidInput
from domain.secret import Secret
from infra.settings import load, overridden
from infra.settings_page import page


def test_has_a_default_for_everything_and_chooses_no_model() -> None:
    assert load({}).llm == ""


def test_reads_the_environment_by_name() -> None:
    settings = load({"LLM": "ollama", "MAX_FILES": "3", "MAX_COST_USD": "0.5", "UNRELATED": "x"})
    assert (settings.llm, settings.max_files, settings.max_cost_usd) == ("ollama", 3, 0.5)


def test_splits_lists_at_commas() -> None:
    assert load({"ALLOWED_REPOSITORIES": " acme, shop/cart ,"}).allowed_repositories == ("acme", "shop/cart")


def test_an_empty_variable_counts_as_not_set() -> None:
    assert load({"MAX_FILES": " "}).max_files == load({}).max_files


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "agent.toml"
    file.write_text('max_files = 7\ntrigger_label = "robot"\nallowed_repositories = ["acme"]\n')
    settings = load({"CODING_AGENT_CONFIG": str(file), "MAX_FILES": "9"})
    assert (settings.max_files, settings.trigger_label, settings.allowed_repositories) == (9, "robot", ("acme",))


def test_an_empty_text_in_the_file_counts_as_not_set(tmp_path: Path) -> None:
    file = tmp_path / "agent.toml"
    file.write_text('work_path = ""\nollama_model = ""\n')
    assert load({"CODING_AGENT_CONFIG": str(file)}) == load({})


@pytest.mark.parametrize("name", ["WORK_PATH", "SQLITE_PATH"])
def test_a_tilde_is_the_home_folder(name: str) -> None:
    assert getattr(load({name: "~/agent"}), name.lower()) == Path.home() / "agent"


def test_a_tilde_that_is_nobodys_home_is_left_alone() -> None:
    assert load({"SQLITE_PATH": "~no.such.person/queue"}).sqlite_path == Path("~no.such.person/queue")


def test_reads_a_secret_from_a_file_without_its_line_end(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("hush\n")
    assert load({"WEBHOOK_SECRET_FILE": str(file)}).webhook_secret == Secret("hush")


def test_prints_no_secret() -> None:
    settings = load({"WEBHOOK_SECRET": "hush-hush", "ANTHROPIC_API_KEY": "sk-hush-hush", "GIT_TOKEN": "hush-hush"})
    assert "hush" not in repr(settings) + str(settings)


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"MAX_FILES": "0"}, "MAX_FILES"),
        ({"MAX_FILES": "many"}, "MAX_FILES"),
        ({"LLM": "gpt"}, "LLM: .*one of: .*scripted, ollama, claude"),
        ({"GATEWAY_PORT": "70000"}, "GATEWAY_PORT"),
        ({"GATEWAY_METRICS_PORT": "70000"}, "GATEWAY_METRICS_PORT"),
        ({"WORKER_HTTP_PORT": "-1"}, "WORKER_HTTP_PORT"),
        ({"LEASE_SECONDS": "-1"}, "LEASE_SECONDS"),
        ({"CODING_AGENT_CONFIG": "/nowhere/agent.toml"}, "CODING_AGENT_CONFIG: cannot read /nowhere/agent.toml"),
        ({"WEBHOOK_SECRET_FILE": "/nowhere/secret"}, "WEBHOOK_SECRET_FILE: cannot read /nowhere/secret"),
    ],
)
def test_a_wrong_setting_is_named_in_one_line(environment: dict[str, str], words: str) -> None:
    with pytest.raises(InvalidInput, match=words) as caught:
        load(environment)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [("max_flies = 3", "no setting 'max_flies'"), ("max_files =", "not TOML"), ('max_files = "x"', "MAX_FILES")],
)
def test_a_wrong_file_is_told_in_words(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "agent.toml"
    file.write_text(text)
    with pytest.raises(InvalidInput, match=words):
        load({"CODING_AGENT_CONFIG": str(file)})


PRICES = {"gpt-x": {"input_usd_per_million_tokens": 1.25, "output_usd_per_million_tokens": 10}}


def test_a_table_is_json_in_a_variable_and_a_table_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "agent.toml"
    file.write_text('[model_prices."gpt-x"]\ninput_usd_per_million_tokens = 1.25\noutput_usd_per_million_tokens = 10\n')
    from_file, from_variable = load({"CODING_AGENT_CONFIG": str(file)}), load({"MODEL_PRICES": json.dumps(PRICES)})
    assert from_file.model_prices == from_variable.model_prices
    assert from_file.model_prices["gpt-x"].output_usd_per_million_tokens == 10.0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1.25", "MODEL_PRICES: a table is expected"),
        ("{gpt-x: 1}", "MODEL_PRICES: this is not JSON"),
        ('{"gpt-x": {"input_usd_per_million_tokens": 1}}', "there must also be `output_usd_per_million_tokens`"),
        ('{"gpt-x": {"input_usd": 1}}', "MODEL_PRICES"),
        (
            '{"gpt-x": {"input_usd_per_million_tokens": -1, "output_usd_per_million_tokens": 1}}',
            "MODEL_PRICES: a number",
        ),
    ],
)
def test_a_wrong_price_is_named_in_one_line(text: str, words: str) -> None:
    with pytest.raises(InvalidInput, match=words) as caught:
        load({"MODEL_PRICES": text})
    assert "\n" not in str(caught.value)


def test_an_option_replaces_a_setting() -> None:
    assert overridden(load({}), llm="claude").llm == "claude"


def test_the_documentation_lists_the_settings_as_they_are() -> None:
    written = Path(__file__).parents[3] / "docs" / "CONFIGURATION.md"
    assert written.read_text(encoding="utf-8") == page(), "run `make docs`"
