"""Sends webhooks, signed, to the gateway in the same pod, and prints how each was answered.

Their payloads are a JSON array on standard input. The secret and the port are those of the gateway's own settings.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import sys
import time
import urllib.error
import urllib.request
import uuid
from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_TRIES = 10
_PAUSE_SECONDS = 1.0


def deliver(environment: Mapping[str, str], payload: object) -> int:
    """The HTTP status of the last answer; a gateway that cannot take it for now is asked again, as forges do."""
    for _ in range(_TRIES):
        status = _sent(environment, json.dumps(payload).encode())
        if status != HTTPStatus.SERVICE_UNAVAILABLE:
            break
        time.sleep(_PAUSE_SECONDS)
    return status


def _sent(environment: Mapping[str, str], body: bytes) -> int:
    # As the gateway reads it: a Secret made from a file ends with the file's newline.
    secret = environment["WEBHOOK_SECRET"].strip().encode()
    signature = hmac.new(secret, body, hashlib.sha256).hexdigest()
    request = urllib.request.Request(
        f"http://127.0.0.1:{environment.get('GATEWAY_PORT', '8080')}/webhook/github",
        data=body,
        headers={
            "Content-Type": "application/json",
            "X-GitHub-Event": "issues",
            "X-GitHub-Delivery": str(uuid.uuid4()),
            "X-Hub-Signature-256": f"sha256={signature}",
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - an address of our own
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


if __name__ == "__main__":
    sys.stdout.write(json.dumps([deliver(os.environ, payload) for payload in json.load(sys.stdin)]))
