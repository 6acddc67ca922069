"""What tests of the manifests share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.kubernetes.rendering import COMBINATIONS

if TYPE_CHECKING:
    import pytest


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that names a `combination` is run with each."""
    if "combination" in metafunc.fixturenames:
        metafunc.parametrize("combination", COMBINATIONS, ids=str)
