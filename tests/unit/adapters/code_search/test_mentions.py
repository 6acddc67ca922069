from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.code_search.mentions import PathIndex, find_mentions

REPOSITORY = ["setup.py", "shop/__init__.py", "shop/cart.py", "web/cart.py", "web/index.js", "src/com/acme/Cart.java"]


@pytest.mark.parametrize(
    ("mention", "paths"),
    [
        ("shop/cart.py", ("shop/cart.py",)),
        ("/usr/lib/python3/site-packages/shop/cart.py", ("shop/cart.py",)),
        ("C:\\work\\shop\\cart.py", ("shop/cart.py",)),
        ("SHOP/Cart.py", ("shop/cart.py",)),
        ("cart.py", ("shop/cart.py", "web/cart.py")),
        ("/srv/app/setup.py", ("setup.py",)),
        ("/usr/lib/python3/other/cart.py", ()),
        ("nothing.py", ()),
        ("./", ()),
    ],
)
def test_a_mention_is_located_by_how_its_path_ends(mention: str, paths: tuple[str, ...]) -> None:
    assert PathIndex(REPOSITORY).locate(mention) == paths


def test_a_name_that_many_files_bear_is_no_mention() -> None:
    assert PathIndex(f"p{n}/__init__.py" for n in range(9)).locate("__init__.py") == ()


@pytest.mark.parametrize(
    ("module", "paths"),
    [
        ("shop.cart", ("shop/cart.py",)),
        ("shop.cart.Cart.total", ("shop/cart.py",)),
        ("com.acme.Cart", ("src/com/acme/Cart.java",)),
        ("shop::cart", ("shop/cart.py",)),
        ("self.cart", ()),
    ],
)
def test_a_module_is_located_by_its_longest_prefix(module: str, paths: tuple[str, ...]) -> None:
    assert PathIndex(REPOSITORY).locate_module(module) == paths


def test_a_package_is_located_by_its_own_file() -> None:
    assert PathIndex(["lib/shop/web/__init__.py", "web.py"]).locate_module("shop.web") == ("lib/shop/web/__init__.py",)


@settings(deadline=None)
@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    mentions = find_mentions(text)
    index = PathIndex(REPOSITORY)
    for name in (*mentions.frames, *mentions.paths, *mentions.modules):
        assert {*index.locate(name), *index.locate_module(name)} <= set(REPOSITORY)
