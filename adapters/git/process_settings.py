"""What libgit2 keeps once for the whole process.

No configuration of the user or of the machine reaches a repository that we open: their search paths are emptied, so
that `url.insteadOf`, `http.proxy`, `core.autocrlf`, `core.hooksPath` and the like are not even read. The `GIT_*`
variables have no say either: libgit2 reads them only for a repository that is opened "from the environment", which
is never done here.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pygit2
from pygit2.enums import ConfigLevel

if TYPE_CHECKING:
    from pathlib import Path

_NOT_READ = (ConfigLevel.PROGRAMDATA, ConfigLevel.SYSTEM, ConfigLevel.XDG, ConfigLevel.GLOBAL)
_one_at_a_time = threading.Lock()


def isolate(stall_seconds: float, ca_bundle: Path | None = None) -> None:
    """Shut out all configuration, and let no connection stall for longer; the last call decides how long.

    The authorities of `ca_bundle` are trusted besides the public ones, from then on.
    """
    milliseconds = max(1, int(stall_seconds * 1000))
    with _one_at_a_time:
        for level in _NOT_READ:
            pygit2.settings.search_path[level] = ""
        if ca_bundle is not None:
            pygit2.settings.set_ssl_cert_locations(str(ca_bundle), None)
        pygit2.settings.server_connect_timeout = milliseconds
        pygit2.settings.server_timeout = milliseconds
