"""Streams that were recorded from real model servers."""

from __future__ import annotations

from pathlib import Path

_FOLDER = Path(__file__).parent.parent / "data" / "model-wire"


def recording(name: str) -> bytes:
    return (_FOLDER / name).read_bytes()


def cut_into(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]
