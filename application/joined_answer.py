"""One answer of two parts: the first was cut off, and the second goes on from there."""

from __future__ import annotations

_ENOUGH_TO_KNOW_AGAIN = 80


def joined_answer(first: str, rest: str) -> str:
    """Both in one.

    The model was asked to begin its unfinished line again, so that line counts once. One that begins its whole answer
    again has written it anew; one that goes on in mid-line is taken at its word.
    """
    beginning = first[:_ENOUGH_TO_KNOW_AGAIN]
    if len(beginning) == _ENOUGH_TO_KNOW_AGAIN and rest.startswith(beginning):
        return rest
    unfinished = first[first.rfind("\n") + 1 :]
    again = rest.lstrip("\n")
    if unfinished and again.startswith(unfinished):
        return first.removesuffix(unfinished) + again
    return first + (rest if unfinished else again)
