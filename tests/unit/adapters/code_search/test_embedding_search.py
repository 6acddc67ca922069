from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.code_search.blob_cache import BlobCache
from adapters.code_search.embedding_search import MAX_FILES, EmbeddingCodeSearch
from application.ports.code_search import CodeSearch, RankedFile
from domain.errors import ModelUnavailable
from tests.fakes.embedder import FakeEmbedder
from tests.fakes.workspace import fake_workspace

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from application.ports.vcs import Workspace

ISSUE = "The basket loses a cent"
FILES = {"a.py": b"street", "b.py": b"basket and cent", "c.py": b"basket"}


class InOrder(CodeSearch):
    """Ranks by path, each file a little less than the one before."""

    async def rank(self, workspace: Workspace, issue_text: str) -> Sequence[RankedFile]:
        del issue_text
        return [RankedFile(entry.path, -place / 10) for place, entry in enumerate(await workspace.entries())]


async def paths(embedder: FakeEmbedder, files: dict[str, bytes], cache: BlobCache | None = None) -> list[str]:
    search = EmbeddingCodeSearch(InOrder(), embedder, cache)
    return [file.path for file in await search.rank(fake_workspace(files), ISSUE)]


async def test_what_is_nearest_in_meaning_moves_up() -> None:
    assert await paths(FakeEmbedder("basket", "cent"), FILES) == ["b.py", "c.py", "a.py"]


async def test_a_server_that_fails_leaves_the_ranking_as_it_was() -> None:
    assert await paths(FakeEmbedder(failure=ModelUnavailable("gone")), FILES) == ["a.py", "b.py", "c.py"]


async def test_vectors_of_nothing_leave_the_ranking_as_it_was() -> None:
    assert await paths(FakeEmbedder("zebra"), FILES) == ["a.py", "b.py", "c.py"]


async def test_only_the_best_files_are_embedded() -> None:
    embedder = FakeEmbedder("basket")
    assert len(await paths(embedder, {f"m{n:03}.py": b"basket" for n in range(MAX_FILES + 5)})) == MAX_FILES + 5
    assert len(embedder.asked) == MAX_FILES + 1


async def test_each_text_is_embedded_once(tmp_path: Path) -> None:
    cache = BlobCache(tmp_path, 1_000_000)
    first = await paths(FakeEmbedder("basket", "cent"), FILES, cache)
    again = FakeEmbedder("basket", "cent")
    assert await paths(again, FILES | {"d.py": b"new"}, cache) == [*first, "d.py"]
    assert [text[:4] for text in again.asked] == ["d.py"]


async def test_a_repository_without_files_is_no_question() -> None:
    assert await paths(FakeEmbedder("basket"), {}) == []
