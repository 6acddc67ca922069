from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from adapters.code_search.blob_cache import FILE_NAME, BlobCache
from adapters.code_search.cached_structure import CachedStructure
from adapters.code_search.names import Terms
from adapters.code_search.scan import Scanner
from adapters.code_search.search import LocalCodeSearch
from tests.fakes.code_structure import FakeStructure
from tests.fakes.workspace import FakeWorkspace, fake_repository, fake_workspace

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

AMPLE = 50_000_000
ISSUE = "The discount of a basket"
FILES = {"shop/cart.py": b"def discount(basket):\n    return 1\n", "shop/tax.py": b"RATE = 19\n", "logo.bin": b"\0\1"}


@pytest.fixture
def cache(tmp_path: Path) -> BlobCache:
    return BlobCache(tmp_path / "cache", AMPLE)


def damage(folder: Path, statement: str) -> None:
    with sqlite3.connect(folder / FILE_NAME) as connection:
        connection.execute(statement)
    connection.close()


def test_gives_back_what_was_written_by_its_kind(cache: BlobCache) -> None:
    cache.write("words", {"a": b"1", "b": b"2"})
    cache.write("outline", {"a": b"3"})
    assert cache.read("words", ["a", "b", "c"]) == {"a": b"1", "b": b"2"}
    assert cache.read("outline", ["a", "b"]) == {"a": b"3"}


def test_more_keys_than_one_question_may_hold(cache: BlobCache) -> None:
    records = {f"{number}": b"%d" % number for number in range(1_200)}
    cache.write("words", records)
    assert cache.read("words", records) == records


def test_several_workers_share_a_folder(tmp_path: Path) -> None:
    def work(number: int) -> int:
        cache = BlobCache(tmp_path, AMPLE)
        for place in range(20):
            cache.write("words", {f"{number}-{place}": b"x" * 1_000})
        return len(cache.read("words", [f"{number}-{place}" for place in range(20)]))

    with ThreadPoolExecutor(4) as workers:
        assert list(workers.map(work, range(4))) == [20] * 4


def test_grows_to_its_bound_and_keeps_what_was_used_last(tmp_path: Path) -> None:
    cache = BlobCache(tmp_path, 400_000)
    cache.write("words", {"old": b"x" * 1_000})
    damage(tmp_path, "UPDATE records SET used_day = 1")
    for number in range(100):
        cache.write("words", {f"{number}": b"x" * 10_000})
    assert (tmp_path / FILE_NAME).stat().st_size < 2 * 400_000
    assert cache.read("words", ["old"]) == {}
    assert cache.read("words", [f"{number}" for number in range(100)])


def test_use_makes_a_record_young_again(tmp_path: Path) -> None:
    cache = BlobCache(tmp_path, AMPLE)
    cache.write("words", {"used": b"1", "unused": b"1"})
    damage(tmp_path, "UPDATE records SET used_day = 1")
    cache.read("words", ["used"])
    with sqlite3.connect(tmp_path / FILE_NAME) as connection:
        days = dict(connection.execute("SELECT key, used_day FROM records"))
    connection.close()
    assert days["unused"] == 1
    assert days["used"] > 1


@pytest.mark.parametrize(
    "statement",
    ["UPDATE records SET data = x'00'", "UPDATE records SET data = 'text'", "UPDATE records SET data = data || x'01'"],
)
def test_a_damaged_record_counts_as_none(tmp_path: Path, statement: str) -> None:
    cache = BlobCache(tmp_path, AMPLE)
    cache.write("words", {"a": b"1"})
    damage(tmp_path, statement)
    assert cache.read("words", ["a"]) == {}


def test_a_damaged_file_is_begun_anew(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"this is no database" * 1_000)
    cache = BlobCache(tmp_path, AMPLE)
    assert cache.read("words", ["a"]) == {}
    cache.write("words", {"a": b"1"})
    assert cache.read("words", ["a"]) == {"a": b"1"}


def test_a_folder_that_cannot_be_used_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    cache = BlobCache(tmp_path / "file" / "cache", AMPLE)
    cache.write("words", {"a": b"1"})
    assert cache.read("words", ["a"]) == {}


async def test_a_second_search_reads_only_what_changed(cache: BlobCache) -> None:
    await LocalCodeSearch(FakeStructure(), cache=cache).rank(fake_workspace(FILES), ISSUE)
    repository = fake_repository(FILES | {"shop/tax.py": b"RATE = 7\n"})
    workspace = _Recording(repository, repository.branches["main"], "main")
    await Scanner(Terms({"discount"}), cache, 1_000_000).documents(workspace)
    assert workspace.was_read == {"shop/tax.py"}


async def test_the_answer_is_the_same_with_and_without_a_cache(cache: BlobCache) -> None:
    plain = await LocalCodeSearch(FakeStructure()).rank(fake_workspace(FILES), ISSUE)
    search = LocalCodeSearch(CachedStructure(FakeStructure(), cache), cache=cache)
    assert await search.rank(fake_workspace(FILES), ISSUE) == plain
    assert await search.rank(fake_workspace(FILES), ISSUE) == plain


async def test_an_outline_is_read_once(cache: BlobCache) -> None:
    structure = FakeStructure()
    first = await CachedStructure(structure, cache).outlines({"a.py": b"def f():\n    1\n", "b.txt": b"def f"})
    again = await CachedStructure(structure, cache).outlines({"copy/a.py": b"def f():\n    1\n", "a.js": b"def f():\n"})
    assert again["copy/a.py"] == first["a.py"]
    assert structure.asked == ["a.py", "b.txt", "a.js"]


async def test_records_that_mean_nothing_are_made_again(tmp_path: Path, cache: BlobCache) -> None:
    plain = await LocalCodeSearch(FakeStructure()).rank(fake_workspace(FILES), ISSUE)
    search = LocalCodeSearch(CachedStructure(FakeStructure(), cache), cache=cache)
    await search.rank(fake_workspace(FILES), ISSUE)
    damage(tmp_path / "cache", "UPDATE records SET data = x'd202ef8d00'")  # sound, but no record
    assert await search.rank(fake_workspace(FILES), ISSUE) == plain


class _Recording(FakeWorkspace):
    """Remembers which paths were read."""

    was_read: frozenset[str] = frozenset()

    async def read(self, paths: Iterable[str]) -> Mapping[str, bytes]:
        found = await super().read(paths := list(paths))
        self.was_read = self.was_read | frozenset(paths)
        return found
