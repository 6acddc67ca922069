"""`coding-agent gateway`, `worker` and `serve`: the processes that run until they are told to stop."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

import click
import structlog

from domain.errors import InvalidInput, QueueUnavailable
from entrypoints.cli.interruptible import run
from infra.composition import composed
from infra.logging import configure
from infra.settings import load

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from infra.composition import Parts
    from infra.settings import Settings

PATIENCE_SECONDS = 30.0
"""How long `worker --once` waits for a task: it is started because there is one."""


@click.command()
def gateway() -> None:
    """Receive webhooks at POST /webhook/github and queue tasks.

    Needs WEBHOOK_SECRET and ALLOWED_REPOSITORIES. Listens on GATEWAY_HOST and GATEWAY_PORT; /health says that it
    lives, /ready that the queue can be reached. Holds no forge credential and writes nothing to the forge.
    """
    import uvloop  # noqa: PLC0415 - for the process that answers many at once, and no other

    settings = _started()
    with suppress(KeyboardInterrupt):
        run(_gateway(settings), uvloop.new_event_loop)


@click.command()
@click.option("--once", is_flag=True, help="Work on one task, then stop; stop too if none comes within 30 s.")
def worker(once: bool) -> None:  # noqa: FBT001
    """Take tasks from the queue and work on them, one at a time.

    Needs a model (LLM). On SIGTERM it takes no further task and has GRACE_SECONDS to finish the one in hand; after
    that, or on a second SIGTERM, the task goes back to the queue.
    """
    run(_worker(_started(), once=once))


@click.command()
def serve() -> None:
    """Gateway and worker in one process, on the embedded queue: a one-machine deployment without a broker."""
    run(_serve(_started()))


def _started() -> Settings:
    settings = load(os.environ)
    configure(settings.log_format, settings.log_level)
    return settings


def _require_shared_queue(settings: Settings) -> None:
    if settings.queue == "memory":
        message = "QUEUE: `memory` serves one process only; use `coding-agent serve`, or `sqlite`."
        raise InvalidInput(message)


def _require_secret(settings: Settings) -> None:
    if not settings.webhook_secret:
        message = (
            "WEBHOOK_SECRET: without a secret, anybody could set the agent to work. Set the one that the webhook has."
        )
        raise InvalidInput(message)


async def _require_usable_queue(parts: Parts) -> None:
    """A queue that is away for now may come back; one that can never be used is a mistake in the settings."""
    try:
        await parts.queue_admin().check()
    except QueueUnavailable as error:
        structlog.get_logger("queue").warning("queue_unavailable", reason=str(error))


async def _gateway(settings: Settings) -> None:
    _require_secret(settings)
    _require_shared_queue(settings)
    async with composed(settings) as parts:
        await _require_usable_queue(parts)
        await _serve_webhooks(settings, parts)


async def _worker(settings: Settings, *, once: bool) -> None:
    _require_shared_queue(settings)
    async with composed(settings) as parts:
        await _require_usable_queue(parts)
        await _work(settings, parts, once=once)


async def _serve(settings: Settings) -> None:
    _require_secret(settings)
    async with composed(settings) as parts:
        await _require_usable_queue(parts)
        both = {asyncio.create_task(_serve_webhooks(settings, parts)), asyncio.create_task(_work(settings, parts))}
        try:
            ended, _ = await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            for task in ended:
                task.result()
        finally:
            for task in both:
                task.cancel()
            await asyncio.gather(*both, return_exceptions=True)


async def _serve_webhooks(settings: Settings, parts: Parts) -> None:
    from entrypoints.gateway.app import build_app  # noqa: PLC0415 - a worker need not load a web framework
    from entrypoints.gateway.server import serve as serve_http  # noqa: PLC0415
    from entrypoints.gateway.services import GatewayServices  # noqa: PLC0415

    @asynccontextmanager
    async def services() -> AsyncIterator[GatewayServices]:
        async def ready() -> None:
            await parts.queue_admin().status()

        yield GatewayServices(parts.submit_event(), ready)

    if not settings.allowed_repositories:
        structlog.get_logger("gateway").warning("nothing_is_served", mend="set ALLOWED_REPOSITORIES")
    secrets = (settings.webhook_secret, settings.webhook_secret_previous)
    app = build_app(services, secrets, forge_name=settings.forge)
    await serve_http(app, settings.gateway_host, settings.gateway_port, _say_listening(settings))


def _say_listening(settings: Settings) -> Callable[[int], None]:
    def say(port: int) -> None:
        structlog.get_logger("gateway").info("listening", host=settings.gateway_host, port=port)

    return say


async def _work(settings: Settings, parts: Parts, *, once: bool = False) -> None:
    """Work until a signal; a second one does not wait for the task in hand."""
    from entrypoints.worker.worker import Worker  # noqa: PLC0415 - a gateway need not load it

    worker = Worker(parts.queue(), parts.run_task(), grace_seconds=settings.grace_seconds)
    working = asyncio.ensure_future(worker.work(once=once, patience_seconds=PATIENCE_SECONDS if once else None))

    def stop() -> None:
        worker.stop()
        _on_signals(working.cancel)

    _on_signals(stop)
    structlog.get_logger("worker").info("waiting_for_tasks", model=settings.llm, queue=settings.queue)
    with suppress(asyncio.CancelledError):
        await working


def _on_signals(handler: Callable[[], object]) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, handler)


commands = {"gateway": gateway, "worker": worker, "serve": serve}
