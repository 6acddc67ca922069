"""JSON and TOML, which the standard library reads."""

from __future__ import annotations

import json
import re
import tomllib
from typing import TYPE_CHECKING

from application.ports.syntax_checker import SyntaxProblem

if TYPE_CHECKING:
    from collections.abc import Sequence

_LINE = re.compile(r"at line (\d+)")


def json_problems(content: bytes) -> Sequence[SyntaxProblem]:
    """The first thing that is no JSON."""
    try:
        json.loads(content, parse_int=str, parse_float=str)
    except json.JSONDecodeError as error:
        return (_problem(content, error.lineno, error.msg),)
    except UnicodeDecodeError:
        return (_problem(content, 1, "not UTF-8"),)
    except RecursionError:
        return ()  # nested too deeply to be judged
    return ()


def toml_problems(content: bytes) -> Sequence[SyntaxProblem]:
    """The first thing that is no TOML."""
    try:
        tomllib.loads(content.decode())
    except tomllib.TOMLDecodeError as error:
        found = _LINE.search(str(error))
        line = int(found[1]) if found else content.count(b"\n") + 1
        return (_problem(content, line, str(error).partition(" (at ")[0]),)
    except UnicodeDecodeError:
        return (_problem(content, 1, "not UTF-8"),)
    except (RecursionError, ValueError):
        return ()  # nested too deeply, or a number longer than Python converts: neither is a question of syntax
    return ()


def _problem(content: bytes, line: int, what: str) -> SyntaxProblem:
    lines = content.split(b"\n")
    text = lines[line - 1] if line <= len(lines) else b""
    return SyntaxProblem(line, text.decode("utf-8", "replace").rstrip("\r"), what[:1].lower() + what[1:])
