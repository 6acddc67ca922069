from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.git.commit_text import trailers_of, written
from application.ports.vcs import CommitMessage

KEYS = st.from_regex(r"[A-Za-z][A-Za-z0-9-]{0,10}", fullmatch=True)
TRAILERS = st.dictionaries(KEYS, st.text(max_size=20), min_size=1, max_size=4)


@given(subject=st.text(min_size=1), body=st.text(), trailers=TRAILERS)
def test_trailers_are_read_as_they_were_written(subject: str, body: str, trailers: dict[str, str]) -> None:
    text = written(CommitMessage(f"x {subject}", body, tuple(trailers.items())))
    expected = {key: " ".join(value.replace("\x00", "").split()) for key, value in trailers.items()}
    assert dict(trailers_of(text)) == expected


@given(st.text())
def test_reading_trailers_takes_any_text(text: str) -> None:
    assert all(key and "\n" not in value for key, value in trailers_of(text).items())


def test_a_message_is_subject_body_and_trailers_in_paragraphs() -> None:
    message = CommitMessage("Mend\nit", "Why.\r\n\r\nHow.\n", (("Task-Id", "t1"), ("Plan-Digest", "d\n2")))
    assert written(message) == "Mend it\n\nWhy.\n\nHow.\n\nTask-Id: t1\nPlan-Digest: d 2\n"


def test_a_message_may_be_a_subject_alone() -> None:
    assert written(CommitMessage("Mend it")) == "Mend it\n"


def test_a_message_can_always_be_written_as_utf8() -> None:
    assert written(CommitMessage("a \ud800 b")) == "a ? b\n"


@pytest.mark.parametrize(
    "text", ["", "Task-Id: t1", "Subject\n\nTask-Id: t1\nand prose", "Subject\n\nTask-Id: t1\n\nProse at the end"]
)
def test_only_a_last_paragraph_of_trailers_alone_counts(text: str) -> None:
    assert trailers_of(text) == {}
