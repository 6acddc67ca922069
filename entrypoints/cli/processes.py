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
from entrypoints.cli.answers import require_listed_repositories
from entrypoints.cli.duration import Duration
from entrypoints.cli.interruptible import run
from infra.composition import composed
from infra.last_words import keep_last_words
from infra.logging import configure
from infra.settings import load
from infra.telemetry.opening import Role, watched

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine

    from entrypoints.worker.worker import Worker
    from infra.composition import Parts
    from infra.settings import Settings
    from infra.watching import Watching

PATIENCE_SECONDS = 30.0
"""How long `worker --once` waits for a task: it is started because there is one."""


@click.command()
def gateway() -> None:
    """Receive webhooks at POST /webhook/github and queue tasks.

    Needs WEBHOOK_SECRET and ALLOWED_REPOSITORIES. Listens on GATEWAY_HOST and GATEWAY_PORT; /health says that it
    lives, /ready that the queue can be reached; /metrics is on GATEWAY_METRICS_PORT, where that is set. Holds no forge
    credential and writes nothing to the forge.
    """
    import uvloop  # noqa: PLC0415 - for the process that answers many at once, and no other

    settings = _started()
    with suppress(KeyboardInterrupt):
        run(_gateway(settings), uvloop.new_event_loop)


@click.command()
@click.option("--once", is_flag=True, help="Work on one task, then stop; stop too if none comes within 30 s.")
def worker(once: bool) -> None:  # noqa: FBT001
    """Take tasks from the queue and work on them, one at a time.

    Needs a model (LLM). With WORKER_HTTP_PORT it answers /health, /ready and /metrics. Every RECONCILE_SECONDS it
    looks at the repositories that ALLOWED_REPOSITORIES lists as OWNER/NAME for requests whose webhook was lost. On
    SIGTERM it takes no further task and has GRACE_SECONDS to finish the one in hand; after that, or on a second
    SIGTERM, the task goes back to the queue.
    """
    run(_worker(_started(), once=once))


@click.command()
@click.option(
    "--poll",
    "poll_seconds",
    type=Duration(),
    metavar="TIME",
    help="Look at the forge this often (30s, 2m). No webhook is needed then, and no WEBHOOK_SECRET.",
)
def serve(poll_seconds: float | None) -> None:
    """Gateway and worker in one process, on the embedded queue: a one-machine deployment without a broker.

    With --poll the repositories that ALLOWED_REPOSITORIES lists as OWNER/NAME are looked at for labels, assignments
    and comments, so that a machine that the forge cannot reach can serve them. Webhooks are received as well where
    WEBHOOK_SECRET is set.

    \b
    Example:
      coding-agent serve --poll 30s
    """  # noqa: D301 - click reads the mark
    run(_serve(_started(), poll_seconds))


def _started() -> Settings:
    settings = load(os.environ)
    configure(settings.log_format, settings.log_level, traced=bool(settings.otel_exporter_otlp_endpoint))
    keep_last_words()
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
    async with _parts(settings, Role.GATEWAY) as (parts, watching):
        await _serve_webhooks(settings, parts, watching)


async def _worker(settings: Settings, *, once: bool) -> None:
    _require_shared_queue(settings)
    async with _parts(settings, Role.WORKER) as (parts, watching):
        worker = _new_worker(settings, parts)
        watches = [] if once else _watches(settings, parts, settings.reconcile_seconds, watching)
        await _together(_work(settings, parts, worker, watching, once=once), *watches)


async def _serve(settings: Settings, poll_seconds: float | None) -> None:
    polls = poll_seconds is not None
    if polls:
        require_listed_repositories(settings)
    if settings.webhook_secret or not polls:
        _require_secret(settings)
    async with _parts(settings, Role.BOTH) as (parts, watching):
        worker = _new_worker(settings, parts)
        seconds = settings.reconcile_seconds if poll_seconds is None else poll_seconds
        watches = _watches(settings, parts, seconds, watching)
        gateways = [_serve_webhooks(settings, parts, watching, worker)] if settings.webhook_secret else []
        await _together(*gateways, _work(settings, parts, worker, watching), *watches)


@asynccontextmanager
async def _parts(settings: Settings, role: Role) -> AsyncIterator[tuple[Parts, Watching]]:
    """The parts, with a queue that can be used, and whoever looks on at them."""
    async with watched(settings, role) as watching, composed(settings, watching) as parts:
        await _require_usable_queue(parts)
        async with watching.telling(parts.queue_admin()):
            yield parts, watching


def _watches(
    settings: Settings, parts: Parts, every_seconds: float, watching: Watching
) -> list[Coroutine[object, object, None]]:
    """The look at the forge, where there is anything to look at."""
    from entrypoints.worker.lookout import Lookout  # noqa: PLC0415 - a gateway need not load it

    names = [name for name in settings.allowed_repositories if "/" in name]
    owners = [name for name in settings.allowed_repositories if "/" not in name]
    log = structlog.get_logger("reconcile")
    if not every_seconds or not names:
        return []
    log.info("looking_at_the_forge", repositories=len(names), every_seconds=every_seconds)
    if owners:
        log.warning("owners_are_not_looked_at", owners=owners, mend="list their repositories as owner/name")
    lookout = Lookout(parts.reconcile(), parts.clock(), every_seconds=every_seconds, told=watching.looked)
    return [lookout.watch()]


async def _together(*work: Coroutine[object, object, None]) -> None:
    """Do all of it until the first has ended; what ended it is raised."""
    tasks = {asyncio.create_task(each) for each in work}
    try:
        ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in ended:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _serve_webhooks(settings: Settings, parts: Parts, watching: Watching, worker: Worker | None = None) -> None:
    """Receive webhooks; ready also means that the worker in the same process takes tasks, if there is one."""
    from entrypoints.gateway.app import build_app  # noqa: PLC0415 - a worker need not load a web framework
    from entrypoints.gateway.server import serve as serve_http  # noqa: PLC0415
    from entrypoints.gateway.services import GatewayServices  # noqa: PLC0415
    from entrypoints.worker.health import WorkerHealth  # noqa: PLC0415

    @asynccontextmanager
    async def services() -> AsyncIterator[GatewayServices]:
        async def ready() -> None:
            await parts.queue_admin().try_publishing()
            if worker is not None:
                await WorkerHealth(worker, parts.queue_admin()).require_ready()

        yield GatewayServices(parts.submit_event(), ready)

    if not settings.allowed_repositories:
        structlog.get_logger("gateway").warning("nothing_is_served", mend="set ALLOWED_REPOSITORIES")
    secrets = (settings.webhook_secret, settings.webhook_secret_previous)
    app = build_app(services, secrets, forge_name=settings.forge, told=watching.delivered)
    say = _say_listening(settings)
    async with _answering_metrics(settings, watching):
        await serve_http(app, settings.gateway_host, settings.gateway_port, say, around=watching.app)


@asynccontextmanager
async def _answering_metrics(settings: Settings, watching: Watching) -> AsyncIterator[None]:
    """Answer /metrics, where a port of its own is set for it."""
    from entrypoints.pages import answering, metrics_page  # noqa: PLC0415 - without metrics there is no such page

    host, port = settings.gateway_metrics_host, settings.gateway_metrics_port
    if port is None or watching.page is None:
        yield
        return
    pages = {"/metrics": metrics_page(watching.page)}
    async with answering(pages, host, port, setting="GATEWAY_METRICS_PORT") as bound:
        structlog.get_logger("gateway").info("answering_metrics", host=host, port=bound)
        yield


def _say_listening(settings: Settings) -> Callable[[int], None]:
    def say(port: int) -> None:
        structlog.get_logger("gateway").info("listening", host=settings.gateway_host, port=port)

    return say


def _new_worker(settings: Settings, parts: Parts) -> Worker:
    from entrypoints.worker.worker import Worker  # noqa: PLC0415 - a gateway need not load it

    return Worker(parts.queue(), parts.run_task(), grace_seconds=settings.grace_seconds)


async def _work(settings: Settings, parts: Parts, worker: Worker, watching: Watching, *, once: bool = False) -> None:
    """Work until a signal; a second one does not wait for the task in hand."""
    working = asyncio.ensure_future(worker.work(once=once, patience_seconds=PATIENCE_SECONDS if once else None))

    def stop() -> None:
        worker.stop()
        _on_signals(working.cancel)

    _on_signals(stop)
    structlog.get_logger("worker").info("waiting_for_tasks", model=settings.llm, queue=settings.queue)
    with suppress(asyncio.CancelledError):
        async with _answering_probes(settings, parts, worker, watching):
            await working


@asynccontextmanager
async def _answering_probes(
    settings: Settings, parts: Parts, worker: Worker, watching: Watching
) -> AsyncIterator[None]:
    """Answer /health, /ready and /metrics, where a port is set for it."""
    from entrypoints.pages import answering, metrics_page  # noqa: PLC0415
    from entrypoints.worker.health import WorkerHealth  # noqa: PLC0415 - a gateway need not load it

    if settings.worker_http_port is None:
        yield
        return
    pages = dict(WorkerHealth(worker, parts.queue_admin()).pages)
    if watching.page is not None:
        pages["/metrics"] = metrics_page(watching.page)
    host = settings.worker_http_host
    async with answering(pages, host, settings.worker_http_port, setting="WORKER_HTTP_PORT") as port:
        structlog.get_logger("worker").info("answering_probes", host=host, port=port)
        yield


def _on_signals(handler: Callable[[], object]) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, handler)


commands = {"gateway": gateway, "worker": worker, "serve": serve}
