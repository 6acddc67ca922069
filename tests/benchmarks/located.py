"""What the search made of each real issue, measured once and kept: the matter of `bench_locate` and `learn_weights`."""

from __future__ import annotations

import asyncio
import time
from contextlib import aclosing
from typing import TYPE_CHECKING, TypeVar

import msgspec

from adapters.code_search.blob_cache import BlobCache
from adapters.code_search.cached_structure import CachedStructure
from adapters.code_search.search import LocalCodeSearch
from adapters.tree_sitter.processes import ParsingProcesses
from adapters.tree_sitter.structure import TreeSitterStructure
from tests.benchmarks.bm25s_peer import Bm25sPeer
from tests.benchmarks.localization import RevisionOnDisk, cases_in
from tests.benchmarks.shown_lines import ROOMS, shown_by_context, shown_plainly

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from tests.benchmarks.localization import Case

Record = TypeVar("Record")

_KEPT_RANKS = 50
_DECIMALS = 6
_MAX_CACHE_BYTES = 4_000_000_000


class Located(msgspec.Struct, frozen=True):
    """One issue: the right files, our order and the peer's, the seconds, and what of the fix was shown.

    `shown` and `plain` are shares of the fix's lines by room in tokens. `paths`, `kinds` and `signals` are of the
    candidates.
    """

    instance_id: str
    repo: str
    gold: list[str]
    ranking: list[str]
    peer: list[str]
    seconds: float
    shown: dict[int, float]
    plain: dict[int, float]
    paths: list[str]
    kinds: list[str]
    signals: dict[str, list[float]]


class _Peers(msgspec.Struct, frozen=True):
    """What the peer made of an issue: it does not change with the search, and so is kept in a file of its own."""

    instance_id: str
    peer: list[str]


def located(cases: Path, repos: Path, kept: Path) -> list[Located]:
    """All cases whose repository is there. What lies in the folder `kept` is not measured again.

    To measure a changed search, remove `search.jsonl` there; the cache beside it, which is by content, may stay.
    """
    kept.mkdir(parents=True, exist_ok=True)
    peers = {one.instance_id: one.peer for one in _read(kept / "bm25s.jsonl", _Peers)}
    found = {one.instance_id: one for one in _read(kept / "search.jsonl", Located)}
    wanted = list(cases_in(cases, repos))
    missing = [(case, folder) for case, folder in wanted if case.instance_id not in found]
    found |= {one.instance_id: one for one in asyncio.run(_measured(missing, peers, kept))}
    return [found[case.instance_id] for case, _ in wanted]


async def _measured(missing: Sequence[tuple[Case, Path]], peers: Mapping[str, list[str]], kept: Path) -> list[Located]:
    measured = []
    by_bm25s: dict[Path, Bm25sPeer] = {}
    cache = BlobCache(kept, _MAX_CACHE_BYTES)
    async with aclosing(ParsingProcesses(size=1)) as processes:
        search = LocalCodeSearch(CachedStructure(TreeSitterStructure(processes), cache), cache=cache)
        for case, folder in missing:
            workspace = RevisionOnDisk(folder, case.base_commit)
            peer = peers.get(case.instance_id)
            if peer is None:
                peer = (await _peer_of(folder, by_bm25s).ranking(workspace, case.issue))[:_KEPT_RANKS]
                _append(kept / "bm25s.jsonl", _Peers(case.instance_id, peer))
            one = await _located(case, workspace, search, peer)
            _append(kept / "search.jsonl", one)
            measured.append(one)
    return measured


def _peer_of(folder: Path, made: dict[Path, Bm25sPeer]) -> Bm25sPeer:
    """The repository's own; that of another, which has all of its words in memory, is let go."""
    if folder not in made:
        made.clear()
        made[folder] = Bm25sPeer()
    return made[folder]


async def _located(case: Case, workspace: RevisionOnDisk, search: LocalCodeSearch, peer: list[str]) -> Located:
    began = time.perf_counter()
    ranking = await search.ranking(workspace, case.issue)
    files = ranking.files()
    seconds = time.perf_counter() - began
    return Located(
        instance_id=case.instance_id,
        repo=case.repo,
        gold=case.gold,
        ranking=[file.path for file in files[:_KEPT_RANKS]],
        peer=peer,
        seconds=round(seconds, 3),
        shown={room: await shown_by_context(case, workspace, files, room) for room in ROOMS},
        plain={room: await shown_plainly(case, workspace, files, room) for room in ROOMS},
        paths=[candidate.path for candidate in ranking.candidates],
        kinds=[candidate.document.kind.value for candidate in ranking.candidates],
        signals={name: [round(value, _DECIMALS) for value in values] for name, values in ranking.signals.items()},
    )


def _read(file: Path, kind: type[Record]) -> list[Record]:
    lines = file.read_bytes().splitlines() if file.exists() else []
    return [msgspec.json.decode(line, type=kind) for line in lines]


def _append(file: Path, record: msgspec.Struct) -> None:
    with file.open("ab") as opened:
        opened.write(msgspec.json.encode(record) + b"\n")
