from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import ConfigurationRefused
from domain.policy import Policy
from domain.repository_config import LARGEST_CONFIG, Limits, RepositoryConfig, parse_config
from domain.task import Mode

FULL = b'''# How the agent works here.
base_branch = "develop"
mode = "plan"
model = "small"
protected_paths = ["migrations/**", "/docs/legal.md"]
instructions = """
Write a test for each change.
mode = "not this line"
"""

[limits]
max_files = 10
max_changed_lines = 300
max_added_bytes = 20_000
max_tokens = 50_000
max_cost_usd = 0.5
'''


def refusal(text: str) -> str:
    with pytest.raises(ConfigurationRefused) as caught:
        parse_config(text.encode())
    return str(caught.value)


def test_every_key_is_read() -> None:
    config = parse_config(FULL)
    assert (config.base_branch, config.mode, config.model) == ("develop", Mode.PLAN, "small")
    assert config.protected_paths == ("migrations/**", "docs/legal.md")
    assert config.instructions.startswith("Write a test")
    assert config.limits == Limits(10, 300, 20_000, 50_000, 0.5)
    assert [config.lines[key] for key in ("mode", "instructions", "limits.max_files")] == [3, 6, 12]


def test_an_empty_file_leaves_all_to_the_operator() -> None:
    assert parse_config(b"") == RepositoryConfig()
    assert parse_config(b"").narrowed(Policy()) == Policy()


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ('mode = "plan\n', 1, "this is not TOML: Illegal character"),
        ("a = 1\n\nb = [1\n", 3, "this is not TOML"),
        ("x", 1, "this is not TOML"),
        ("mode = 'plan'\nmode = 'plan'\n", 2, "this is not TOML: Cannot overwrite a value"),
        ('\ncolour = "red"', 2, "there is no `colour`; there are base_branch, mode,"),
        ("\n[limits]\nmax_lines = 1", 3, "there is no `limits.max_lines`"),
        ("[other]\nx = 1", 1, "there is no `other`"),
        ("limits = 3", 1, "`limits` is a table"),
        ('model = "x"\nmode = "fast"', 2, "`mode` must be one of quickfix, plan"),
        ("base_branch = ['a']", 1, "`base_branch` must be text in one line"),
        ('base_branch = ""', 1, "`base_branch` must be text in one line"),
        ("\n\nprotected_paths = 'a'", 3, "`protected_paths` must be a list"),
        ("protected_paths = [1]", 1, "`protected_paths` must be a list"),
        ("[limits]\nmax_files = 0", 2, "`limits.max_files` must be a whole number"),
        ("limits.max_files = true", 1, "`limits.max_files` must be a whole number"),
        ("limits = {max_tokens = 1.5}", 1, "`limits.max_tokens` must be a whole number"),
        ("[limits]\n'max_cost_usd' = nan", 2, "`limits.max_cost_usd` must be a number of US dollars"),
        ("[limits]\nmax_cost_usd = inf", 2, "`limits.max_cost_usd` must be a number of US dollars"),
        ("[limits]\nmax_files = 1" + "0" * 400, 2, "`limits.max_files` must be a whole number from 1 to"),
        ("[limits]\nmax_files = 0x" + "F" * 8_000, 2, "`limits.max_files` must be a whole number from 1 to"),
        ("[limits]\nmax_cost_usd = 1" + "0" * 400, 2, "`limits.max_cost_usd` must be a number of US dollars"),
        (f"instructions = '{'x' * 4_001}'", 1, "`instructions` must be text of at most 4,000"),
        ("a = " + "[" * 5_000, 1, "this is not TOML"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_reason(text: str, line: int, reason: str) -> None:
    assert refusal(text).startswith(f"`.coding-agent.toml`, line {line}: {reason}")


def test_a_file_that_is_no_text_or_too_large_is_refused() -> None:
    with pytest.raises(ConfigurationRefused, match="line 2: the file is not UTF-8 text"):
        parse_config(b"# x\nmode = '\xff'")
    with pytest.raises(ConfigurationRefused, match="bytes; at most"):
        parse_config(b"#" * (LARGEST_CONFIG + 1))


def test_a_line_is_not_looked_for_among_hundreds_that_only_look_like_it() -> None:
    text = 'instructions = """\n' + "mode=1\n" * 500 + '"""\nmode = "fast"\n'
    assert "line 1: `mode` must be one of" in refusal(text)


def test_a_strangers_key_is_quoted_harmlessly() -> None:
    told = refusal('"a`\\n@everyone" = 1')
    assert "\n" not in told
    assert "a`" not in told


@pytest.mark.parametrize("name", ["max_files", "max_changed_lines", "max_added_bytes", "max_tokens", "max_cost_usd"])
def test_a_limit_can_be_lowered_and_never_raised(name: str) -> None:
    policy = Policy()
    lower, higher = (f"[limits]\n{name} = {getattr(policy, name) * factor:.0f}" for factor in (0.5, 2))
    assert getattr(parse_config(lower.encode()).narrowed(policy), name) < getattr(policy, name)
    with pytest.raises(ConfigurationRefused, match=rf"line 2: `limits.{name}` is .*, and the operator allows"):
        parse_config(higher.encode()).narrowed(policy)


def test_a_path_that_the_repository_protects_is_protected_whatever_the_operator_allows() -> None:
    policy = parse_config(b'protected_paths = ["migrations/**"]').narrowed(Policy(allowed_protected_paths=("**",)))
    assert "protected by the repository" in str(policy.path_problem("migrations/0001.py"))
    assert policy.path_problem("src/a.py") is None


def test_a_model_is_chosen_among_those_offered() -> None:
    config = parse_config(b'\nmodel = "small"')
    assert config.offered_model(frozenset({"small", "large"})) == "small"
    with pytest.raises(ConfigurationRefused, match=r"line 2: `model` is a model .* offered: `large`"):
        config.offered_model(frozenset({"large"}))
    assert parse_config(b"").offered_model(frozenset()) == ""


@given(st.text(alphabet="ablimtsx_.=[]{}\"'#\n0 \\") | st.text() | st.binary().map(lambda b: b.decode("latin-1")))
def test_whatever_the_file_holds_is_read_or_refused_in_one_line(text: str) -> None:
    told = ""
    try:
        parse_config(text.encode("utf-8", "surrogatepass"))
    except ConfigurationRefused as error:
        told = str(error)
    assert "\n" not in told
