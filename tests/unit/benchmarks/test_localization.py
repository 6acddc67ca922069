from __future__ import annotations

from tests.benchmarks.localization import changed_lines

PATCH = """diff --git a/shop/cart.py b/shop/cart.py
--- a/shop/cart.py
+++ b/shop/cart.py
@@ -3,6 +3,7 @@ class Cart:
 three
-four
+vier
+viereinhalb
 five
 six
+sechseinhalb
 seven
@@ -20 +22,0 @@
-twenty
"""


def test_the_lines_of_a_fix_are_those_removed_and_those_added_to() -> None:
    assert changed_lines(PATCH) == {"shop/cart.py": {4, 6, 20}}


def test_a_new_file_is_changed_nowhere_that_can_be_shown() -> None:
    assert changed_lines("--- /dev/null\n+++ b/new.py\n@@ -0,0 +1 @@\n+x\n").get("new.py") is None
