from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.openai_compatible.chat_events import Answer, ChatEvents
from adapters.openai_compatible.errors import Server
from domain.conversation import Usage
from domain.errors import AgentError, AnswerUnusable, InvalidInput, ModelUnavailable
from domain.secret import Secret
from tests.support.model_server_openai import DONE, chunk, counts, ending, event, said

SERVER = Server("http://models.example", "double:1b", Secret(""))


def read(*chunks: bytes, max_tokens: int = 100_000) -> tuple[list[str], Answer]:
    events = ChatEvents(SERVER, max_tokens)
    pieces = [piece for data in chunks for piece in events.feed(data)]
    pieces += events.finish()
    return pieces, events.answer()


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1)), st.integers(1, 40))
def test_reads_the_same_however_the_bytes_are_cut(texts: list[str], size: int) -> None:
    data = b"".join([*map(said, texts), ending("stop"), counts(), DONE])
    pieces, answer = read(*(data[start : start + size] for start in range(0, len(data), size)))
    assert pieces == texts
    assert answer == Answer("".join(texts), "stop", "double:1b", Usage(11, 7))


ODD = [said("a"), ending("stop"), DONE, counts(), b"data: ", b"data: {}\n", b"{", b"}", b'"', b"[1]", b"null", b"\n"]


@given(st.lists(st.binary() | st.sampled_from(ODD)))
def test_whatever_comes_is_an_answer_or_an_error_of_ours(chunks: list[bytes]) -> None:
    with contextlib.suppress(AgentError):
        pieces, answer = read(*chunks)
        assert answer.text == "".join(pieces)


def test_signs_of_life_names_of_events_and_carriage_returns_are_passed_over() -> None:
    data = b": keep-alive\n\nevent: message\nid: 1\nretry: 5\n" + said("a") + ending("stop") + DONE
    assert read(data.replace(b"\n", b"\r\n"))[0] == ["a"]


def test_an_answer_is_complete_without_the_word_done() -> None:
    assert read(said("a"), ending("length"))[1].reason == "length"


def test_or_with_the_word_done_alone() -> None:
    assert read(said("a"), DONE)[1] == Answer("a", "", "double:1b", None)


def test_and_is_cut_off_where_neither_comes() -> None:
    with pytest.raises(ModelUnavailable, match="in mid-answer"):
        read(said("a"), counts())


def test_what_follows_the_end_is_passed_over() -> None:
    assert read(ending("stop"), DONE + b"garbage\n" + said("more"))[0] == []


def test_counts_may_come_with_every_piece_and_the_last_ones_count() -> None:
    assert read(counts(5, 1), said("a"), counts(5, 2), ending("stop"))[1].usage == Usage(5, 2)


def test_what_was_read_from_a_cache_is_counted_apart() -> None:
    usage = read(ending("stop"), counts(100, 7, prompt_tokens_details={"cached_tokens": 60}))[1].usage
    assert usage == Usage(40, 7, cache_read_tokens=60)


@pytest.mark.parametrize("details", [None, {}, {"cached_tokens": None}])
def test_details_may_be_left_out(details: object) -> None:
    assert read(ending("stop"), counts(100, 7, prompt_tokens_details=details))[1].usage == Usage(100, 7)


def test_only_the_first_of_several_answers_is_read() -> None:
    two = chunk({"index": 0, "delta": {"content": "a"}}, {"index": 1, "delta": {"content": "b"}})
    assert read(two, ending("stop"))[0] == ["a"]


@pytest.mark.parametrize("field", ["reasoning", "reasoning_content"])
def test_thinking_is_not_the_answer(field: str) -> None:
    assert read(chunk({"delta": {field: "hm"}}), said("a"), ending("stop"))[0] == ["a"]


def test_a_refusal_in_words_is_one() -> None:
    assert read(chunk({"delta": {"refusal": "I cannot."}}), ending("stop"))[1].reason == "content_filter"


ERRORS = [
    event(error={"message": "boom", "type": "server_error", "code": 500}),
    event(error="boom"),
    event(object="error", message="boom", type="InternalServerError", code=500),
    b'error: {"code": 500, "message": "boom", "type": "server_error"}\n',
    b'{"error": {"message": "boom"}}\n',
    b'{"detail": "boom"}\n',
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.decode()[:30])
def test_an_error_in_mid_answer_is_quoted_whatever_its_shape(error: bytes) -> None:
    with pytest.raises(ModelUnavailable, match="boom"):
        read(said("a"), error, DONE)


def test_an_error_in_mid_answer_can_be_for_good() -> None:
    with pytest.raises(InvalidInput, match="too long"):
        read(event(error={"message": "This model's maximum context length is 4096 tokens", "code": 400}))


@pytest.mark.parametrize(
    "data",
    [b"data: {\n", b"data: [1]\n", b"data: null\n", b"<html>\n", b'data: {"choices": [{"delta": 7}]}\n'],
)
def test_what_is_no_such_stream_makes_the_server_unavailable(data: bytes) -> None:
    with pytest.raises(ModelUnavailable):
        read(data)


def test_refuses_a_line_without_end() -> None:
    with pytest.raises(ModelUnavailable, match="no answer"):
        read(*[b"x" * 65_536] * 40)


def test_an_answer_without_end_is_ended() -> None:
    with pytest.raises(AnswerUnusable, match="did not stop at 256"):
        read(*[said("again ")] * 3_000, max_tokens=256)
