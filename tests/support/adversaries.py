"""Answers of about a megabyte that are laborious to read or to place, for a file of about a megabyte."""

from __future__ import annotations

BIG = "".join(f"line {number} of the file\n" for number in range(50_000))
"""A file of distinct lines."""

EVEN = "x\n" * 500_000
"""A file of equal lines."""

ADVERSARIES = {
    "many blocks": "a.py\n" + "<<<<<<< SEARCH\nx\n=======\ny\n>>>>>>> REPLACE\n" * 20_000,
    "blocks that fit": "a.py\n"
    + "".join(f"<<<<<<< SEARCH\nline {n} of the file\n=======\ny\n>>>>>>> REPLACE\n" for n in range(14_000)),
    "blocks without end": "a.py\n" + "<<<<<<< SEARCH\nx\n=======\n" * 40_000,
    "hunks": "--- a/a.py\n+++ b/a.py\n" + "@@ -1 +1 @@\n-x\n+y\n" * 50_000,
    "headers": "--- a/a.py\n+++ b/a.py\n" * 40_000,
    "removed lines like headers": "--- a/a.py\n+++ b/a.py\n@@\n" + "--- a\n+++ b\n" * 80_000,
    "patch": "*** Begin Patch\n" + "*** Update File: a.py\n@@\n-x\n+y\n" * 25_000,
    "anchors": "*** Begin Patch\n*** Update File: a.py\n" + "@@ line 7\n-x\n+y\n" * 60_000,
    "fences": "a.py\n```\n" * 100_000,
    "named fences": "a.py\n```python\n" * 60_000,
    "brackets": "[" * 1_000_000,
    "objects": '{"path": "a.py", "search": ' * 40_000,
    "lines of brackets": '{"path":\n' * 110_000,
    "tags": "<path>" * 160_000,
    "tags of a line": "<path>a.py</path><search>x\n" * 40_000,
    "blanks": " " * 1_000_000,
    "one line": "<<<<<<< SEARCH\n" + "x" * 1_000_000 + "\n=======\ny\n>>>>>>> REPLACE\n",
    "one block": "a.py\n<<<<<<< SEARCH\n"
    + "line 1 of the file\n" * 25_000
    + "=======\n"
    + "y\n" * 250_000
    + ">>>>>>> REPLACE\n",
    "whole file": f"a.py\n```\n{BIG[:900_000]}```\n",
    "dots": "a.py\n<<<<<<< SEARCH\n" + "...\n" * 120_000 + "=======\n" + "...\n" * 120_000 + ">>>>>>> REPLACE\n",
    "equal lines": "a.py\n<<<<<<< SEARCH\n" + "x\n" * 200_000 + "=======\ny\n>>>>>>> REPLACE\n",
    "equal blocks": "a.py\n" + ("<<<<<<< SEARCH\n" + "x\n" * 900 + "=======\ny\n>>>>>>> REPLACE\n") * 450,
    "backticks": "`a` " * 250_000,
    "thoughts": "<think>" * 140_000,
}
"""By name; each is for a file `a.py`."""
