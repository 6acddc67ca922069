"""Every way that a model is known to fail, for each protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.model_server_steps import ABORTED, CLOSED, COMPLETE, HUNG, respond
from tests.support.stage import FIX, MISFIT, NOTHING, QUESTIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.support.model_harnesses import Wire
    from tests.support.model_server_steps import Script

STATUSES = (302, 400, 401, 402, 403, 404, 408, 409, 413, 425, 429, 500, 502, 503, 504, 529)
ENDS = {"closed": CLOSED, "reset": ABORTED, "ended": COMPLETE, "stalled": HUNG}
NO_END_OF_AN_ANSWER = {"ollama": "load", "claude": "tool_use", "openai": "tool_calls"}
NONSENSE = {
    "html": respond(200, b"<html>Log in first</html>", {"Content-Type": "text/html"}),
    "nothing": respond(200, b"", {"Content-Type": "application/json"}),
    "half an event": respond(200, b"event: message_start\ndata: {\n\n", {"Content-Type": "text/event-stream"}),
    "wrong types": respond(200, b'{"message": {"content": 7}}\n', {"Content-Type": "application/x-ndjson"}),
    "no gzip": respond(200, b"\xff\xfe\x00", {"Content-Encoding": "gzip"}),
}


def answers(wire: Wire) -> Mapping[str, Script]:
    """What an honest server says, the model's own mistakes included."""
    half = FIX[: len(FIX) // 2]
    return {
        "a fix": wire.whole(*FIX.splitlines(keepends=True)),
        "edits that do not fit": wire.whole(MISFIT),
        "nothing to do": wire.whole(NOTHING),
        "questions": wire.whole(QUESTIONS),
        "prose": wire.whole("I would have a look at calc.py."),
        "a cut answer": wire.whole(half, stop="length"),
        "a cut before the first word": wire.whole(stop="length"),
        "an empty answer": wire.whole(" \n"),
    }


def failures(wire: Wire, name: str) -> Mapping[str, Script]:
    """What one says that is not well, or not honest."""
    return {
        **{f"status {status}": wire.refusal(status, "no @someone\nway") for status in STATUSES},
        "wait 0 s": wire.refusal(429, "slow down", {"Retry-After": "0"}),
        "wait 1 s": wire.refusal(429, "slow down", {"Retry-After": "1"}),
        "wait for hours": wire.refusal(529, "slow down", {"Retry-After": "9999"}),
        "wait for nonsense": wire.refusal(503, "slow down", {"Retry-After": "soon"}),
        "silence": HUNG,
        "a reset": ABORTED,
        "a closed door": CLOSED,
        "death in mid-answer": wire.died("Once", "upon"),
        **{f"{how} in mid-answer": wire.part("Once", "upon", then=end) for how, end in ENDS.items()},
        **NONSENSE,
        "no end of an answer": wire.whole("some text", stop=NO_END_OF_AN_ANSWER[name]),
        "babble": wire.whole("again and again " * 2_000),
        "counts beyond all bounds": wire.whole(FIX, written=10**9),
        **({} if name == "ollama" else {"a refusal": wire.whole("I", stop="refused")}),
    }
