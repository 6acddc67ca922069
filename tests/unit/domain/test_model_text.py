from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.model_text import harmless, one_line


@pytest.mark.parametrize(
    "text",
    [
        "ask @octocat",
        "@everyone look",
        "Fixes #12",
        "closes: #3",
        "Resolves acme/shop#4",
        "see acme/shop#4",
        "![x](https://evil.example/?q=secret)",
        "![x][1]\n\n[1]: https://evil.example/?q=1",
        "[here](javascript:alert(1))",
        "https://evil.example/?q=secret",
        "www.evil.example/?q=secret",
        '<img src="https://evil.example/x.png">',
        "<details open><summary>x</summary></details>",
        "/approve",
        "   /approve now",
        "<!-- coding-agent:status 123 -->",
        "``@octocat`",
        "`@octocat",
        "```a`b @octocat",
        "~~~\ncode\n~~~\n@octocat",
        "\\`@octocat`",
    ],
)
def test_changes_what_a_forge_would_act_on(text: str) -> None:
    assert harmless(text) != text


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("Fixes #12", "Fixes #12"),
        ("ask @octocat", "@octocat"),
        ("![x](https://evil.example)", "](https"),
        ("a <b>bold</b> word", "<b>"),
        ("<!-- coding-agent:state {} -->", "coding-agent:state"),
        ("one ` here\nand ` @octocat ` there", "@octocat"),
        ("one ` here\n\u00a0\nand ` @octocat ` there", "@octocat"),
        ("\\`@octocat`", "@octocat"),
        ("~~~\n~~~\u00a0\n~~~\n@octocat", "@octocat"),
    ],
)
def test_leaves_nothing_of_it_to_act_on(text: str, gone: str) -> None:
    assert gone not in harmless(text)


@pytest.mark.parametrize(
    "text",
    [
        "Read every part of a duration",
        "Call `@cached` and `Fixes #1` stay in code",
        "```python\n@decorator\ndef f(): ...  # fixes #3, <b>\n```",
        "an e-mail a@b.example is no mention",
        "issue #12 is mentioned",
        "a ``span with ` and @x`` stays",
        "````\n```\n@x\n````",
        "either/or, and 1 < 2",
    ],
)
def test_leaves_ordinary_words_and_code_alone(text: str) -> None:
    assert harmless(text) == text


def test_a_fence_is_in_no_list_for_it_would_end_with_it() -> None:
    assert harmless("- one\n  ~~~\n@octocat\n  ~~~") == "- one\n~~~\n@octocat\n~~~"


def test_back_ticks_without_partner_spoil_their_own_paragraph_alone() -> None:
    assert harmless("one `\ntwo\n\n`@three`").endswith("\n\n`@three`")


@pytest.mark.parametrize("text", ["<a" * 100_000, "`@x` " * 100_000, "fix #1 " * 100_000, "~~~\n" + "/x\n" * 100_000])
def test_fits_a_forges_comment(text: str) -> None:
    assert len(harmless(text)) < 60_000


def test_an_open_fence_is_closed_so_that_it_cannot_swallow_what_follows() -> None:
    assert harmless("~~~~\n@x\n~~~") == "~~~~\n@x\n~~~\n~~~~"


@given(st.text(alphabet="`~\n @#ab/<>![]():.-"))
def test_no_text_is_too_odd(text: str) -> None:
    assert isinstance(harmless(text), str)


def test_one_line_is_the_first_that_says_something() -> None:
    assert one_line("\n\n  Mend the parser  \nand more") == "Mend the parser"


def test_one_line_is_cut_to_its_limit() -> None:
    assert one_line("word " * 40, 20) == "word word word word…"


def test_a_long_word_that_does_not_fit_is_left_out_as_a_whole() -> None:
    assert one_line(f"Use {'x1' * 100} now", 72) == "Use…"
    assert one_line("word " * 40, 22) == "word word word word w…"
    assert len(one_line("名" * 200, 72)) == 72
