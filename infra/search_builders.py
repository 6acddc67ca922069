"""How the search for files is made from the settings; see `infra.builders`."""
# ruff: noqa: PLC0415

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contextlib import AsyncExitStack

    from adapters.code_search.blob_cache import BlobCache
    from application.ports.code_search import CodeSearch
    from application.ports.code_structure import CodeStructure
    from application.ports.vcs import Vcs
    from application.use_cases.locate import Locate
    from infra.network import Network
    from infra.settings import Settings


def local_search(settings: Settings, structure: CodeStructure) -> CodeSearch:
    """Words, names and structure; with a cache where a folder for it is set."""
    from adapters.code_search.cached_structure import CachedStructure
    from adapters.code_search.search import LocalCodeSearch

    cache = blob_cache(settings)
    return LocalCodeSearch(CachedStructure(structure, cache) if cache else structure, cache=cache)


def embedding_search(
    settings: Settings, structure: CodeStructure, network: Network, stack: AsyncExitStack
) -> CodeSearch:
    """The same, and what a model of embeddings makes of the best files."""
    from adapters.code_search.embedding_search import EmbeddingCodeSearch
    from adapters.ollama.embedder import OllamaEmbedder

    embedder = OllamaEmbedder(
        settings.ollama_url, settings.embedding_model, route=network.route_to(settings.ollama_url)
    )
    stack.push_async_callback(embedder.close)
    return EmbeddingCodeSearch(local_search(settings, structure), embedder, blob_cache(settings))


def blob_cache(settings: Settings) -> BlobCache | None:
    """What is known of blobs, where a folder for it is set."""
    from adapters.code_search.blob_cache import BlobCache

    folder = settings.search_cache_path
    return BlobCache(folder, settings.search_cache_max_megabytes * 1_000_000) if folder else None


def locate(vcs: Vcs, search: CodeSearch) -> Locate:
    """From a request to a list of files."""
    from application.use_cases.locate import Locate

    return Locate(vcs, search)
