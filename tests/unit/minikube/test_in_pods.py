"""What the scaling check runs in pods."""

from __future__ import annotations

import hashlib
import hmac
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

from tests.smoke.scaling.in_pods.deliver import deliver


class Gateway(BaseHTTPRequestHandler):
    """Takes what is signed with `s3cret`, as a gateway does that reads its secret without the newline at its end."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        signature = f"sha256={hmac.new(b's3cret', body, hashlib.sha256).hexdigest()}"
        right = self.headers["X-Hub-Signature-256"] == signature
        self.send_response(HTTPStatus.ACCEPTED if right else HTTPStatus.UNAUTHORIZED)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_a_secret_that_came_from_a_file_signs_like_the_gateways() -> None:
    with HTTPServer(("127.0.0.1", 0), Gateway) as server:
        Thread(target=server.handle_request, daemon=True).start()
        environment = {"WEBHOOK_SECRET": "s3cret\n", "GATEWAY_PORT": str(server.server_port)}
        assert deliver(environment, {}) == HTTPStatus.ACCEPTED
