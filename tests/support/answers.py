"""Writing a model's answer, the reverse of reading it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.change_set import ChangeKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from application.editing.answer import Answer, FileEdit, SearchReplace


def rendered(answer: Answer) -> str:
    """The answer as a model would write it that follows the format exactly."""
    parts = [f"<title>{answer.title}</title>", f"<summary>\n{answer.summary}\n</summary>"]
    parts += [rendered_file(edit) for edit in answer.edits]
    parts += [f"<nothing>{answer.nothing_to_do}</nothing>"] if answer.nothing_to_do else []
    parts += [f"<questions>\n{answer.questions}\n</questions>"] if answer.questions else []
    return "\n".join(parts) + "\n"


def rendered_file(edit: FileEdit) -> str:
    """One file's envelope, in a tag that takes its content literally."""
    target = f' to="{edit.renamed_to}"' if edit.renamed_to else ""
    content = edit.content or "".join(rendered_block(block) for block in edit.blocks)
    return f'<file-q path="{edit.path}" action="{edit.kind}"{target}>\n{content}</file-q>'


def rendered_block(block: SearchReplace, length: int = 11) -> str:
    """One block, with markers longer than any that the tests' texts hold."""
    return f"{'<' * length} SEARCH\n{block.search}{'=' * length}\n{block.replace}{'>' * length} REPLACE\n"


def edit_answer(path: str, *blocks: SearchReplace, action: ChangeKind = ChangeKind.EDIT) -> str:
    """An answer with the blocks of one file, in the plain form of the format's description."""
    content = "".join(rendered_block(block, 7) for block in blocks)
    return f'<title>Mend it</title>\n<file path="{path}" action="{action}">\n{content}</file>\n'


def text_of(lines: Sequence[str]) -> str:
    """Lines as a text in which each ends with a line feed."""
    return "".join(f"{line}\n" for line in lines)
