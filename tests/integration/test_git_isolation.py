"""The user's and the machine's git configuration, and the `GIT_*` variables, have no say."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.git_http import git_http_server
from tests.support.git_repositories import GitFolder, bare_copy, sample_repository

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE = """
[url "http://127.0.0.1:1/"]
    insteadOf = {url}/
[http]
    proxy = http://127.0.0.1:1
    sslVerify = false
[core]
    autocrlf = true
    hooksPath = {hooks}
    attributesFile = {hooks}/attributes
[init]
    templateDir = {hooks}
[user]
    name = Somebody Else
[safe]
    bareRepository = explicit
"""

PUSHES = """
import asyncio, sys
from pathlib import Path
from domain.repository import GitSource
from tests.support.git_vcs import MESSAGE, create, git_adapter

async def main() -> None:
    async with git_adapter(Path(sys.argv[1])).open(GitSource(sys.argv[2])) as workspace:
        print(await workspace.push("new", create("new.txt", b"a\\r\\nb"), MESSAGE))

asyncio.run(main())
"""


@pytest.mark.parametrize("way", ["path", "url"])
def test_nothing_but_the_adapters_own_settings_decides(tmp_path: Path, way: str) -> None:
    served = bare_copy(sample_repository(tmp_path / "sample"), tmp_path / "served" / "sample.git")
    with git_http_server(served.path.parent) as server:
        location = str(served.path) if way == "path" else f"{server.url}/sample.git"
        environment = _hostile_environment(tmp_path, server.url)
        command = [sys.executable, "-c", PUSHES, str(tmp_path / "work"), location]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert served.id_of("new") == done.stdout.strip() != ""
    assert served.show("new", "new.txt") == b"a\r\nb"
    assert served.git("log", "-1", "--format=%an|%cn", "new") == "Agent|Agent"
    assert not (tmp_path / "ran").exists()


def _hostile_environment(folder: Path, url: str) -> dict[str, str]:
    hooks = GitFolder(folder / "home")
    (folder / "home" / "hooks").mkdir(parents=True)
    for hook in ("pre-push", "reference-transaction", "post-commit", "pre-receive"):
        hooks.hook(hook, f"touch {folder}/ran; exit 1")
    config = folder / "home" / ".gitconfig"
    config.write_text(HOSTILE.format(url=url, hooks=folder / "home" / "hooks"))
    nowhere = str(folder / "nowhere")
    redirected = (
        "GIT_DIR",
        "GIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_OBJECT_DIRECTORY",
        "GIT_COMMON_DIR",
        "GIT_NAMESPACE",
    )
    return {
        **os.environ,
        **dict.fromkeys(redirected, nowhere),
        "HOME": str(folder / "home"),
        "XDG_CONFIG_HOME": str(folder / "home"),
        "GIT_CONFIG_GLOBAL": str(config),
        "GIT_CONFIG_SYSTEM": str(config),
        "GIT_AUTHOR_NAME": "Somebody Else",
        "GIT_COMMITTER_NAME": "Somebody Else",
        "GIT_CEILING_DIRECTORIES": "/",
        "http_proxy": "http://127.0.0.1:1",
        "https_proxy": "http://127.0.0.1:1",
    }
