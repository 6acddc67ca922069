"""A program on the PATH that writes down how it is called, and answers as it is told to."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

_SCRIPT = """\
#!/bin/sh
for argument in "$@"; do
  printf '%s\\0' "$argument" >> "$0.calls"
  case $argument in -|--stdin) cat > "$0.given" ;; esac
done
printf '\\1' >> "$0.calls"
cat "$0.err" >&2
cat "$0.out"
exit "$(cat "$0.code")"
"""


@dataclass(frozen=True, slots=True)
class Recorded:
    """The program at `path`; it succeeds and prints nothing until it is told otherwise."""

    path: Path

    def answer(self, value: object) -> None:
        """Print this as JSON from now on."""
        self.print(json.dumps(value))

    def print(self, text: str) -> None:
        """Print this from now on."""
        self._tell(out=text)

    def fail(self, words: str, code: int) -> None:
        """Fail from now on, with these words on standard error."""
        self._tell(err=words, code=code)

    def calls(self) -> list[list[str]]:
        """The arguments of each call."""
        written = self._beside("calls")
        if not written.exists():
            return []
        return [call.split("\0")[:-1] for call in written.read_text(encoding="utf-8").split("\1")[:-1]]

    def given(self) -> str:
        """What the last call got on standard input."""
        return self._beside("given").read_text(encoding="utf-8")

    def _tell(self, out: str = "", err: str = "", code: int = 0) -> None:
        for name, text in {"out": out, "err": err, "code": str(code)}.items():
            self._beside(name).write_text(text, encoding="utf-8")

    def _beside(self, name: str) -> Path:
        return self.path.with_name(f"{self.path.name}.{name}")


def record(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Recorded:
    """Put such a program before all others on the PATH."""
    program = Recorded(folder / name)
    program.path.write_text(_SCRIPT, encoding="utf-8")
    program.path.chmod(0o755)
    program.print("")
    monkeypatch.setenv("PATH", os.pathsep.join([str(folder), os.environ["PATH"]]))
    return program
