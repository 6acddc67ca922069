"""Whether a delivery comes from the forge: GitHub's `X-Hub-Signature-256`."""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import TYPE_CHECKING

from domain.errors import InvalidInput

if TYPE_CHECKING:
    from domain.secret import Secret

_MOST = 2
_FORM = re.compile(r"sha256=[0-9a-f]{64}", re.ASCII)


class Signatures:
    """Checks bodies against the webhook's secret, and against a second one while the two are being exchanged.

    Empty secrets count as not given. Raises `InvalidInput` where that leaves none, or more than two.
    """

    def __init__(self, secrets: tuple[Secret, ...]) -> None:
        given = [secret for secret in secrets if secret]
        if not given:
            message = "a webhook secret is needed: without one, anybody could set the agent to work"
            raise InvalidInput(message)
        if len(given) > _MOST:
            message = f"{len(given)} webhook secrets are given; at most {_MOST} may be valid at a time"
            raise InvalidInput(message)
        self._keyed = tuple(
            hmac.new(secret.reveal().encode(errors="surrogateescape"), digestmod=hashlib.sha256) for secret in given
        )

    def match(self, body: bytes, signature: str) -> bool:
        """Whether `signature` (`sha256=` and 64 hexadecimal digits) is the body's under one of the secrets.

        Takes as long whichever secret it was, and however much of the signature is right.
        """
        claimed = signature.encode(errors="surrogateescape")
        matches = [hmac.compare_digest(self._signature(keyed, body), claimed) for keyed in self._keyed]
        return any(matches)

    @staticmethod
    def is_signature(text: str) -> bool:
        """Whether this has a signature's form at all: what has not need not be read any further."""
        return _FORM.fullmatch(text) is not None

    @staticmethod
    def _signature(keyed: hmac.HMAC, body: bytes) -> bytes:
        computed = keyed.copy()
        computed.update(body)
        return f"sha256={computed.hexdigest()}".encode()
