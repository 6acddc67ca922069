"""The parsing process: files in, answers out, until its standard input ends.

    python -P -m adapters.tree_sitter.child MEMORY_BYTES CPU_SECONDS

It is started with an empty environment, confines itself, and says that it is ready; then each request is answered in
turn. A parser that dies takes this process with it, and nothing else.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import msgspec

from adapters.tree_sitter.confinement import from_arguments
from adapters.tree_sitter.frames import Answer, framed, read_request
from adapters.tree_sitter.outline import outline
from adapters.tree_sitter.syntax import syntax_problems

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from adapters.tree_sitter.frames import Request

FUNCTIONS: Mapping[str, Callable[[str, bytes], object]] = {"syntax_problems": syntax_problems, "outline": outline}
"""What can be asked for: each gets a file's path and content, and returns what MessagePack can carry."""

_NOTHING = msgspec.Raw(msgspec.msgpack.encode(None))


def serve(functions: Mapping[str, Callable[[str, bytes], object]]) -> None:
    """Confine this process and answer requests until there are no more."""
    from_arguments(sys.argv[1:]).impose()
    # Whatever a parser may print must not get between the frames.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb", buffering=0)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    answers.write(framed(Answer(_NOTHING)))
    while request := read_request(sys.stdin.buffer):
        answers.write(framed(_answer(functions, request)))


def _answer(functions: Mapping[str, Callable[[str, bytes], object]], request: Request) -> Answer:
    path = request.path.decode("utf-8", "surrogatepass")
    try:
        return Answer(msgspec.Raw(msgspec.msgpack.encode(functions[request.function](path, request.content))))
    except Exception as error:  # noqa: BLE001 - what fails on one file must not cost the others theirs
        return Answer(_NOTHING, type(error).__name__)


if __name__ == "__main__":
    serve(FUNCTIONS)
