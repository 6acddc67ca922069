"""Every metric that there is: its name, what it counts, and by what it is told apart.

Names, units and attributes are those of OpenTelemetry's semantic conventions where these know the thing (HTTP,
messaging, GenAI). The values of every attribute come from a list that the code or the settings hold, never from an
issue, a repository or a person: the number of time series has a bound.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How a metric grows: only upwards, up and down, or by the sizes of what happened."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


_UNITS = {"s": "seconds"}
"""How Prometheus spells the units that it puts into names; what stands in braces says what is counted, and is left out.

A collector that takes metrics by OTLP and offers them to Prometheus comes to the same names.
"""


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric by its name in OpenTelemetry; `unit` is in UCUM's spelling, `buckets` are a histogram's upper bounds."""

    name: str
    kind: Kind
    unit: str
    attributes: tuple[str, ...]
    meaning: str
    buckets: tuple[float, ...] = ()

    @property
    def family(self) -> str:
        """Its name in Prometheus, a counter's without `_total`."""
        name, unit = self.name.replace(".", "_"), _UNITS.get(self.unit)
        return f"{name}_{unit}" if unit else name

    @property
    def labels(self) -> tuple[str, ...]:
        """The attributes as Prometheus names them."""
        return tuple(attribute.replace(".", "_") for attribute in self.attributes)


_REQUEST = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)
"""The bounds that the conventions advise for HTTP, in seconds."""
_WORK = (1.0, 5.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1_200.0, 1_800.0, 3_600.0)
_MODEL = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92, 163.84, 327.68)
_TOKENS = tuple(4.0**power for power in range(11))
"""Likewise for GenAI: powers of four, up to a million tokens."""
_MODEL_IS = ("gen_ai.operation.name", "gen_ai.provider.name", "gen_ai.request.model")
_QUEUE_IS = ("messaging.operation.name", "messaging.system", "messaging.destination.name")

REQUESTS = Metric(
    "http.server.request.duration",
    Kind.HISTOGRAM,
    "s",
    ("http.request.method", "http.route", "http.response.status_code"),
    "Requests to the gateway, by how they were answered; paths that it does not have share one route.",
    _REQUEST,
)
DELIVERIES = Metric(
    "coding_agent.deliveries",
    Kind.COUNTER,
    "{delivery}",
    ("coding_agent.delivery.result",),
    "Webhooks by what became of them: queued, cancelled, ignored, greeted, refused, unavailable.",
)
QUEUE_CALLS = Metric(
    "messaging.client.operation.duration",
    Kind.HISTOGRAM,
    "s",
    (*_QUEUE_IS, "error.type"),
    "How long the queue took to keep a task, or a wish that work stop.",
    _REQUEST,
)
CONSUMED = Metric(
    "messaging.client.consumed.messages",
    Kind.COUNTER,
    "{message}",
    _QUEUE_IS,
    "Tasks that were delivered to a worker, each attempt anew.",
)
QUEUE_TIME = Metric(
    "coding_agent.queue.time",
    Kind.HISTOGRAM,
    "s",
    (),
    "From the moment when the work was asked for to the first attempt at it.",
    _WORK,
)
TASKS = Metric(
    "messaging.process.duration",
    Kind.HISTOGRAM,
    "s",
    (*_QUEUE_IS, "coding_agent.task.mode", "coding_agent.task.outcome"),
    "Attempts at tasks: how long, what was done (fix, plan, execute, …; none where it came to nothing before that), "
    "and how it ended.",
    _WORK,
)
ATTEMPTS = Metric(
    "coding_agent.task.attempts",
    Kind.COUNTER,
    "{attempt}",
    ("coding_agent.task.mode", "coding_agent.task.outcome"),
    "The same attempts counted, each mode and outcome from 0: so that rates see the first one, too.",
)
REDELIVERIES = Metric(
    "coding_agent.task.redeliveries",
    Kind.COUNTER,
    "{attempt}",
    (),
    "Attempts after one that ended without a word: its worker died, or lost the queue.",
)
QUEUE_TASKS = Metric(
    "coding_agent.queue.tasks",
    Kind.GAUGE,
    "{task}",
    ("coding_agent.task.state",),
    "Tasks in the queue: due, delayed (they wait for their time), held (a worker has them), dead (set aside).",
)
QUEUE_WORKERS = Metric(
    "coding_agent.queue.consumers",
    Kind.GAUGE,
    "{worker}",
    (),
    "Workers that wait for tasks or hold one; absent where the queue cannot know.",
)
QUEUE_UP = Metric("coding_agent.queue.up", Kind.GAUGE, "{queue}", (), "1 where the queue answers, otherwise 0.")
QUEUE_PAUSED = Metric(
    "coding_agent.queue.paused", Kind.GAUGE, "{queue}", (), "1 while an operator has paused the queue, otherwise 0."
)
MODEL_CALLS = Metric(
    "gen_ai.client.operation.duration",
    Kind.HISTOGRAM,
    "s",
    (*_MODEL_IS, "error.type"),
    "Requests to a model, from the question to the end of the answer.",
    _MODEL,
)
MODEL_FIRST_WORDS = Metric(
    "gen_ai.client.operation.time_to_first_chunk",
    Kind.HISTOGRAM,
    "s",
    _MODEL_IS,
    "From the question to the first piece of the answer.",
    _MODEL,
)
MODEL_TOKENS = Metric(
    "gen_ai.client.token.usage",
    Kind.HISTOGRAM,
    "{token}",
    (*_MODEL_IS, "gen_ai.token.type"),
    "Tokens of each request, read (input) and written (output), as the server counts them.",
    _TOKENS,
)
MODEL_COST = Metric(
    "coding_agent.model.cost.usd",
    Kind.COUNTER,
    "{USD}",
    _MODEL_IS,
    "What the requests have cost, as far as the prices are known.",
)
ANSWERS = Metric(
    "coding_agent.edits.answers",
    Kind.COUNTER,
    "{answer}",
    ("coding_agent.edits.result",),
    "Answers of the model with edits: applied, or refused as a whole.",
)
PORT_CALLS = Metric(
    "coding_agent.port.duration",
    Kind.HISTOGRAM,
    "s",
    ("coding_agent.port", "coding_agent.operation", "error.type"),
    "Calls to what is outside, by port (Forge, Vcs, Workspace, CodeSearch, …) and operation.",
    (0.005, 0.025, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0),
)
FORGE_REQUESTS = Metric(
    "http.client.request.duration",
    Kind.HISTOGRAM,
    "s",
    ("http.request.method", "server.address", "http.response.status_code", "error.type"),
    "Requests to GitHub, each try by itself, until the head of the answer.",
    _REQUEST,
)
RATE_LIMIT = Metric(
    "coding_agent.forge.rate_limit.limit",
    Kind.GAUGE,
    "{request}",
    ("coding_agent.forge.resource",),
    "Requests that GitHub allows in an hour, as its last answer said.",
)
RATE_LEFT = Metric(
    "coding_agent.forge.rate_limit.remaining",
    Kind.GAUGE,
    "{request}",
    ("coding_agent.forge.resource",),
    "Those of them that are left; all, once the hour is over. An App has a limit in each account that it is installed "
    "in: this is the last one's.",
)
PLANS = Metric(
    "coding_agent.plans.waiting",
    Kind.GAUGE,
    "{plan}",
    (),
    "Plans that wait for people, as of the last look at the forge.",
)
OLDEST_PLAN = Metric(
    "coding_agent.plans.oldest.timestamp",
    Kind.GAUGE,
    "s",
    (),
    "When the one of them that has waited longest was last written, in seconds since 1970; 0 where none waits.",
)

GATEWAY = (REQUESTS, DELIVERIES)
WORKER = (
    CONSUMED,
    QUEUE_TIME,
    TASKS,
    ATTEMPTS,
    REDELIVERIES,
    MODEL_CALLS,
    MODEL_FIRST_WORDS,
    MODEL_TOKENS,
    MODEL_COST,
    ANSWERS,
    FORGE_REQUESTS,
    RATE_LIMIT,
    RATE_LEFT,
    PLANS,
    OLDEST_PLAN,
    PORT_CALLS,
)
BOTH = (QUEUE_CALLS,)
QUEUE = (QUEUE_TASKS, QUEUE_WORKERS, QUEUE_UP, QUEUE_PAUSED)
"""Asked of the queue itself whenever metrics are read, by both processes: the gateway is there when no worker is."""
ALL = (*GATEWAY, *BOTH, *QUEUE, *WORKER)
