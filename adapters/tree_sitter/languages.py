"""Which grammar reads which file."""

from __future__ import annotations

from typing import NamedTuple


class Grammar(NamedTuple):
    """A grammar's wheel, and the function in it that gives the language."""

    module: str
    function: str = "language"


C = Grammar("tree_sitter_c")
C_SHARP = Grammar("tree_sitter_c_sharp")
CPP = Grammar("tree_sitter_cpp")
GO = Grammar("tree_sitter_go")
JAVA = Grammar("tree_sitter_java")
JAVASCRIPT = Grammar("tree_sitter_javascript")
PHP = Grammar("tree_sitter_php", "language_php")
PYTHON = Grammar("tree_sitter_python")
RUBY = Grammar("tree_sitter_ruby")
RUST = Grammar("tree_sitter_rust")
TSX = Grammar("tree_sitter_typescript", "language_tsx")
TYPESCRIPT = Grammar("tree_sitter_typescript", "language_typescript")

_BY_SUFFIX: dict[str, tuple[Grammar, ...]] = {
    "c": (C,),
    "cc": (CPP,),
    "cjs": (JAVASCRIPT,),
    "cpp": (CPP,),
    "cs": (C_SHARP,),
    "cts": (TYPESCRIPT,),
    "cxx": (CPP,),
    "go": (GO,),
    "h": (C, CPP),  # the name does not tell which of the two it is
    "hh": (CPP,),
    "hpp": (CPP,),
    "hxx": (CPP,),
    "java": (JAVA,),
    "js": (JAVASCRIPT,),
    "jsx": (JAVASCRIPT,),
    "mjs": (JAVASCRIPT,),
    "mts": (TYPESCRIPT,),
    "php": (PHP,),
    "py": (PYTHON,),
    "pyi": (PYTHON,),
    "pyw": (PYTHON,),
    "rake": (RUBY,),
    "rb": (RUBY,),
    "rs": (RUST,),
    "ts": (TYPESCRIPT,),
    "tsx": (TSX,),
}
_BY_NAME: dict[str, tuple[Grammar, ...]] = {"gemfile": (RUBY,), "rakefile": (RUBY,)}
_FLOW = b"@flow"
_HEAD = 1_000


def suffix_of(path: str) -> str:
    """What follows the last dot of the file's name, in lower case: of `page.html.erb` it is `erb`."""
    name = path.rsplit("/", 1)[-1].lower()
    return name.rsplit(".", 1)[1] if "." in name[1:] else ""


def grammars_for(path: str, content: bytes) -> tuple[Grammar, ...]:
    """The grammars that may read a file; several where the name leaves it open, none for an unknown language."""
    name = path.rsplit("/", 1)[-1].lower()
    found = _BY_NAME.get(name) or _BY_SUFFIX.get(suffix_of(path), ())
    if found == (JAVASCRIPT,) and _FLOW in content[:_HEAD]:
        return (JAVASCRIPT, TSX)  # Flow's type annotations are mostly TypeScript's
    return found
