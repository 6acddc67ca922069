"""Whatever a broker or the way to it does becomes an error of the domain, and says nothing secret."""

from __future__ import annotations

import asyncio
import inspect
import ssl
from typing import TYPE_CHECKING

import aio_pika.exceptions
import aiormq.exceptions
import pamqp.exceptions
import pytest

from adapters.rabbitmq.errors import BROKEN, ERRORS, translate, translated
from domain.errors import CredentialsRefused, InvalidInput, QueueUnavailable

if TYPE_CHECKING:
    from types import ModuleType

    from domain.errors import AgentError


def classes(module: ModuleType) -> list[type[Exception]]:
    return [kind for _, kind in inspect.getmembers(module, inspect.isclass) if issubclass(kind, Exception)]


ALL = [
    *classes(aiormq.exceptions),
    *classes(pamqp.exceptions),
    *aio_pika.exceptions.CONNECTION_EXCEPTIONS,
    ConnectionResetError,
    asyncio.IncompleteReadError,
]


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: f"{kind.__module__}.{kind.__name__}")
def test_knows_every_error_that_the_client_can_raise(kind: type[Exception]) -> None:
    assert issubclass(kind, BROKEN)
    assert any(ancestor in ERRORS for ancestor in kind.__mro__)


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (
            aiormq.exceptions.ProbableAuthenticationError("ACCESS_REFUSED - Login was refused"),
            CredentialsRefused,
            "Login",
        ),
        (aiormq.exceptions.ChannelAccessRefused(403, "ACCESS_REFUSED - access to queue"), CredentialsRefused, "access"),
        (aiormq.exceptions.ConnectionNotAllowed(530, "NOT_ALLOWED - vhost x not found"), CredentialsRefused, "vhost x"),
        (aiormq.exceptions.ChannelPreconditionFailed(406, "inequivalent arg"), InvalidInput, "inequivalent"),
        (aiormq.exceptions.ChannelNotFoundEntity(404, "NOT_FOUND"), QueueUnavailable, "topology apply"),
        (aiormq.exceptions.ChannelInvalidStateError(), QueueUnavailable, "ChannelInvalidStateError"),
        (
            aiormq.exceptions.InvalidFrameError("Expected one of ['Connection.OpenOk'], got <Connection.Close object>"),
            QueueUnavailable,
            "virtual host that the address names",
        ),
        (aiormq.exceptions.AMQPConnectionError(111, "Connect call failed"), QueueUnavailable, "Connect call failed"),
        (TimeoutError(), QueueUnavailable, "does not answer in time"),
        (ConnectionResetError(104, "Connection reset by peer"), QueueUnavailable, "reset by peer"),
    ],
)
def test_tells_what_passes_from_what_a_person_must_mend(error: Exception, kind: type[AgentError], words: str) -> None:
    with pytest.raises(kind, match=words) as raised, translated("it was tried"):
        raise error
    assert str(raised.value).startswith("it was tried: ")
    assert raised.value.__cause__ is error


def test_a_certificate_that_is_not_believed_is_a_mistake_in_the_settings() -> None:
    error = aiormq.exceptions.AMQPConnectionError(1, "failed")
    error.__cause__ = ssl.SSLCertVerificationError(1, "certificate verify failed: self-signed certificate")
    translated_ = translate(error, "it was tried")
    assert isinstance(translated_, InvalidInput)
    assert "self-signed certificate; RABBITMQ_CA_FILE" in str(translated_)


def test_a_call_that_our_own_closing_has_ended_is_unavailable() -> None:
    with pytest.raises(QueueUnavailable), translated("it was tried"):
        raise Exception  # noqa: TRY002 - so the client does


async def test_a_cancellation_that_nobody_asked_for_is_unavailable() -> None:
    with pytest.raises(QueueUnavailable, match="lost"), translated("it was tried"):
        raise asyncio.CancelledError


async def test_a_cancellation_that_was_asked_for_is_one() -> None:
    async def tried() -> None:
        with translated("it was tried"):
            await asyncio.Event().wait()

    task = asyncio.create_task(tried())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def test_what_is_no_error_of_the_brokers_passes_as_it_is() -> None:
    with pytest.raises(KeyError), translated("it was tried"):
        raise KeyError
