"""Aider's edit code on edit cases: run by an environment in which it is installed, and by nothing else.

Reads one JSON object a line from standard input (`format`, `answer`, `before`), writes what came of each in the same
order: the resulting texts by path, or null where aider refuses an edit of it.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from aider.coders.editblock_coder import do_replace, find_original_update_blocks
from aider.coders.udiff_coder import do_replace as do_replace_hunk
from aider.coders.udiff_coder import find_diffs

_FENCE = ("```", "```")


def main() -> None:
    """Answer every line."""
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)  # aider looks whether a file is there, and makes that of an empty search text
        for line in sys.stdin:
            case = json.loads(line)
            sys.stdout.write(json.dumps(_outcome(case)) + "\n")


def _outcome(case: dict[str, Any]) -> dict[str, str] | None:
    texts = dict(case["before"])
    for path, text in texts.items():
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(text, encoding="utf-8")
    read = _hunks if case["format"] == "udiff" else _blocks
    try:
        return texts if all(_applied(texts, *edit) for edit in read(case["answer"], list(texts))) else None
    except ValueError:  # how it refuses an answer
        return None
    finally:
        for path in case["before"]:
            Path(path).unlink()


def _blocks(answer: str, paths: list[str]) -> list[tuple[Any, ...]]:
    found = list(find_original_update_blocks(answer, valid_fnames=paths))
    return [(path, old, new) for path, old, new in found if path is not None] or [("", "", "")]


def _hunks(answer: str, paths: list[str]) -> list[tuple[Any, ...]]:
    del paths
    return [(path, hunk) for path, hunk in find_diffs(answer)] or [("", [])]


def _applied(texts: dict[str, str], path: str, *edit: Any) -> bool:
    """The named file first, then, as aider does it, any other that the edit fits."""
    for name in [path, *(other for other in texts if other != path and edit and edit[0])]:
        content = texts.get(name)
        if content is None and name != path:
            continue
        block = len(edit) > 1
        new = do_replace(name, content, *edit, _FENCE) if block else do_replace_hunk(name, content, *edit)
        if new:
            texts[name] = new
            return True
    return False


if __name__ == "__main__":
    main()
