"""How each queue is made from the settings; as in `infra.builders`, a technology is imported where it is needed."""
# ruff: noqa: PLC0415

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

from domain.errors import InvalidInput

if TYPE_CHECKING:
    from contextlib import AsyncExitStack

    from application.ports.clock import Clock
    from application.ports.task_codec import TaskCodec
    from application.ports.task_queue import TaskQueue
    from infra.settings import Settings


def sqlite_queue(settings: Settings, codec: TaskCodec, clock: Clock, stack: AsyncExitStack) -> TaskQueue:
    """Tasks in one file."""
    from adapters.sqlite.queue import SqliteTaskQueue

    owner = f"{socket.gethostname()}:{os.getpid()}"
    queue = SqliteTaskQueue(settings.sqlite_path, codec, clock, owner=owner, lease_seconds=settings.lease_seconds)
    stack.push_async_callback(queue.close)
    return queue


def memory_queue(clock: Clock, stack: AsyncExitStack) -> TaskQueue:
    """Tasks in this process."""
    from adapters.memory.queue import MemoryTaskQueue

    queue = MemoryTaskQueue(clock)
    stack.push_async_callback(queue.close)
    return queue


def rabbitmq_queue(settings: Settings, codec: TaskCodec, clock: Clock, stack: AsyncExitStack) -> TaskQueue:
    """Tasks on a broker."""
    from adapters.rabbitmq.endpoint import Endpoint, Tls
    from adapters.rabbitmq.queue import RabbitTaskQueue
    from adapters.rabbitmq.setup import Limits
    from adapters.rabbitmq.topology import Topology

    if not settings.rabbitmq_url:
        message = "RABBITMQ_URL: where is the broker? Set it to amqp://user:password@host:5672/ (amqps:// for TLS)."
        raise InvalidInput(message)
    tls = Tls(settings.rabbitmq_ca_file, settings.rabbitmq_cert_file, settings.rabbitmq_key_file)
    endpoint = Endpoint(settings.rabbitmq_url, tls=tls, heartbeat_seconds=settings.rabbitmq_heartbeat_seconds)
    queue = RabbitTaskQueue(
        endpoint,
        codec,
        clock,
        topology=Topology(settings.queue_name),
        limits=Limits(settings.task_deadline_seconds, settings.max_attempts),
    )
    stack.push_async_callback(queue.close)
    return queue
