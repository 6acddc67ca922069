"""From a model's answer to a plan, and to one that may be posted."""

from __future__ import annotations

from domain.errors import InvalidInput
from domain.model_text import LONGEST, harmless
from domain.plan import FILES_BEGIN, FILES_END, Plan, normalised

_OPENS, _CLOSES = "<files>", "</files>"
_MARKS = {_OPENS: FILES_BEGIN, _CLOSES: FILES_END}


def read_plan(answer: str) -> Plan:
    """The plan in an answer. The model writes the list of files between a line `<files>` and a line `</files>`.

    Raises `InvalidInput`, in words that let the model mend it, for a plan without such a list, with an item that names
    no path, or of more than `LONGEST` characters.
    """
    text = normalised(answer).strip()
    if len(text) > LONGEST:
        message = f"the plan has {len(text):,} characters; at most {LONGEST:,} can be posted"
        raise InvalidInput(message)
    plan = Plan("\n".join(_MARKS.get(line.strip(), line) for line in text.split("\n")))
    try:
        plan.files()
    except InvalidInput as error:
        message = str(error).replace(FILES_BEGIN, _OPENS).replace(FILES_END, _CLOSES)
        raise InvalidInput(message) from None
    return plan


def harmless_plan(plan: Plan) -> Plan:
    """The plan with a model's words made harmless, and its list of files where it was."""
    lines = plan.text.split("\n")
    marks = [line.strip() for line in lines]
    begin, end = marks.index(FILES_BEGIN), marks.index(FILES_END)
    before, listed, after = (
        harmless("\n".join(part)).strip("\n") for part in (lines[:begin], lines[begin + 1 : end], lines[end + 1 :])
    )
    return Plan(f"{before}\n\n{FILES_BEGIN}\n{listed}\n{FILES_END}\n\n{after}".strip("\n"))
