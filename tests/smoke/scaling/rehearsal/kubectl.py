"""Answers what the scaling check asks kubectl: `python -m …rehearsal.kubectl FOLDER ARGUMENTS…`.

In the folder lie `pods.json`, which the stand-in for KEDA keeps, and `scene.json`: the environment of the agent's
processes, and where the broker's management API is.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

_OPTIONS = 4  # --context NAME --namespace NAME
_COLUMNS = "columns=name,messages_ready,messages_unacknowledged"


def main(folder: Path, arguments: list[str]) -> int:
    """Print the answer; the exit code is that of what was run."""
    verb, *rest = arguments[_OPTIONS:]
    if verb == "get":
        sys.stdout.write((folder / "pods.json").read_text() if rest[0] == "pods" else '{"items": [{}]}')
        return 0
    scene = json.loads((folder / "scene.json").read_text())
    if "statefulset/rabbitmq" in rest:
        sys.stdout.write(_queues(scene))
        return 0
    program = rest[rest.index("python") + 1 :]
    return subprocess.run([sys.executable, *program], env=scene["environment"], check=False).returncode


def _queues(scene: dict[str, Any]) -> str:
    """The rows that `rabbitmqctl list_queues` would print, from the management API."""
    user = base64.b64encode(b"guest:guest").decode()
    url, headers = f"{scene['management']}/api/queues?{_COLUMNS}", {"Authorization": f"Basic {user}"}
    request = urllib.request.Request(url, headers=headers)  # noqa: S310 - the broker of the rehearsal
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        rows = json.load(answer)
    # A queue that nothing has passed through yet has no figures there.
    columns = ("messages_ready", "messages_unacknowledged")
    return json.dumps([{**dict.fromkeys(columns, 0), **row} for row in rows])


if __name__ == "__main__":
    sys.exit(main(Path(os.environ["REHEARSAL"]), sys.argv[1:]))
