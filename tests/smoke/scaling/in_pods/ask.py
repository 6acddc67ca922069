"""Opens so many labelled issues on the local forge, and prints the webhooks that a forge would send about them.

Arguments: the repository, how many. Runs where the forge's folder is mounted and `LOCAL_FORGE_PATH` set.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from typing import TYPE_CHECKING

from entrypoints.cli import webhook
from infra.composition import composed
from infra.settings import load

if TYPE_CHECKING:
    from collections.abc import Mapping


async def ask(environment: Mapping[str, str], repository: str, count: int) -> list[dict[str, object]]:
    """Each webhook's payload, with the issue's number beside it."""
    settings = load(environment)
    async with composed(settings) as parts:
        admin, forge = parts.local_forge_admin(), parts.forge()
        found = admin.repository(repository)
        asked: list[dict[str, object]] = []
        for number in range(1, count + 1):
            title = f"Scaling check, task {number}: parse drops what follows the first unit"
            key = admin.create_issue(found, author=found.owner, title=title)
            admin.add_label(key, settings.trigger_label, by=found.owner)
            payload = webhook.labelled(await forge.issue(key), settings.trigger_label, found.owner)
            asked.append({"issue": key.number, "payload": payload})
    return asked


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(ask(os.environ, sys.argv[1], int(sys.argv[2])))))
