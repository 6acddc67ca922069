"""What is written by hand, read by the client's own decoder."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pamqp.frame
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pamqp.body import ContentBody
from pamqp.commands import Basic
from pamqp.header import ContentHeader

from adapters.rabbitmq.frames import Outgoing, published
from domain.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.rabbitmq.frames import HeaderValue

short = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60)
plain: st.SearchStrategy[HeaderValue] = (
    st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(alphabet=st.characters(exclude_categories=["Cs"]))
)
headers: st.SearchStrategy[Mapping[str, HeaderValue]] = st.dictionaries(
    short, plain | st.dictionaries(short, plain, max_size=3), max_size=6
)
messages = st.builds(
    Outgoing,
    st.binary(max_size=300),
    short.filter(bool),
    headers=headers,
    content_type=short,
    timestamp=st.none() | st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - the zone comes with `timezones`
    type=short,
    app_id=short,
)


def read(data: bytes) -> list[object]:
    """The frames, each on channel 7."""
    found: list[object] = []
    while data:
        length, channel, frame = pamqp.frame.unmarshal(data)
        assert channel == 7
        found.append(frame)
        data = data[length:]
    return found


@given(messages, short, st.booleans(), st.integers(1, 400))
def test_the_clients_own_decoder_reads_what_was_meant(
    message: Outgoing,
    queue: str,
    mandatory: bool,  # noqa: FBT001
    longest: int,
) -> None:
    command, header, *bodies = read(published(message, queue, 7, mandatory=mandatory, longest_body=longest))
    assert isinstance(command, Basic.Publish)
    assert (command.exchange, command.routing_key, command.mandatory) == ("", queue, mandatory)
    assert isinstance(header, ContentHeader)
    told = header.properties
    assert (told.message_id, told.delivery_mode, told.content_type or "") == (
        message.message_id,
        2,
        message.content_type,
    )
    assert (told.message_type or "", told.app_id or "", told.headers or {}) == (
        message.type,
        message.app_id,
        message.headers,
    )
    assert told.timestamp == (message.timestamp and message.timestamp.replace(microsecond=0))
    pieces = [body.value for body in bodies if isinstance(body, ContentBody)]
    assert (b"".join(pieces), len(pieces)) == (message.body, len(bodies))
    assert all(len(piece) <= longest for piece in pieces)
    assert header.body_size == len(message.body)


@pytest.mark.parametrize(
    "message", [Outgoing(b"", "x" * 256), Outgoing(b"", "id", {"n": 2**63}), Outgoing(b"", "id", {"x" * 256: 1})]
)
def test_what_the_protocol_has_no_room_for_is_refused(message: Outgoing) -> None:
    with pytest.raises(InvalidInput):
        published(message, "q", 7, mandatory=True, longest_body=100)
