"""Where the broker is, and how it is spoken to."""

from __future__ import annotations

import os
import socket
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING

import aio_pika
from yarl import URL

from adapters.rabbitmq.errors import translated
from adapters.rabbitmq.forgiving import forgive
from domain.errors import InvalidInput

if TYPE_CHECKING:
    from pathlib import Path

    from aio_pika.abc import AbstractConnection

    from domain.secret import Secret


@dataclass(frozen=True, slots=True)
class Tls:
    """Files in PEM form: who is believed, and who we are; None means the system's own, and nobody."""

    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None


class Endpoint:
    """The broker's address with all that goes with it. The password stays inside.

    `role` and the purpose of a connection are part of the name under which the management pages show it. Raises
    `InvalidInput` for an address that is none, and for files that cannot be used.
    """

    def __init__(self, url: Secret, *, role: str = "", tls: Tls | None = None, heartbeat_seconds: int = 20) -> None:
        forgive()
        self._url = _parsed(url)
        self._role = role
        self._context = _context(self._url, tls or Tls())
        self._heartbeat_seconds = heartbeat_seconds

    def __str__(self) -> str:
        """Host and port, fit for a log."""
        return f"{self._url.host}:{self._url.port or (5671 if self._url.scheme == 'amqps' else 5672)}"

    async def connect(self, purpose: str, timeout_seconds: float) -> AbstractConnection:
        """A connection that stays closed once it has ended; a new one is for the caller to make."""
        name = f"coding-agent {self._role} {purpose} {socket.gethostname()}:{os.getpid()}"
        url = self._url.update_query(name=" ".join(name.split()), heartbeat=str(self._heartbeat_seconds))
        with translated(f"the broker at {self} cannot be used"):
            return await aio_pika.connect(url, ssl_context=self._context, timeout=timeout_seconds)


def _parsed(secret: Secret) -> URL:
    try:
        url = URL(secret.reveal())
        valid = url.scheme in {"amqp", "amqps"} and bool(url.host)
    except ValueError:
        valid = False
    if not valid:
        message = "RABBITMQ_URL: it should look like amqp://user:password@host:5672/ (or amqps:// for TLS)."
        raise InvalidInput(message)
    return url


def _context(url: URL, tls: Tls) -> ssl.SSLContext | None:
    if url.scheme == "amqp":
        if tls != Tls():
            message = "RABBITMQ_URL: certificates are set, so the address must begin with amqps://."
            raise InvalidInput(message)
        return None
    try:
        context = ssl.create_default_context(cafile=tls.ca)
    except (OSError, ssl.SSLError) as error:
        message = f"RABBITMQ_CA_FILE: {tls.ca} cannot be used: {_reason(error)}."
        raise InvalidInput(message) from error
    if tls.certificate or tls.key:
        _show_who_we_are(context, tls)
    return context


def _show_who_we_are(context: ssl.SSLContext, tls: Tls) -> None:
    if tls.certificate is None:
        message = "RABBITMQ_CERT_FILE: a key is set, and the certificate that goes with it is not."
        raise InvalidInput(message)
    try:
        context.load_cert_chain(tls.certificate, tls.key)
    except (OSError, ssl.SSLError) as error:
        message = f"RABBITMQ_CERT_FILE, RABBITMQ_KEY_FILE: {tls.certificate} cannot be used: {_reason(error)}."
        raise InvalidInput(message) from error


def _reason(error: OSError) -> str:
    return error.strerror or str(error)
