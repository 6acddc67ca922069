"""How the search for files is made from the settings; see `infra.builders`."""
# ruff: noqa: PLC0415

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from application.ports.code_search import CodeSearch
    from application.ports.code_structure import CodeStructure
    from application.ports.vcs import Vcs
    from application.use_cases.locate import Locate
    from infra.settings import Settings


def local_search(settings: Settings, structure: CodeStructure) -> CodeSearch:
    """Words, names and structure; with a cache where a folder for it is set."""
    from adapters.code_search.blob_cache import BlobCache
    from adapters.code_search.cached_structure import CachedStructure
    from adapters.code_search.search import LocalCodeSearch

    if settings.search_cache_path is None:
        return LocalCodeSearch(structure)
    cache = BlobCache(settings.search_cache_path, settings.search_cache_max_megabytes * 1_000_000)
    return LocalCodeSearch(CachedStructure(structure, cache), cache=cache)


def locate(vcs: Vcs, search: CodeSearch) -> Locate:
    """From a request to a list of files."""
    from application.use_cases.locate import Locate

    return Locate(vcs, search)
