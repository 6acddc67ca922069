"""From a model's answer to a plan that may be posted."""

from __future__ import annotations

from domain.errors import InvalidInput
from domain.model_text import LONGEST, harmless
from domain.plan import FILES_BEGIN, FILES_END, Plan, normalised

_OPENS, _CLOSES = "<files>", "</files>"


def read_plan(answer: str) -> Plan:
    """The plan in an answer, its words made harmless.

    The model writes the list of files between a line `<files>` and a line `</files>`. Raises `InvalidInput`, in words
    that let the model mend it, for a plan without such a list, with an item that names no path, or of more than
    `LONGEST` characters.
    """
    text = normalised(answer).strip()
    if len(text) > LONGEST:
        message = f"the plan has {len(text):,} characters; at most {LONGEST:,} can be posted"
        raise InvalidInput(message)
    lines = text.split("\n")
    marks = [line.strip() for line in lines]
    if marks.count(_OPENS) != 1 or marks.count(_CLOSES) != 1 or marks.index(_OPENS) > marks.index(_CLOSES):
        message = f"the list of files must stand between one line `{_OPENS}` and one line `{_CLOSES}`"
        raise InvalidInput(message)
    first, last = marks.index(_OPENS), marks.index(_CLOSES)
    before, listed, after = (
        harmless("\n".join(part)) for part in (lines[:first], lines[first + 1 : last], lines[last + 1 :])
    )
    plan = Plan("\n".join([before.strip("\n"), "", FILES_BEGIN, listed, FILES_END, "", after.strip("\n")]).strip("\n"))
    plan.files()
    return plan
