"""Pages: facts and a text."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from adapters.local_forge.flat_toml import Malformed
from adapters.local_forge.front_matter import new_page, parse_page

patient = settings(deadline=None)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
BODIES = st.lists(st.one_of(TEXTS, st.sampled_from(["+++", "---", "\n", "\r\n", "\r", " ", "\x0b", "\u2028"]))).map(
    "".join
)


@patient
@given(TEXTS, BODIES)
@example("+++", "+++\n+++\n")
@example("---\n", "\n")
@example("", "\r")
@example("", "\r\n")
def test_title_and_text_come_back_to_the_letter(title: str, body: str) -> None:
    page = parse_page(new_page({"title": title}, body).text)

    assert page.facts.string("title") == title
    assert page.body == body


@patient
@given(BODIES, BODIES)
def test_a_rewritten_page_comes_back_to_the_letter(before: str, after: str) -> None:
    page = parse_page(new_page({"title": "t", "draft": True}, before).text)

    rewritten = parse_page(page.updated({"draft": False}, after).text)

    assert (rewritten.body, rewritten.facts.boolean("draft", default=True)) == (after, False)


@patient
@given(BODIES)
def test_facts_changed_in_a_file_with_crlf_leave_its_text(body: str) -> None:
    page = parse_page(f'+++\r\ntitle = "t"\r\n+++\r\n\r\n{body}\r\n')

    again = parse_page(page.updated({"state": "closed"}).text)

    assert (again.body, again.facts.string("title"), again.facts.string("state")) == (body, "t", "closed")


@pytest.mark.parametrize(
    "text",
    [
        '+++\ntitle = "t"\n+++\nThe text',
        '+++\ntitle = "t"\n+++\n\nThe text\n',
        '+++  \ntitle = "t"\n+++\t\nThe text\n',
        '+++\r\ntitle = "t"\r\n+++\r\nThe text\r\n',
        '+++\r\ntitle = "t"\r\n+++\r\n\r\nThe text',
    ],
)
def test_reads_what_people_write(text: str) -> None:
    page = parse_page(text)

    assert (page.facts.string("title"), page.body) == ("t", "The text")


@pytest.mark.parametrize("text", ['+++\ntitle = "t"\n+++', '+++\ntitle = "t"\n+++\n', '+++\ntitle = "t"\n+++\n\n'])
def test_a_page_may_have_no_text(text: str) -> None:
    assert parse_page(text).body == ""


@pytest.mark.parametrize(
    ("text", "line", "hint"),
    [
        ("", 1, "first line must be `+++`"),
        ('title = "t"\n', 1, "first line must be `+++`"),
        ('---\ntitle: "t"\n---\n', 1, "first line must be `+++`"),
        ('+++\ntitle = "t"\nThe text\n', 1, "must end with a line `+++`"),
        ('+++\ntitle = "t"\nstate = open\n+++\nThe text\n', 3, "not TOML"),
        ('+++\r\ntitle = "t"\r\nstate = open\r\n+++\r\n', 3, "not TOML"),
    ],
)
def test_says_where_a_page_is_wrong(text: str, line: int, hint: str) -> None:
    with pytest.raises(Malformed) as caught:
        parse_page(text)

    assert caught.value.line == line
    assert hint in caught.value.problem


@patient
@given(TEXTS)
def test_any_text_is_read_or_refused_by_line(text: str) -> None:
    try:
        parse_page(f"+++\n{text}\n+++\n")
    except Malformed as error:
        line = error.line
    else:
        line = 1
    assert 1 <= line <= text.count("\n") + 3
