"""The corpus as a whole."""

from __future__ import annotations

from tests.support.hostile import FOLDER, document, number_of_cases


def test_there_are_more_than_two_hundred_cases() -> None:
    assert number_of_cases() > 200


def test_every_file_of_cases_is_described() -> None:
    described = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert all(f"`{path.name}`" in described for path in FOLDER.glob("*.toml"))


def test_no_two_cases_of_a_file_have_one_name() -> None:
    for path in FOLDER.glob("*.toml"):
        names = [case["name"] for entries in document(path.stem).values() for case in entries if isinstance(case, dict)]
        assert len(names) == len(set(names)), path.name
