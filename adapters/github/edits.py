"""When texts were edited: REST says only when something about them changed, GraphQL says when the words did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from adapters.github import wire

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from adapters.github.place import Place

_MOST_AT_ONCE = 100

EDITED: Final = """\
query Edited($ids: [ID!]!) {
  nodes(ids: $ids) {
    ... on Comment { id lastEditedAt }
    ... on Issue { timelineItems(itemTypes: [RENAMED_TITLE_EVENT], last: 1) { ...Renamed } }
    ... on PullRequest { timelineItems(itemTypes: [RENAMED_TITLE_EVENT], last: 1) { ...RenamedPull } }
  }
}
fragment Renamed on IssueTimelineItemsConnection { nodes { ... on RenamedTitleEvent { createdAt } } }
fragment RenamedPull on PullRequestTimelineItemsConnection { nodes { ... on RenamedTitleEvent { createdAt } } }
"""


async def edited_at(place: Place, texts: Iterable[wire.Issue | wire.Comment], what: str) -> Mapping[str, datetime]:
    """When each was last edited, by node id; who is not in it never was. What never changed is not asked about."""
    ids = [text.node_id for text in texts if text.updated_at != text.created_at]
    found: dict[str, datetime] = {}
    for start in range(0, len(ids), _MOST_AT_ONCE):
        batch = ids[start : start + _MOST_AT_ONCE]
        answer = await place.graphql(EDITED, {"ids": batch}, what, wire.EditedAnswer)
        nodes = answer.data.nodes if answer.data else []
        found.update((node.id, at) for node in nodes if node and (at := node.edited_at))
    return found
