from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.command import Command, command_in


@pytest.mark.parametrize(
    ("comment", "command"),
    [
        pytest.param("/approve", Command("approve"), id="alone"),
        pytest.param("/Approve", Command("approve"), id="in any case"),
        pytest.param("  /approve  \r\n", Command("approve"), id="with blanks around it"),
        pytest.param("\n\n/approve", Command("approve"), id="after empty lines"),
        pytest.param("/revise use a set\nand test it", Command("revise", "use a set\nand test it"), id="with a text"),
        pytest.param("/approve\tabc123", Command("approve", "abc123"), id="with a tab between"),
        pytest.param("\u200b/cancel", Command("cancel"), id="behind what nobody sees"),
        pytest.param("<!-- note -->/cancel", Command("cancel"), id="behind a hidden note"),
    ],
)
def test_a_command_is_the_first_word(comment: str, command: Command) -> None:
    assert command_in(comment) == command


@pytest.mark.parametrize(
    "comment",
    [
        pytest.param("", id="nothing"),
        pytest.param("please /approve", id="a later word"),
        pytest.param("LGTM\n/approve", id="a later line"),
        pytest.param("> /approve", id="a quote"),
        pytest.param(">/approve", id="a quote without a blank"),
        pytest.param("> nested\n> > /approve", id="a nested quote"),
        pytest.param("```\n/approve\n```", id="a fence"),
        pytest.param("~~~\n/approve\n~~~", id="a fence of tildes"),
        pytest.param("    /approve", id="an indented block"),
        pytest.param("\t/approve", id="a block indented by a tab"),
        pytest.param("\n    /approve", id="an indented block after an empty line"),
        pytest.param("`/approve`", id="code"),
        pytest.param("- /approve", id="a list"),
        pytest.param("**/approve**", id="bold"),
        pytest.param("<!-- /approve -->", id="hidden"),
        pytest.param("<!-- x\n/approve", id="hidden to the end"),
        pytest.param("\\/approve", id="escaped"),
        pytest.param("/ approve", id="a lone slash"),
        pytest.param("//approve", id="two slashes"),
        pytest.param("/approve/this", id="a path"),
        pytest.param("/approve.", id="a sentence's end"),
        pytest.param("/usr/bin/env is missing", id="a path first"),
        pytest.param("\uff0fapprove", id="a slash of another width"),
        pytest.param("/\u0430pprove", id="a letter of another alphabet"),
    ],
)
def test_nothing_else_is_one(comment: str) -> None:
    assert command_in(comment) is None


@given(st.text(alphabet="/> `~-ap\n\t\u200b<!", max_size=30))
def test_reads_anything_and_finds_no_name_that_is_not_there(comment: str) -> None:
    command = command_in(comment)
    assert command is None or f"/{command.name}" in comment.replace("\u200b", "").lower()
