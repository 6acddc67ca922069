"""kubectl, for one namespace of one cluster."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from typing import Any

_SECONDS = 60


class ClusterError(Exception):
    """The cluster could not be asked, or did not do as it was told; says which command failed, and why.

    `next_step` is what to do then, where it is known.
    """

    def __init__(self, message: str, next_step: str = "") -> None:
        super().__init__(message)
        self.next_step = next_step


@dataclass(frozen=True, slots=True)
class Kubectl:
    """The program on the PATH; `context` is named in every call, so that no other cluster is touched by mistake."""

    context: str
    namespace: str

    def objects(self, kind: str, selector: str) -> list[dict[str, Any]]:
        """The objects of that kind that carry the labels."""
        listed = self._json(self._run("get", kind, "--selector", selector, "--output", "json"), f"get {kind}")
        items = listed.get("items") if isinstance(listed, dict) else None
        return items if isinstance(items, list) else []

    def execute(self, target: str, *command: str, given: str = "") -> Any:
        """Run a command in a container, with `given` on its standard input; the JSON that it prints."""
        typed = ["--stdin"] if given else []
        return self._json(self._run("exec", *typed, target, "--", *command, given=given), f"exec {target}")

    def _run(self, *arguments: str, given: str = "") -> str:
        command = ["kubectl", "--context", self.context, "--namespace", self.namespace, *arguments]
        shown = " ".join(command[: command.index("--") if "--" in command else None])
        try:
            done = subprocess.run(command, input=given, capture_output=True, text=True, timeout=_SECONDS, check=False)
        except FileNotFoundError:
            message = "kubectl is not installed, or not on the PATH."
            raise ClusterError(message) from None
        except subprocess.TimeoutExpired:
            message = f"`{shown}` gave no answer within {_SECONDS} s."
            raise ClusterError(message) from None
        if done.returncode:
            words = done.stderr.strip().splitlines()
            message = f"`{shown}` failed: {words[-1] if words else f'exit code {done.returncode}'}"
            raise ClusterError(message)
        return done.stdout

    @staticmethod
    def _json(text: str, what: str) -> Any:
        try:
            return json.loads(text)
        except ValueError:
            message = f"`kubectl {what}` did not answer with JSON: {text.strip()[:200]!r}"
            raise ClusterError(message) from None
