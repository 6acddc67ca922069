"""What a model's answer says, once it has been read, whatever format it came in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from domain.change_set import ChangeKind


@dataclass(frozen=True, slots=True)
class Hint:
    """What an answer says about where a block belongs, besides its search text; it never outweighs that.

    `line` is counted from 1, 0 where none is given; one that is `binding` must be about right. `after` are lines that
    stand somewhere above the place, outermost first. `ends_file` says that the place is the file's end.
    """

    line: int = 0
    binding: bool = False
    after: tuple[str, ...] = ()
    ends_file: bool = False


NO_HINT = Hint()


@dataclass(frozen=True, slots=True)
class SearchReplace:
    r"""Replace these lines by those; `search` is empty only where the whole file is empty, or for `Hint.ends_file`.

    Every line ends with `\n`: an empty `replace` deletes, and `"\n"` is one blank line. `final_newline` says whether
    the file's last line ends with a line feed afterwards; None leaves it as it is. `everywhere` replaces all places
    there are, `in_line` also a part of a line. `otherwise` is another reading of the block, for the case that this one
    is nowhere in the file.
    """

    search: str
    replace: str
    hint: Hint = NO_HINT
    final_newline: bool | None = None
    everywhere: bool = False
    in_line: bool = False
    otherwise: SearchReplace | None = None


@dataclass(frozen=True, slots=True)
class FileEdit:
    """What the model wants done with one file.

    `EDIT` has blocks; `CREATE` and `REWRITE` have content, whose lines all end with a line feed; `RENAME` has
    `renamed_to` and may have blocks. `path` is empty where the answer names none. `ordered`: the blocks stand in the
    file's order. `open`: the format does not say whether the file is there already; whichever fits is meant.
    `first` is a line above the content which named the path: it belongs to that where the file begins with it.
    """

    kind: ChangeKind
    path: str
    blocks: tuple[SearchReplace, ...] = ()
    content: str | None = None
    renamed_to: str = ""
    ordered: bool = False
    open: bool = False
    first: str = ""


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
