from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.ollama.chat_stream import Answer, ChatStream
from adapters.ollama.errors import Server
from domain.errors import ModelUnavailable
from tests.support.model_server_ollama import last, line, said


def read(*chunks: bytes) -> tuple[list[str], Answer]:
    stream = ChatStream(Server("http://ollama.example", "double:1b"), max_tokens=100_000)
    pieces = [piece for chunk in chunks for piece in stream.feed(chunk)]
    pieces += stream.finish()
    return pieces, stream.answer()


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1)), st.integers(1, 40))
def test_reads_the_same_however_the_bytes_are_cut(texts: list[str], size: int) -> None:
    data = b"".join([*map(said, texts), last("stop")])
    pieces, answer = read(*(data[start : start + size] for start in range(0, len(data), size)))
    assert pieces == texts
    assert answer == Answer("".join(texts), "stop", "double:1b", 11, 7)


@given(st.lists(st.binary() | st.sampled_from([said("a"), last("stop"), b"{", b"}", b'"', b"[1]", b"null", b"\n"])))
def test_whatever_comes_is_an_answer_or_the_server_is_unavailable(chunks: list[bytes]) -> None:
    with contextlib.suppress(ModelUnavailable):
        pieces, answer = read(*chunks)
        assert answer.text == "".join(pieces)


def test_the_last_line_may_lack_its_line_end() -> None:
    assert read(said("a"), last("stop").rstrip(b"\n"))[1].text == "a"


def test_text_on_the_last_line_counts() -> None:
    ending = {"message": {"content": "b"}, "done": True, "done_reason": "stop"}
    assert read(said("a"), line(ending))[0] == ["a", "b"]


def test_thinking_is_not_the_answer() -> None:
    thinking = {"message": {"role": "assistant", "content": "", "thinking": "hm"}, "done": False}
    assert read(line(thinking), said("a"), last("stop"))[0] == ["a"]


def test_what_follows_the_end_is_passed_over() -> None:
    assert read(last("stop") + b"garbage\n" + said("more"))[0] == []


def test_counts_that_are_left_out_are_nought() -> None:
    answer = read(line({"done": True}))[1]
    assert (answer.input_tokens, answer.output_tokens) == (0, 0)


@pytest.mark.parametrize("counts", [{"eval_count": -1}, {"eval_count": "7"}, {"prompt_eval_count": 1.5}])
def test_refuses_counts_that_are_none(counts: dict[str, object]) -> None:
    with pytest.raises(ModelUnavailable):
        read(line({"done": True, **counts}))


def test_refuses_a_line_without_end() -> None:
    with pytest.raises(ModelUnavailable, match="no answer"):
        read(*[b"x" * 65_536] * 40)
