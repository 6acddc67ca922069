"""Links between the documents lead somewhere, and the blocks of data in them can be read."""

from __future__ import annotations

import json
import re
import tomllib
from typing import TYPE_CHECKING

import pytest
import yaml

from tests.support.documents import Document, documents
from tests.support.project_files import PROJECT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PAGES = documents()
EACH_PAGE = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path.relative_to(PROJECT).as_posix())
READERS: dict[str, Callable[[str], object]] = {
    "json": json.loads,
    "toml": tomllib.loads,
    "yaml": lambda text: list(yaml.safe_load_all(text)),
}
ABSOLUTE = re.compile(r"[a-z]+:")


def leads_nowhere(page: Document, link: str) -> bool:
    if ABSOLUTE.match(link):
        return False
    name, _, anchor = link.partition("#")
    target = (page.path.parent / name).resolve() if name else page.path
    if not target.exists():
        return True
    return bool(anchor) and anchor not in Document(target, target.read_text(encoding="utf-8")).anchors


@EACH_PAGE
def test_links_lead_to_files_and_headings_that_there_are(page: Document) -> None:
    assert [link for link in page.links if leads_nowhere(page, link)] == []


@EACH_PAGE
def test_blocks_of_data_can_be_read(page: Document) -> None:
    for fence in page.fences:
        READERS.get(fence.language, str)(fence.text)


def linked_from(page: Document) -> set[Path]:
    """The pages that it links to, by themselves or by their folder."""
    targets = {(page.path.parent / link.partition("#")[0]).resolve() for link in page.links if not ABSOLUTE.match(link)}
    return {other.path for other in PAGES if other.path in targets or other.path.parent in targets}


def test_every_page_can_be_reached_from_the_readme() -> None:
    by_path = {page.path: page for page in PAGES if page.path.parent in {PROJECT, *(PROJECT / "docs").rglob("")}}
    reached: set[Path] = set()
    new = {PROJECT / "README.md"}
    while new:
        reached |= new
        new = {target for path in new for target in linked_from(by_path[path]) if target in by_path} - reached
    assert by_path.keys() - reached == set()


@pytest.mark.parametrize("link", ["gone.md", "page.md#no-such-heading", "#no-such-heading", "page.md#a-heading-2"])
def test_a_link_that_leads_nowhere_is_found(link: str, tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    path.write_text("# Page\n\n## A heading\n\n## A heading\n", encoding="utf-8")
    page = Document(path, f"{path.read_text(encoding='utf-8')}\n[there]({link})")
    assert [leads_nowhere(page, each) for each in page.links] == [True]
    assert not any(leads_nowhere(page, each) for each in ("page.md", "page.md#a-heading-1", "#page"))
