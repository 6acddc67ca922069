from __future__ import annotations

import pytest

from adapters.code_search.file_kinds import FileKind, kind_of

TESTS = """
tests/test_cart.py shop/tests.py shop/cart_test.go src/test/java/com/acme/CartTest.java src/CartIT.java
src/test/TestCart.java app/src/androidTest/kotlin/Cart.kt test/cart_test.rb spec/models/cart_spec.rb
src/cart.test.ts src/__tests__/cart.tsx cypress/cart.cy.js src/UnitTests/Cart.cs src/Acme.Shop.Tests/Cart.cs
src/Acme.IntegrationTests/Cart.cs tests/CartTest.php crates/shop/tests/cart.rs src/cart/tests.rs benches/cart.rs
test/cart-test.cc unittest/cart.cpp src/AcmeSamples/Cart.cs examples/cart.py conftest.py
"""
CODE = """
shop/cart.py django/test/client.py src/latest/cart.go src/contest/Cart.java src/Testament.java lib/attest.rb
src/cart.rs src/cart.cc web/cart.tsx src/Cart.cs src/Cart.php lib/protest.js
"""


@pytest.mark.parametrize("path", TESTS.split())
def test_knows_tests_by_the_conventions_of_many_languages(path: str) -> None:
    assert kind_of(path) is FileKind.TEST


@pytest.mark.parametrize("path", CODE.split())
def test_takes_no_code_for_a_test(path: str) -> None:
    assert kind_of(path) is FileKind.CODE


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("shop.csproj", FileKind.CONFIGURATION),
        ("build/Shop.targets", FileKind.CONFIGURATION),
        ("setup.cfg", FileKind.CONFIGURATION),
        ("docs/conf.py", FileKind.DOCUMENTATION),
        ("CHANGES", FileKind.DOCUMENTATION),
        ("locale/de.po", FileKind.TRANSLATION),
        ("vendor/cart/cart.go", FileKind.FOREIGN),
        ("Cargo.lock", FileKind.FOREIGN),
    ],
)
def test_knows_what_is_no_code(path: str, kind: FileKind) -> None:
    assert kind_of(path) is kind
