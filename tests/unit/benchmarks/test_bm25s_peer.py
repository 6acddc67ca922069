from __future__ import annotations

from tests.benchmarks.bm25s_peer import Bm25sPeer
from tests.fakes.workspace import fake_workspace

FILES = {"a.py": b"basket discount", "b.py": b"parcel label label", "c.bin": b"basket\0discount"}


async def test_ranks_all_text_files_by_their_words() -> None:
    ranking = await Bm25sPeer().ranking(fake_workspace(FILES), "the label of a parcel")
    assert ranking == ["b.py", "a.py"]


async def test_what_it_knows_of_other_revisions_changes_no_ranking() -> None:
    peer = Bm25sPeer()
    await peer.ranking(fake_workspace({**FILES, "d.py": b"voucher refund discount discount"}), "x")
    again = fake_workspace({"z.py": b"basket discount", "y.py": b"discount", "b.py": b"parcel label label"})
    assert await peer.ranking(again, "basket discount") == await Bm25sPeer().ranking(again, "basket discount")
