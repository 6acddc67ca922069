"""Outlines, each read only once."""

from __future__ import annotations

import asyncio
import hashlib
import posixpath
from typing import TYPE_CHECKING

import msgspec

from application.ports.code_structure import CodeStructure, Outline

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.code_search.blob_cache import BlobCache

RECORD_KIND = "outline 1"
"""To be counted up when outlines change: another grammar, another query."""

_DECODER = msgspec.msgpack.Decoder(Outline)


class CachedStructure(CodeStructure):
    """Asks `structure` for what the cache does not have; one that had none is asked for again."""

    def __init__(self, structure: CodeStructure, cache: BlobCache) -> None:
        self._structure = structure
        self._cache = cache

    async def outlines(self, files: Mapping[str, bytes]) -> Mapping[str, Outline]:
        """The outline of each file that has one."""
        keys = {path: _key(path, content) for path, content in files.items()}
        records = await asyncio.to_thread(self._cache.read, RECORD_KIND, set(keys.values()))
        known = {path: outline for path, key in keys.items() if (outline := _decoded(records.get(key))) is not None}
        missing = {path: content for path, content in files.items() if path not in known}
        found = await self._structure.outlines(missing) if missing else {}
        if found:
            new = {keys[path]: msgspec.msgpack.encode(outline) for path, outline in found.items()}
            await asyncio.to_thread(self._cache.write, RECORD_KIND, new)
        return {**known, **found}


def _key(path: str, content: bytes) -> str:
    """What the outline depends on: the content, and the extension that tells the language."""
    name = posixpath.basename(path)
    extension = posixpath.splitext(name)[1] or name
    return f"{hashlib.sha256(content).hexdigest()}{extension.lower()}"


def _decoded(data: bytes | None) -> Outline | None:
    """What was remembered, if anything was and it can be read."""
    try:
        return _DECODER.decode(data) if data is not None else None
    except msgspec.MsgspecError:
        return None
