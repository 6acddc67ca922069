"""What is put in place is what was meant: where that is not certain, the answer is refused."""

from __future__ import annotations

import json
import random

import pytest

from application.editing.apply import apply_edits
from application.editing.parse import parse_answer
from tests.support.edit_cases import edit_cases
from tests.support.mutations import ending, spoilt_answers
from tests.support.renderings import Fix
from tests.unit.application.editing.test_apply import edited, the_problem

MODULE = """\
import os


class Shop:
    def total(self):
        total = 0

        for item in self.items:
            total += item.price

        return total

    def close(self):
        self.open = False
"""
ALLOWED_WRONG = {
    "SEARCH cut short": "what follows begins with blank lines, of which more than one reading is possible",
    "a blank line after each": "one line with a blank one below looks like any other",
    "blank lines around": "the blank lines of an answer that fits are its own",
    "blank lines lost": "new text without blank lines may be so by intention",
    "blank lines of SEARCH lost": "new text with blank lines may be so by intention",
    "blanks at line ends": "the change itself is one of white space",
    "every line of SEARCH outdented": "the change itself is one of white space",
    "one blank line for several": "new text without blank lines may be so by intention",
    "outdented": "new text without blank lines may be so by intention",
    "trimmed, blank lines lost": "new text without blank lines may be so by intention",
    "texts trimmed": "new text without blank lines may be so by intention",
    "every line outdented": "the change itself is one of white space",
    "typographic quotes": "where the search text has none, those of the new text are its own",
}
"""The rules whose damage cannot always be seen, and why."""


def fixes() -> list[tuple[str, Fix]]:
    """A few of the true fixes that the cases were made from."""
    found = {case.id: Fix(_texts(case.before), _texts(case.after or {})) for case in edit_cases() if "clean" in case.id}
    return random.Random(7).sample(sorted(found.items()), 5)  # noqa: S311  # repeatable, nothing secret


def _texts(files: object) -> dict[str, str | None]:
    assert isinstance(files, dict)
    return {path: text.decode() for path, text in files.items()}


@pytest.mark.parametrize(("name", "fix"), fixes(), ids=lambda value: value if isinstance(value, str) else "")
def test_a_spoilt_answer_makes_the_true_change_or_none(name: str, fix: Fix) -> None:
    ends = {spoilt.name: ending(spoilt) for spoilt in spoilt_answers(fix, name)}
    wrong = {rule.rpartition(",")[0] or rule for rule, end in ends.items() if end.startswith("wrong")}
    assert ends["as written, blocks"] == "right"
    assert not {rule for rule in wrong if not rule.startswith(tuple(ALLOWED_WRONG))}


def test_blank_lines_that_search_has_lost_stay() -> None:
    block = (
        "total = 0\nfor item in self.items:\n    total += item.price\n",
        "total = 0\nfor item in self.items:\n    pass\n",
    )
    assert edited(MODULE, block) == MODULE.replace("total += item.price", "pass")


def test_of_two_gaps_around_lines_that_go_one_stays() -> None:
    block = ("b = 2\nc = 3\nd = 4\n", "b = 2\nd = 4\n")
    assert edited("b = 2\n\nc = 3\n\nd = 4\n", block) == "b = 2\n\nd = 4\n"


def test_new_definitions_need_the_blank_lines_that_the_answer_has_lost() -> None:
    search = "        return total\n    def close(self):\n"
    new = "        return total\n    def open(self):\n        self.open = True\n    def close(self):\n"
    assert "has lost the file's blank lines" in the_problem(MODULE, (search, new))


def test_in_prose_blank_lines_mean_something() -> None:
    before = {"a.md": b"One.\n\nTwo.\n\nThree.\n"}
    answer = "a.md\n<<<<<<< SEARCH\nOne.\nTwo.\n=======\nOne.\nMore.\nAnd more.\nTwo.\n>>>>>>> REPLACE\n"
    assert "blank lines" in apply_edits(parse_answer(answer, before).edits, before).problems[0]


def test_lines_that_stand_below_search_already_do_not_come_twice() -> None:
    problem = the_problem(MODULE, ("        total = 0\n", "        total = 1\n\n        for item in self.items:\n"))
    assert "REPLACE ends with what follows SEARCH in the file already" in problem


def test_lines_that_stand_above_search_already_do_not_come_twice() -> None:
    problem = the_problem(MODULE, ("    def total(self):\n", "class Shop:\n    def sum(self):\n"))
    assert "REPLACE begins with what stands above SEARCH in the file already" in problem


def test_a_block_that_is_said_twice_is_done_once() -> None:
    block = ("import os\n", "import os\nimport re\n")
    assert edited(MODULE, block, block) == MODULE.replace("import os\n", "import os\nimport re\n")


def test_levels_of_two_blanks_become_the_files_four() -> None:
    search = "  def total(self):\n    total = 0\n"
    new = "  def total(self):\n    if not self.items:\n      return 0\n    total = 0\n"
    assert "        if not self.items:\n            return 0\n        total = 0\n" in edited(MODULE, (search, new))


def test_what_is_aligned_by_single_blanks_cannot_be_scaled() -> None:
    search = "  def total(self):\n    total = 0\n"
    new = "  def total(self):\n    total = sum(0,\n              1)\n"
    assert "neither as SEARCH is nor as the file" in the_problem(MODULE, (search, new))


def test_new_lines_without_any_to_go_by_go_deeper_as_the_file_does() -> None:
    flat = "def run():\nreturn 1\n\n\nclass Shop:\n"
    assert "is not indented by levels of 4 blanks" in the_problem(MODULE, ("class Shop:\n", flat))


def test_what_fits_elsewhere_is_doubtful_where_other_blocks_are_not_indented_as_the_file() -> None:
    before = "if a:\n    go()\n    x = 1\nif b:\n        go()\n"
    assert "but for its indentation" in the_problem(before, ("x = 1\n", "x = 2\n"), ("    go()\n", "    stop()\n"))


def test_blanks_that_every_quoted_line_ends_with_are_left_out() -> None:
    assert edited("a\nb\n", ("a  \n", "a  \nnew  \n")) == "a\nnew\nb\n"


def test_typographic_quotes_that_search_has_are_undone_in_new_lines() -> None:
    assert edited('a = "x"\n', ("a = \u201cx\u201d\n", "a = \u201cy\u201d\n")) == 'a = "y"\n'


def test_wider_gaps_than_the_files_are_refused_in_new_lines() -> None:
    assert "wider gaps" in the_problem("a = 1\nb = 2\n", ("a  =  1\n", "a  =  3\n"))


def test_a_line_feed_at_the_end_of_the_new_string_alone_is_a_blank_line() -> None:
    edit = {"path": "a.py", "old_string": "a = 1", "new_string": "a = 2\n"}
    applied = apply_edits(parse_answer(json.dumps({"edits": [edit]})).edits, {"a.py": b"a = 1\nb = 1\n"})
    assert applied.changes.writes() == {"a.py": b"a = 2\n\nb = 1\n"}


def test_a_fence_that_is_indented_as_code_belongs_to_the_file() -> None:
    text = 'def f():\n    """\n    ```\n    f()\n    ```\n    """\n'
    applied = apply_edits(parse_answer(f"a.py\n```\n{text}```\n", {"a.py": b""}).edits, {})
    assert applied.changes.writes() == {"a.py": text.encode()}


def test_new_text_at_another_depth_than_search_is_refused_where_both_readings_are_possible() -> None:
    before = "def f():\n    try:\n        x = 1\n        y = 2\n    except E:\n        pass\n"
    block = ("    x = 1\n    y = 2\nexcept E:\n    pass\n", "x = 1\ny = 3\n")
    assert "it is not clear how deep" in the_problem(before, block)
