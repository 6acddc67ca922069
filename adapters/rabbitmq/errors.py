"""The broker's errors in the words of the domain: the one place where they are translated."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import contextmanager
from typing import TYPE_CHECKING

import aiormq.exceptions as amqp
import pamqp.exceptions

from domain.errors import CredentialsRefused, InvalidInput, QueueUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from domain.errors import AgentError

APPLY = "run `coding-agent topology apply`"

ERRORS: dict[type[BaseException], type[AgentError]] = {
    # Who we are, or what we may do.
    amqp.ProbableAuthenticationError: CredentialsRefused,
    amqp.AuthenticationError: CredentialsRefused,
    amqp.ChannelAccessRefused: CredentialsRefused,
    amqp.ConnectionNotAllowed: CredentialsRefused,
    ssl.SSLCertVerificationError: InvalidInput,
    # How the queues are set up.
    amqp.ChannelPreconditionFailed: InvalidInput,
    # All else may pass: the broker restarts, the network is down, a confirmation does not come.
    amqp.AMQPError: QueueUnavailable,
    amqp.ChannelInvalidStateError: QueueUnavailable,
    pamqp.exceptions.PAMQPException: QueueUnavailable,
    asyncio.TimeoutError: QueueUnavailable,
    OSError: QueueUnavailable,
    RuntimeError: QueueUnavailable,
    StopAsyncIteration: QueueUnavailable,
    EOFError: QueueUnavailable,
}
"""The first class along an error's own ancestry that stands here decides."""

BROKEN = (
    amqp.AMQPError,
    pamqp.exceptions.PAMQPException,
    OSError,
    RuntimeError,
    StopAsyncIteration,
    EOFError,
    asyncio.TimeoutError,
)
"""What talking to the broker may raise; a connection that breaks while it is made ends in the oddest of them."""


@contextmanager
def translated(what: str) -> Iterator[None]:
    """Turn what goes wrong into the domain's errors; `what` says what was tried.

    A call that waits while its connection breaks may end in an `Exception` of no class of its own, or in a cancellation
    that nobody has asked for: let through, that one would end the task of ours in which it was made.
    """
    try:
        yield
    except asyncio.CancelledError as error:
        if _is_asked_for():
            raise
        raise translate(error, what) from error
    except Exception as error:
        if isinstance(error, BROKEN) or type(error) is Exception:
            raise translate(error, what) from error
        raise


def _is_asked_for() -> bool:
    """Whether the present task was cancelled by whoever may."""
    task = asyncio.current_task()
    return task is None or task.cancelling() > 0


def translate(error: BaseException, what: str) -> AgentError:
    """The domain's error for the broker's; a channel's number or a password never stands in it."""
    cause = error.__cause__ if isinstance(error.__cause__, ssl.SSLCertVerificationError) else error
    kind = next((ERRORS[ancestor] for ancestor in type(cause).__mro__ if ancestor in ERRORS), QueueUnavailable)
    return kind(f"{what}: {_words(cause)}")


def _words(error: BaseException) -> str:
    match error:
        case amqp.PublishError():
            return f"the queue `{error.args[1]}` does not exist; {APPLY}"
        case amqp.ChannelNotFoundEntity():
            return f"a queue is missing; {APPLY}"
        case amqp.DeliveryError():
            return "the broker did not take the message"
        case asyncio.CancelledError():
            return "the connection was lost"
        case asyncio.TimeoutError():
            return "the broker does not answer in time"
        case ssl.SSLCertVerificationError():
            return f"{error.args[-1]}; RABBITMQ_CA_FILE should name the authority that has signed its certificate"
        case _:
            text = next((part for part in reversed(error.args) if isinstance(part, str) and part), "")
            if "Connection.OpenOk" in text:
                return "it does not open the virtual host that the address names: is it there, may the user use it?"
            return text.partition("\n")[0] or type(error).__name__
