"""Spans of time on the command line."""

from __future__ import annotations

import click
import pytest

from entrypoints.cli.duration import Duration


@pytest.mark.parametrize(
    ("text", "seconds"), [("30s", 30), ("2m", 120), ("1.5h", 5_400), ("7d", 604_800), ("45", 45), (" 5 m ", 300)]
)
def test_reads_a_span(text: str, seconds: float) -> None:
    assert Duration().convert(text, None, None) == seconds


@pytest.mark.parametrize("text", ["", "s", "0", "0.5s", "-3s", "soon", "3 weeks", "1e3", "nan"])
def test_refuses_what_is_none_and_shows_one(text: str) -> None:
    with pytest.raises(click.BadParameter, match="one reads 30s"):
        Duration().convert(text, None, None)
