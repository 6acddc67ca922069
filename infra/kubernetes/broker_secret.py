"""Make the Secret `rabbitmq-credentials`: the broker's users, each with a new password and the rights that it needs.

    python3 infra/kubernetes/broker_secret.py | kubectl apply -f -

It needs nothing but Python, and writes to standard output alone. The broker reads `definitions.json` when it starts, in
which passwords stand as hashes; the other keys are the addresses by which its users reach it. To run it again gives
everybody a new password: restart the broker, then the gateway, and make the ScaledObject anew.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import secrets
import sys
from dataclasses import dataclass

NOTHING = "^$"
_SALT_BYTES = 4
_PASSWORD_BYTES = 32


@dataclass(frozen=True, slots=True)
class BrokerUser:
    """Who may do what: regular expressions on the names of queues and exchanges, and tags for the management API.

    `amq.default` is the exchange by which a message goes to the queue of a name.
    """

    name: str
    configure: str = NOTHING
    write: str = NOTHING
    read: str = NOTHING
    tags: tuple[str, ...] = ()


def users(queue: str) -> tuple[BrokerUser, ...]:
    """All users of the queue's broker.

    The gateway publishes. It reads what waits for its time, to bring it forward when a person cancels, and who has
    paused the queue; it can neither take a task nor make or delete a queue. To write to a queue means to bind it, which
    by itself achieves nothing, but newer brokers let nobody look whether a queue exists who has no right to it at all.

    The worker does everything with the agent's queues and nothing with others; it makes them, too. KEDA sees figures.
    """
    name = re.escape(queue)
    ours = rf"^{name}(\..+)?$"
    publish = rf"^(amq\.default|{name}(\..+)?)$"
    return (
        BrokerUser("gateway", write=publish, read=rf"^{name}\.(delay\.[0-9]+s|pause-note)$"),
        BrokerUser("worker", configure=ours, write=publish, read=ours),
        BrokerUser("keda", tags=("monitoring",)),
        BrokerUser("admin", configure=".*", write=".*", read=".*", tags=("administrator",)),
    )


def definitions(queue: str, passwords: dict[str, str]) -> str:
    """What the broker imports, as JSON: one virtual host, the users and their permissions."""
    content = {
        "vhosts": [{"name": "/"}],
        "users": [
            {
                "name": user.name,
                "password_hash": password_hash(passwords[user.name], secrets.token_bytes(_SALT_BYTES)),
                "hashing_algorithm": "rabbit_password_hashing_sha256",
                "tags": list(user.tags),
            }
            for user in users(queue)
        ],
        "permissions": [
            {
                "user": user.name,
                "vhost": "/",
                "configure": user.configure,
                "write": user.write,
                "read": user.read,
            }
            for user in users(queue)
        ],
    }
    return json.dumps(content, indent=2)


def password_hash(password: str, salt: bytes) -> str:
    """As RabbitMQ keeps it: the salt, and SHA-256 over salt and password."""
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


def secret(queue: str, host: str, namespace: str) -> dict[str, object]:
    """The Secret, with new passwords."""
    passwords = {user.name: secrets.token_urlsafe(_PASSWORD_BYTES) for user in users(queue)}
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "rabbitmq-credentials", "namespace": namespace},
        "type": "Opaque",
        "stringData": {
            "gateway-url": f"amqp://gateway:{passwords['gateway']}@{host}:5672/",
            "worker-url": f"amqp://worker:{passwords['worker']}@{host}:5672/",
            "keda-url": f"http://keda:{passwords['keda']}@{host}:15672/",
            "admin-password": passwords["admin"],
            "definitions.json": definitions(queue, passwords),
        },
    }


def main() -> None:
    """Write the Secret to standard output, as JSON."""
    parser = argparse.ArgumentParser(
        description="Make the Secret rabbitmq-credentials, with new passwords.",
        epilog="Example: python3 infra/kubernetes/broker_secret.py | kubectl apply -f -",
    )
    parser.add_argument("--queue", default="agent-tasks", help="QUEUE_NAME (default: %(default)s)")
    parser.add_argument("--namespace", default="ai-agent", help="default: %(default)s")
    parser.add_argument("--host", help="the broker's name (default: rabbitmq.NAMESPACE.svc)")
    chosen = parser.parse_args()
    made = secret(chosen.queue, chosen.host or f"rabbitmq.{chosen.namespace}.svc", chosen.namespace)
    sys.stdout.write(json.dumps(made, indent=2) + "\n")


if __name__ == "__main__":
    main()
