"""Answers of models, and what must come of them: `tests/data/edits`."""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from application.editing.apply import apply_edits
from application.editing.parse import parse_answer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

DATA = Path(__file__).parents[1] / "data" / "edits"
_OPENING = "<<<<<<< SEARCH\n"

DEVIATIONS = {
    "gold-matplotlib__matplotlib-25442-search-replace-outdented": "the answer has lost its blank lines",
    "gold-sphinx-doc__sphinx-10451-search-replace-outdented": "the answer has lost its blank lines",
    "gold-sphinx-doc__sphinx-7462-search-replace-outdented": "the answer has lost its blank lines",
    "suite-cline-diff-5": "the new line is indented as its place is",
    "suite-roo-multi-search-replace-54": "SEARCH is indented unlike the file in one line",
    "suite-roo-multi-search-replace-62": "SEARCH misquotes a line that it replaces",
    "codex-010_move_overwrites_existing_destination": "a rename replaces no file",
    "codex-024_preserves_mixed_line_endings": "a lone carriage return ends no line",
    "aider-unit-19": "SEARCH fits in two places",
    "aider-unit-21": "SEARCH fits in two places",
}
"""The cases that end otherwise than their source wants it, and why; docs/decisions has the whole reasons."""


@dataclass(frozen=True, slots=True)
class EditCase:
    """One answer; `after` is the whole tree that must result, None where only the paths count or it is refused."""

    id: str
    kind: str
    expect: str
    answer: str
    before: Mapping[str, bytes]
    after: Mapping[str, bytes] | None
    parsed: frozenset[str]

    @property
    def is_variant(self) -> bool:
        """Whether it was made from a true fix; otherwise it is of another tool's tests."""
        return self.id.startswith("gold-")


def edit_cases(folder: Path = DATA) -> Iterator[EditCase]:
    """All of them; numbers that a test hands over beside its answer are put where that tool's answers have them."""
    with gzip.open(folder / "variants.jsonl.gz", "rt", encoding="utf-8") as variants:
        for line in variants:
            yield _case(json.loads(line))
    with (folder / "cases.jsonl").open(encoding="utf-8") as cases:
        for line in cases:
            yield _case(json.loads(line))


def outcome(case: EditCase) -> str:
    """What becomes of a case: `right`, `refused` (though it should not be) or `wrong`."""
    answer = parse_answer(case.answer, case.before)
    if case.expect == "parse":
        return "right" if {edit.path for edit in answer.edits} == case.parsed and not answer.problems else "wrong"
    applied = apply_edits(answer.edits, case.before)
    refused = bool(answer.problems or applied.problems)
    if case.expect == "reject":
        return "right" if refused else "wrong"
    if refused:
        return "refused"
    tree: dict[str, bytes] = {
        path: text for path, text in case.before.items() if path not in applied.changes.removals()
    }
    return "right" if tree | dict(applied.changes.writes()) == case.after else "wrong"


def _case(row: dict[str, Any]) -> EditCase:
    after = {path: text.encode() for path, text in (row["after"] or {}).items() if text is not None}
    return EditCase(
        id=row["id"],
        kind=f"{row['format']} {row.get('variant', '')}".strip(),
        expect=row["expect"],
        answer=_with_line(row["answer"], row.get("extra")),
        before={path: text.encode() for path, text in row["before"].items()},
        after=after if row["expect"] == "apply" else None,
        parsed=frozenset(part[0] for part in row.get("parsed") or []),
    )


def _with_line(answer: str, extra: list[int | None] | None) -> str:
    if not extra or not extra[0] or ":start_line:" in answer:
        return answer
    return re.sub(_OPENING, f"{_OPENING}:start_line:{extra[0]}\n-------\n", answer)
