"""What tests of the manifests share. They carry one mark, so that a parallel run renders everything once."""

from __future__ import annotations

import pytest

from tests.support.kubernetes.rendering import COMBINATIONS


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of this folder together."""
    for item in items:
        if "unit/kubernetes/" in item.nodeid:
            item.add_marker(pytest.mark.xdist_group("manifests"))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that names a `combination` is run with each."""
    if "combination" in metafunc.fixturenames:
        metafunc.parametrize("combination", COMBINATIONS, ids=str)
