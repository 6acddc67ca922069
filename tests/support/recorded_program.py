"""Programs on the PATH that write down how they are called, and answer as they are told to."""

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
# What is called, by name and argument by argument, goes into one list for all programs beside this one.
calls="$(dirname "$0")/calls"
printf '%s\\0' "$(basename "$0")" "$@" >> "$calls"
printf '\\1' >> "$calls"
for argument in "$@"; do
  case $argument in -|--stdin) cat > "$0.given" ;; --from-file=*) cp "${argument##*=}" "$0.given" ;; esac
done
while read -r refused; do
  case "$*" in *"$refused"*) echo "refused, as it was told to" >&2; exit 1 ;; esac
done < "$0.refuses"
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

    def refuse(self, *arguments: str) -> None:
        """Fail where a call's arguments contain one of these."""
        self._beside("refuses").write_text("".join(f"{each}\n" for each in arguments), encoding="utf-8")

    def calls(self) -> list[list[str]]:
        """The arguments of each call."""
        return [arguments for name, *arguments in calls(self.path.parent) if name == self.path.name]

    def given(self) -> str:
        """What the last call got on standard input, or as a file."""
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
    program.refuse()
    if str(folder) not in os.environ["PATH"].split(os.pathsep):
        monkeypatch.setenv("PATH", os.pathsep.join([str(folder), os.environ["PATH"]]))
    return program


def calls(folder: Path) -> list[list[str]]:
    """Every call of every program in the folder, in their order: the name, then the arguments."""
    written = folder / "calls"
    if not written.exists():
        return []
    return [call.split("\0")[:-1] for call in written.read_text(encoding="utf-8").split("\1")[:-1]]
