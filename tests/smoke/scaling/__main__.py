"""`infra/minikube/load`: what is typed, and what is printed."""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import asdict
from http import HTTPStatus
from typing import TYPE_CHECKING

from tests.smoke.scaling.cluster import Cluster
from tests.smoke.scaling.kubectl import ClusterError, Kubectl
from tests.smoke.scaling.verdict import faults, most_workers, remarks
from tests.smoke.scaling.watching import Clock, Watch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.smoke.scaling.cluster import Asked
    from tests.smoke.scaling.verdict import Result

_EPILOG = """\
Exit code 0: workers went from none to at least --workers and back to none, the forge holds one result, one pull
request and one commit for each task, the queue is empty and nothing was set aside. 1: something of that is not so, and
it says what. 2: usage. 3: the cluster could not be asked.

Example, after `infra/minikube/up` and `infra/minikube/deploy --trial`:
  infra/minikube/load --tasks 20
"""
_IDLE_SECONDS = 600.0
_REAL = Clock(time.monotonic, time.sleep)


def main(arguments: Sequence[str] | None = None, clock: Clock = _REAL) -> int:
    """Check, print, and return the exit code."""
    options = _parser().parse_args(arguments)
    watch = _watch(options, clock)
    try:
        asked = _published(watch, options)
        watch.follow(asked, options.timeout)
        results = watch.cluster.results(asked)
    except ClusterError as error:
        look = f"kubectl --context {options.context} -n {options.namespace} get pods"
        return _failed(str(error), error.next_step or look)
    except KeyboardInterrupt:
        return 130
    return _reported(watch, results, options)


def _watch(options: argparse.Namespace, clock: Clock) -> Watch:
    cluster = Cluster(Kubectl(options.context, options.namespace), options.queue, options.repository)
    return Watch(cluster, clock, _say, options.every)


def _published(watch: Watch, options: argparse.Namespace) -> Asked:
    """Wait for the state of rest, then ask for the work."""
    watch.cluster.require_trial()
    if not watch.wait_for_none(_IDLE_SECONDS):
        message = f"Workers are still running after {_IDLE_SECONDS:.0f} s: something else gives them work."
        raise ClusterError(message)
    watch.first()
    asked = watch.cluster.ask(options.tasks)
    answers = watch.cluster.deliver(asked)
    refused = [status for status in answers if status != HTTPStatus.ACCEPTED]
    if refused:
        message = f"The gateway refused {len(refused)} of {len(answers)} webhooks, the first with {refused[0]}."
        raise ClusterError(message)
    _say(f"{len(answers)} tasks published, each answered with 202.")
    return asked


def _reported(watch: Watch, results: Sequence[Result], options: argparse.Namespace) -> int:
    wrong = faults(watch.moments, results, workers=options.workers)
    noticed = remarks(watch.moments)
    if options.json:
        facts = {"moments": [asdict(moment) for moment in watch.moments], "results": [asdict(each) for each in results]}
        print(json.dumps({"good": not wrong, "faults": wrong, "remarks": noticed, **facts}))
    for sentence in [*wrong, *noticed]:
        _say(sentence)
    if wrong:
        _say(
            f"NOT as promised. Next: kubectl --context {options.context} -n {options.namespace} get pods,scaledobjects"
        )
        return 1
    _say(f"As promised: 0 -> {most_workers(watch.moments)} -> 0 workers, {len(results)} tasks done, each exactly once.")
    return 0


def _failed(what: str, next_step: str) -> int:
    _say(f"load: {what}\n  Next: {next_step}")
    return 3


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


_positive.__name__ = "whole number above 0"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="infra/minikube/load",
        description="Publish tasks on the trial cluster, watch the workers come and go, and say whether all went well.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--tasks", type=_positive, default=20, help="issues to open (default: %(default)s)")
    parser.add_argument(
        "--workers", type=_positive, default=2, help="workers that must be ready at once (default: %(default)s)"
    )
    parser.add_argument("--every", type=float, default=2.0, help="seconds between two looks (default: %(default)s)")
    parser.add_argument("--timeout", type=float, default=900.0, help="seconds for all of it (default: %(default)s)")
    parser.add_argument("--context", default="coding-agent", help="kubectl's context (default: %(default)s)")
    parser.add_argument("--namespace", default="ai-agent", help="(default: %(default)s)")
    parser.add_argument("--queue", default="agent-tasks", help="the task queue (default: %(default)s)")
    parser.add_argument("--repository", default="demo/durations", help="on the local forge (default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="print one object on standard output as well")
    return parser


if __name__ == "__main__":
    sys.exit(main())
