from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.file_content import is_binary, is_editable_text, is_lfs_pointer

POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"4d" * 32 + b"\nsize 12345\n"


@given(st.text().filter(lambda text: "\x00" not in text))
def test_text_in_utf8_is_not_binary(text: str) -> None:
    assert not is_binary(text.encode())


@pytest.mark.parametrize("content", [b"\x00", b"text\x00text", b"caf\xe9", b"\xff\xfea\x00", b"\x89PNG\r\n\x1a\n"])
def test_bytes_that_are_no_text_are_binary(content: bytes) -> None:
    assert is_binary(content)
    assert not is_editable_text(content)


def test_an_empty_file_is_editable_text() -> None:
    assert is_editable_text(b"")


@pytest.mark.parametrize(
    "pointer",
    [
        POINTER,
        POINTER.replace(b"\n", b"\r\n"),
        POINTER.replace(b"git-lfs.github.com", b"hawser.github.com"),
        POINTER.replace(b"\noid", b"\next-0-foo sha256:" + b"ab" * 32 + b"\noid"),
    ],
)
def test_recognises_an_lfs_pointer(pointer: bytes) -> None:
    assert is_lfs_pointer(pointer)
    assert not is_editable_text(pointer)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"version 2\n",
        b"# About\n" + POINTER,
        b"version https://git-lfs.github.com/spec/v1\nis what a pointer begins with\n",
        POINTER + b"x" * 1024,
    ],
)
def test_text_about_lfs_is_no_pointer(content: bytes) -> None:
    assert not is_lfs_pointer(content)
    assert is_editable_text(content)
