"""How models name files and mark edits, whatever they are asked for."""

from __future__ import annotations

import json

import pytest

from application.editing.apply import apply_edits
from application.editing.parse import parse_answer

OLD, NEW = "    def add(self, a, b):\n        return a - b\n", "    def add(self, a, b):\n        return a + b\n"
REST = "".join(f"\n    def name_{number}(self):\n        return {number}\n" for number in range(6))
BEFORE = {
    "src/ops.py": f"class Calculator:\n{OLD}{REST}".encode(),
    "src/util.py": b"import os\n\nprint(os.name)\n",
    "web/App.jsx": b"<p>Hello</p>\n",
}
AFTER = f"class Calculator:\n{NEW}{REST}".encode()
BLOCK = f"<<<<<<< SEARCH\n{OLD}=======\n{NEW}>>>>>>> REPLACE\n"
HUNK = " class Calculator:\n     def add(self, a, b):\n-        return a - b\n+        return a + b\n"
PATCH = f"*** Begin Patch\n*** Update File: src/ops.py\n@@\n{HUNK}*** End Patch\n"
CALL = {"path": "src/ops.py", "old_str": OLD, "new_str": NEW}


def changed(answer: str) -> dict[str, bytes]:
    """What the answer writes; empty where it is refused."""
    read = parse_answer(answer, BEFORE)
    return {} if read.problems else dict(apply_edits(read.edits, BEFORE).changes.writes())


@pytest.mark.parametrize(
    "label",
    [
        "`src/ops.py`",
        "**src/ops.py:**",
        "### 1. `src/ops.py`",
        "[src/ops.py](src/ops.py)",
        "[src/ops.py]",
        "@src/ops.py",
        "→ src/ops.py",
        "=== src/ops.py ===",
        "Update src/ops.py to use the right operator:",
        "Let us mend `Calculator.add` in `src/ops.py`:",
        "/testbed/src/ops.py",
        "C:\\work\\project\\src\\ops.py",
    ],
)
def test_a_path_is_read_whatever_stands_around_it(label: str) -> None:
    assert changed(f"Here.\n\n{label}\n\n```python\n{BLOCK}```\n") == {"src/ops.py": AFTER}
    assert changed(f"Here.\n\n```python\n{label}\n{BLOCK}```\n") == {"src/ops.py": AFTER}
    assert changed(f"Here.\n\n{label}\n```python\n{AFTER.decode()}```\n") == {"src/ops.py": AFTER}


@pytest.mark.parametrize(
    ("opening", "separator", "closing"),
    [
        ("<<<< SEARCH", "====", ">>>> REPLACE"),
        ("<<<<<<< search", "=======", ">>>>>>> replace"),
        ("<<<<<<< SEARCH:", "=======", ">>>>>>> REPLACE:"),
        ("<<<<<<< ORIGINAL", "=======", ">>>>>>> MODIFIED"),
        ("<<<<<<< OLD", "=======", ">>>>>>> NEW"),
        ("<<<<<<< SEARCH", "======= DIVIDER", ">>>>>>> REPLACE"),
        ("<<<<<<< SEARCH", "=======", ">>>>>>> SEARCH"),
        ("<<<<<<< SEARCH", "=======", "<<<<<<< REPLACE"),
        ("<<<<<<< SEARCH", "=======", ">>>>>>>"),
        ("<<<<<<< SEARCH\n```python", "```\n=======\n```python", "```\n>>>>>>> REPLACE"),
    ],
)
def test_markers_are_read_as_models_miswrite_them(opening: str, separator: str, closing: str) -> None:
    text = f"src/ops.py\n```python\n{opening}\n{OLD}{separator}\n{NEW}{closing}\n```\n"
    assert changed(text) == {"src/ops.py": AFTER}


@pytest.mark.parametrize("listing", ["{}: {}", "    {}\t{}", "{}→{}"])
def test_line_numbers_of_any_listing_are_left_out(listing: str) -> None:
    old = "".join(f"{listing.format(number, line)}\n" for number, line in enumerate(OLD.splitlines(), 2))
    assert changed(f"src/ops.py\n{BLOCK.replace(OLD, old)}") == {"src/ops.py": AFTER}


@pytest.mark.parametrize(
    "header", ["@@", "@@ def add(self, a, b):", "@@-1,3 +1,3@@", "@@ -XX,X +XX,X @@", "@@ line 1 @@"]
)
def test_a_hunk_header_may_say_anything(header: str) -> None:
    assert changed(f"```diff\n--- a/src/ops.py\n+++ b/src/ops.py\n{header}\n{HUNK}```\n") == {"src/ops.py": AFTER}


@pytest.mark.parametrize(
    "answer",
    [
        f"```diff\n--- a/src/ops.py (original)\n+++ b/src/ops.py (modified)\n@@ -1,3 +1,3 @@\n{HUNK}```\n",
        f"```diff\n+++ b/src/ops.py\n@@ -1,3 +1,3 @@\n{HUNK}```\n",
        f"```diff\n--- a/src/ops.py\n+++ b/src/ops.py\n{HUNK}```\n",
        f"`src/ops.py`\n```diff\n{HUNK}```\n",
        f"*** Begin Patch\n--- a/src/ops.py\n+++ b/src/ops.py\n@@ -1,3 +1,3 @@\n{HUNK}*** End Patch\n",
        json.dumps({"command": ["apply_patch", PATCH]}),
        json.dumps({"name": "str_replace_editor", "arguments": json.dumps(CALL)}),
        json.dumps({"content": [{"type": "text", "text": "ok"}, {"type": "tool_use", "input": CALL}]}),
        f"<tool_call>{json.dumps({'arguments': CALL})}</tool_call>",
        f"The edit is: {json.dumps(CALL)}",
        json.dumps({"file": "src/ops.py", "original_code": OLD, "new_code": NEW}),
        f"<parameter=path>src/ops.py</parameter>\n<parameter=old_str>{OLD}</parameter>\n<parameter=new_str>{NEW}</parameter>",
        f'<edit path="src/ops.py">\n<old>\n{OLD}</old>\n<new>\n{NEW}</new>\n</edit>\n',
        f"```python\n# src/ops.py\n{AFTER.decode()}```\n",
    ],
)
def test_edits_are_read_in_whatever_they_are_wrapped(answer: str) -> None:
    assert changed(answer) == {"src/ops.py": AFTER}


@pytest.mark.parametrize("tag", ["think", "thinking"])
def test_drafts_in_thoughts_are_no_edits(tag: str) -> None:
    draft = BLOCK.replace("a + b", "b + a")
    assert changed(f"<{tag}>src/ops.py\n{draft}</{tag}>\nsrc/ops.py\n{BLOCK}") == {"src/ops.py": AFTER}
    assert changed(f"src/ops.py\n{draft}\n</{tag}>\n\nsrc/ops.py\n{BLOCK}") == {"src/ops.py": AFTER}


def test_counts_that_reach_into_the_next_files_header_are_wrong() -> None:
    other = "--- a/src/util.py\n+++ b/src/util.py\n@@ -1,1 +1,1 @@\n-import os\n+import sys\n"
    wrote = changed(f"--- a/src/ops.py\n+++ b/src/ops.py\n@@ -1,4 +1,4 @@\n{HUNK}{other}")
    assert wrote == {"src/ops.py": AFTER, "src/util.py": b"import sys\n\nprint(os.name)\n"}


def test_lines_without_context_come_after_the_line_of_a_header_whose_counts_are_right() -> None:
    diff = "--- a/src/util.py\n+++ b/src/util.py\n@@ -1,0 +2 @@\n+import sys\n"
    assert changed(diff) == {"src/util.py": b"import os\nimport sys\n\nprint(os.name)\n"}
    assert changed(diff.replace("-1,0 +2", "-1,7 +1,8")) == {}


def test_a_data_file_in_a_block_is_no_wrapping() -> None:
    item = '{"path": "x.py", "content": "text"}\n'
    assert changed(f"src/util.py\n<<<<<<< SEARCH\nimport os\n=======\n{item}>>>>>>> REPLACE\n") == {
        "src/util.py": f"{item}\nprint(os.name)\n".encode()
    }


def test_a_word_of_prose_makes_no_file() -> None:
    assert changed("Result\n```python\nprint(1)\n```\n") == {}
    assert changed("src/util.py\n```python\n<<<< FIND\nimport os\n====\nimport sys\n>>>> CHANGE\n```\n") == {}


def test_comments_that_stand_for_code_in_both_texts_stay_what_they_are() -> None:
    above = "class Calculator:\n    # ... existing code ...\n"
    old, new = "        return 5\n", "        return 6\n"
    answer = f"src/ops.py\n<<<<<<< SEARCH\n{above}{old}=======\n{above}{new}>>>>>>> REPLACE\n"
    assert changed(answer) == {"src/ops.py": BEFORE["src/ops.py"].replace(old.encode(), new.encode())}


def test_a_file_that_is_only_mentioned_is_not_replaced_by_another() -> None:
    other = "".join(f"CONSTANT_{number} = {number}\n" for number in range(20))
    assert changed(f"Similar to `src/ops.py`, a module of constants:\n\n```python\n{other}```\n") == {}


def test_content_that_is_all_escaped_is_unescaped() -> None:
    content = (
        "<write_to_file>\n<path>web/App.jsx</path>\n<content>\n&lt;p&gt;Hi&lt;/p&gt;\n</content>\n</write_to_file>\n"
    )
    assert changed(content) == {"web/App.jsx": b"<p>Hi</p>\n"}
