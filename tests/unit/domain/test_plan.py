"""A plan and the digest that an approval is bound to."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import InvalidInput
from domain.plan import FILES_BEGIN, FILES_END, Plan, normalised

TEXT = "1. Mend `caf\u00e9.py`\n\n2. Test it\n"


@pytest.mark.parametrize(
    "same",
    [TEXT.replace("\n", "\r\n"), TEXT.replace("\u00e9", "e\u0301"), TEXT.replace("it\n", "it  \t\n\n"), TEXT.rstrip()],
)
def test_digest_does_not_change_with_how_a_forge_stores_the_text(same: str) -> None:
    assert Plan(same).digest == Plan(TEXT).digest


@pytest.mark.parametrize("other", [TEXT + "3. More", TEXT.replace("Mend", "mend"), TEXT.replace("\n\n", "\n"), ""])
def test_digest_changes_with_the_words(other: str) -> None:
    assert Plan(other).digest != Plan(TEXT).digest


def listed(*items: str) -> Plan:
    return Plan("\n".join(["What is wrong.", "", FILES_BEGIN, *items, FILES_END, "", "How it is checked."]))


def test_digest_does_not_depend_on_the_marks_around_the_files() -> None:
    plan = listed("- `a.py`")
    assert plan.digest == Plan(plan.words).digest
    assert FILES_BEGIN not in plan.words


def test_files_are_the_items_that_begin_with_a_path() -> None:
    plan = listed(
        "- `a.py`: call `b.py` first",
        "  - `not/an/item.py`",
        "* **`new file.py`** (new)",
        "1. `c.py`",
        "words",
        "+ `a.py`",
    )
    assert plan.files() == ("a.py", "new file.py", "c.py")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("- `a.py`", "must stand between"),
        (f"{FILES_END}\n- `a.py`\n{FILES_BEGIN}", "is empty"),
        (f"{FILES_BEGIN}\n- `a.py`\n{FILES_END}\n{FILES_BEGIN}\n- `b.py`\n{FILES_END}", "must stand between"),
        (f"{FILES_BEGIN}\nnothing\n{FILES_END}", "is empty"),
        (f"{FILES_BEGIN}\n- the file `a.py`\n{FILES_END}", "'the file `a.py`'"),
    ],
)
def test_a_list_that_cannot_be_read_says_what_is_wrong(text: str, problem: str) -> None:
    with pytest.raises(InvalidInput, match=re.escape(problem)):
        Plan(text).files()


@pytest.mark.parametrize(
    ("path", "allowed"), [("a.py", True), ("docs/a/b.md", True), ("A.py", False), ("b.py", False), ("docs.md", False)]
)
def test_allows_what_the_list_names_and_what_its_patterns_match(path: str, allowed: bool) -> None:  # noqa: FBT001
    assert listed("- `a.py`", "- `docs/**`").allows(path) is allowed


@settings(deadline=None)
@given(st.text(alphabet=st.characters()))
def test_every_text_has_a_digest(text: str) -> None:
    plan = Plan(text)
    assert re.fullmatch("[0-9a-f]{64}", plan.digest)
    assert plan.short_digest == plan.digest[:12]


@settings(deadline=None)
@given(st.text())
def test_a_normalised_text_stays_as_it_is(text: str) -> None:
    assert normalised(normalised(text)) == normalised(text)
