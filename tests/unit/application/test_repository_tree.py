from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from application.ports.vcs import EntryKind, TreeEntry
from application.repository_tree import folded_tree
from application.token_estimate import estimate_tokens

AMPLE = 10_000
NAMES = st.text(st.characters(blacklist_characters="/\0"), min_size=1, max_size=12)
PATHS = st.lists(NAMES, min_size=1, max_size=4).map("/".join)


def entries(*paths: str, kind: EntryKind = EntryKind.FILE) -> list[TreeEntry]:
    return [TreeEntry(path, kind, 1, "0" * 40) for path in sorted(paths)]


def test_shows_every_file_where_there_is_room() -> None:
    tree = folded_tree(entries("README.md", "shop/cart.py", "shop/web/page.py"), [], AMPLE)
    assert tree.text == "README.md\nshop/\n  cart.py\n  web/\n    page.py\n"
    assert tree.folded == 0


def test_folds_a_folder_that_does_not_fit_and_counts_its_files() -> None:
    many = entries("a.py", *(f"locale/{n}/messages_of_the_shop.po" for n in range(500)))
    tree = folded_tree(many, [], 40)
    assert tree.text == "a.py\nlocale/ (500 files)\n"
    assert tree.folded == 501


def test_opens_the_folders_of_the_best_files_first() -> None:
    wide = entries("z/deep/down/cart.py", *(f"a{n}/x/file_{n}.py" for n in range(30)))
    tree = folded_tree(wide, ["z/deep/down/cart.py"], 350)
    assert "z/\n  deep/\n    down/\n      cart.py\n" in tree.text
    assert "a7/ (1 file)\n" in tree.text


def test_says_what_is_a_link_and_what_a_submodule() -> None:
    both = entries("latest", kind=EntryKind.SYMLINK) + entries("lib", kind=EntryKind.SUBMODULE)
    assert folded_tree(both, [], AMPLE).text == "latest (symbolic link)\nlib (submodule)\n"


def test_a_name_cannot_pretend_to_be_two_entries() -> None:
    assert folded_tree(entries("a\nb\u202e.py"), [], AMPLE).text == "a\\nb\\u202e.py\n"


def test_an_empty_repository_has_an_empty_tree() -> None:
    assert folded_tree([], [], AMPLE).text == ""


def test_bears_folders_nested_beyond_any_sense() -> None:
    assert folded_tree(entries("/".join(["a"] * 1_500)), [], AMPLE).folded > 0


@settings(deadline=None)
@given(st.sets(PATHS, max_size=30), st.integers(0, 200))
def test_never_exceeds_its_budget(paths: set[str], budget: int) -> None:
    tree = folded_tree(entries(*paths), sorted(paths)[:3], budget)
    assert estimate_tokens(tree.text) <= budget
