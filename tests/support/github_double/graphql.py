"""The GraphQL documents that the agent sends, told apart by the names of their operations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.support.github_double import views

if TYPE_CHECKING:
    from datetime import datetime

    from tests.support.github_double.access import Grant
    from tests.support.github_double.world import Comment, Repository, Thread, World

Json = dict[str, Any]


def answer(world: World, grant: Grant, body: Json) -> Json:
    """The answer to a document; GitHub answers 200 whatever is wrong."""
    query, variables = body["query"], body.get("variables", {})
    if query.startswith("query Edited("):
        return {"data": {"nodes": [_edited(world, grant, id_) for id_ in variables["ids"]]}}
    if query.startswith("mutation Ready("):
        return _ready(world, grant, variables["id"])
    return {"errors": [{"message": f"the stand-in does not know this document: {query[:40]}"}]}


def _edited(world: World, grant: Grant, id_: str) -> Json | None:
    for repository, thread, comment in _texts(world, grant):
        if comment is None and views.node_id(repository, thread) == id_:
            renamed = [{"createdAt": views.moment(thread.renamed_at)}] if thread.renamed_at else []
            return {**_text(id_, thread.edited_at), "timelineItems": {"nodes": renamed}}
        if comment is not None and f"IC_{comment.id}" == id_:
            return _text(id_, comment.edited_at)
    return None


def _text(id_: str, edited_at: datetime | None) -> Json:
    return {"id": id_, "lastEditedAt": views.moment(edited_at)}


def _texts(world: World, grant: Grant) -> list[tuple[Repository, Thread, Comment | None]]:
    return [
        (repository, thread, text)
        for repository in world.repositories.values()
        if grant.sees(repository.id)
        for thread in repository.threads.values()
        for text in (None, *thread.comments)
    ]


def _ready(world: World, grant: Grant, id_: str) -> Json:
    for repository, thread, comment in _texts(world, grant):
        if comment is None and thread.head and views.node_id(repository, thread) == id_:
            if not grant.may("pull_requests", "write"):
                return _error("FORBIDDEN", "Resource not accessible by integration")
            thread.draft = False
            return {"data": {"markPullRequestReadyForReview": {"clientMutationId": None}}}
    return _error("NOT_FOUND", f"Could not resolve to a node with the global id of '{id_}'")


def _error(kind: str, message: str) -> Json:
    return {"data": {"markPullRequestReadyForReview": None}, "errors": [{"type": kind, "message": message}]}
