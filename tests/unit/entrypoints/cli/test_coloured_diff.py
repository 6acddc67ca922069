"""A diff on a terminal has git's colours and no other."""

from __future__ import annotations

import io

from rich.console import Console

from entrypoints.cli.coloured_diff import coloured_diff

DIFF = "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@ def\n [same]\n-old \x1b[2J\n+new :smile:\n"


def shown(width: int = 200) -> list[str]:
    """What a terminal of this width is sent, line by line."""
    console = Console(file=io.StringIO(), force_terminal=True, color_system="standard", width=width)
    console.print(coloured_diff(DIFF), soft_wrap=True)
    text = getattr(console.file, "getvalue")()  # noqa: B009 - a StringIO
    return str(text).splitlines()


def test_changed_lines_are_red_and_green_and_all_others_as_the_terminal_has_them() -> None:
    assert shown()[4:] == [" [same]", "\x1b[31m-old \\x1b[2J\x1b[0m", "\x1b[32m+new :smile:\x1b[0m"]


def test_long_lines_are_left_to_the_terminal() -> None:
    assert shown(width=5) == shown()
