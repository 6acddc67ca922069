from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.code_search.names import Terms, names_in
from application.issue_terms import terms_in

WORDS = ("parse", "parses", "body", "bodies", "class", "classes", "html", "status", "x", "is")
NAME = st.lists(st.sampled_from([*WORDS, *(word.title() for word in WORDS), "HTML", "_", "__", "2"]), max_size=10).map(
    "".join
)


def counted(wanted: set[str], content: bytes) -> dict[str, int]:
    names = Counter(names_in(content))
    terms = Terms(wanted)
    terms.learn([names])
    return terms.count(names)


def test_counts_terms_as_names_and_as_parts_of_names() -> None:
    content = b"parseHTMLBodies(parse_body, 'bodies') + Parser"
    assert counted({"body", "parse", "bodies"}, content) == {"body": 3, "parse": 2, "bodies": 1}


@settings(deadline=None)
@given(st.lists(NAME))
def test_finds_what_one_finds_name_by_name(names: list[str]) -> None:
    wanted = {"parse", "body", "bodies", "class", "status", "html", "parse_body"}
    text = " ".join(names)
    slowly = Counter(term for name in text.split() for term in terms_in(name) if term in wanted)
    assert counted(wanted, text.encode()) == slowly


@settings(deadline=None)
@given(st.binary())
def test_any_bytes_can_be_counted(content: bytes) -> None:
    assert set(counted({"body"}, content)) <= {"body"}
