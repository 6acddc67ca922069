"""What a file's bytes are: text, binary, or a stand-in for content that git LFS keeps elsewhere."""

from __future__ import annotations

import re

_LOOKED_AT = 8000  # bytes; git's own rule for "binary"
_LFS_LONGEST = 1024  # bytes; the LFS specification: a pointer is smaller
_LFS_FIRST_LINE = re.compile(rb"version https://(?:git-lfs\.github\.com|hawser\.github\.com)/spec/v1\r?\n")
_LFS_CONTENT = re.compile(rb"^oid sha256:[0-9a-f]{64}\r?$", re.MULTILINE)


def is_binary(content: bytes) -> bool:
    """Whether git takes it for binary (a zero byte near the start), or it is no UTF-8 and so no text we can edit."""
    if b"\x00" in content[:_LOOKED_AT]:
        return True
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return True
    return False


def is_lfs_pointer(content: bytes) -> bool:
    """Whether this stands for a file in git LFS; to edit it is to lose that file."""
    return (
        len(content) < _LFS_LONGEST
        and _LFS_FIRST_LINE.match(content) is not None
        and _LFS_CONTENT.search(content) is not None
    )


def is_editable_text(content: bytes) -> bool:
    """Whether a model may be shown this, and may change it."""
    return not is_binary(content) and not is_lfs_pointer(content)
