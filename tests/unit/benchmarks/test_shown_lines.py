from __future__ import annotations

from tests.benchmarks.shown_lines import share, whole_files


def test_files_go_in_whole_until_the_room_is_used_and_the_last_from_its_head_on() -> None:
    contents = {"a.py": b"one\n" * 10, "b.py": b"two\n" * 1_000, "c.py": b"three\n"}
    shown = whole_files(["a.py", "b.py", "c.py"], contents, 300)
    assert shown["a.py"] == frozenset(range(1, 11))
    assert min(shown["b.py"]) == 1
    assert 10 < len(shown["b.py"]) < 1_000
    assert "c.py" not in shown


def test_the_share_counts_each_line_of_the_fix_that_is_shown() -> None:
    fix = {"a.py": frozenset({1, 2, 3}), "b.py": frozenset({9})}
    assert share(fix, {"a.py": frozenset({2, 3, 4})}) == 0.5


def test_a_fix_without_lines_of_old_files_is_shown_whatever_is() -> None:
    assert share({}, {}) == 1
