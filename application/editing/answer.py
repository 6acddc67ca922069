"""What a model's answer says, once it has been read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from domain.change_set import ChangeKind


@dataclass(frozen=True, slots=True)
class SearchReplace:
    r"""Replace these lines by those; `search` is empty only where the whole file is empty.

    Every line ends with `\n`: an empty `replace` deletes, and `"\n"` is one blank line.
    """

    search: str
    replace: str


@dataclass(frozen=True, slots=True)
class FileEdit:
    """What the model wants done with one file.

    `EDIT` has blocks; `CREATE` and `REWRITE` have content, whose lines all end with a line feed; `RENAME` has
    `renamed_to` and may have blocks.
    """

    kind: ChangeKind
    path: str
    blocks: tuple[SearchReplace, ...] = ()
    content: str | None = None
    renamed_to: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """A model's answer: edits, or a reason why nothing is to be changed, or questions.

    `title` is one line and `summary` a few, both for the pull request. `problems` says what could not be read, in
    words that let the model mend it; an answer with problems is not used.
    """

    title: str = ""
    summary: str = ""
    edits: tuple[FileEdit, ...] = ()
    nothing_to_do: str = ""
    questions: str = ""
    problems: tuple[str, ...] = ()
