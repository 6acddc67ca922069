"""Issues, their comments, labels and reactions; what each method promises is said once, in the port `Forge`."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

from adapters.github import reading, wire
from adapters.github.client import AnswerLost, told
from adapters.github.edits import edited_at
from domain.errors import InvalidInput, NotFound
from domain.issue import IssueKey

if TYPE_CHECKING:
    from datetime import datetime

    from adapters.github.credentials import Credentials
    from adapters.github.place import Place, Places
    from domain.issue import AssignmentEvent, Comment, Issue, LabelEvent, Reaction
    from domain.repository import RepositoryRef

_A_SECOND = timedelta(seconds=1)
_LABEL_COLOUR = "5319e7"
_LABEL_DESCRIPTION = "Set by the coding agent"
_MOST_REMEMBERED = 256


class Issues:
    """Also of pull requests, which GitHub has as issues under the same number."""

    def __init__(self, places: Places, credentials: Credentials) -> None:
        self._places = places
        self._credentials = credentials
        self._own_comments: dict[tuple[IssueKey, str], Comment] = {}

    async def issue(self, issue: IssueKey) -> Issue:
        """With when its title or text was last edited."""
        place = await self._places.at(issue.repository)
        found = await self._issue(place, issue)
        return reading.read_issue(found, issue, await edited_at(place, [found], str(issue)))

    async def open_issues(self, repository: RepositoryRef, since: datetime | None) -> list[Issue]:
        """GitHub counts in whole seconds: those before the first one are left out here."""
        place = await self._places.at(repository)
        params: dict[str, str | int] = {"state": "open", "sort": "updated", "direction": "desc"}
        if since:
            params["since"] = (since - _A_SECOND).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        listed = await place.all("/issues", f"the open issues of {repository}", wire.Issue, params)
        found = [each for each in listed if each.pull_request is None and (not since or each.updated_at >= since)]
        edited = await edited_at(place, found, f"the open issues of {repository}")
        return [reading.read_issue(each, IssueKey(repository, each.number), edited) for each in found]

    async def comments(self, issue: IssueKey) -> list[Comment]:
        """With when each was last edited."""
        place = await self._places.at(issue.repository)
        found = await self._comments(place, issue)
        edited = await edited_at(place, found, f"the comments on {issue}")
        return [reading.read_comment(each, edited.get(each.node_id)) for each in found]

    async def label_events(self, issue: IssueKey) -> list[LabelEvent]:
        """From the issue's events."""
        return reading.read_label_events(await self._events(issue))

    async def assignment_events(self, issue: IssueKey) -> list[AssignmentEvent]:
        """From the issue's events."""
        return reading.read_assignment_events(await self._events(issue))

    async def add_labels(self, issue: IssueKey, labels: frozenset[str]) -> None:
        """What is set already is not set again; a label that the repository lacks is made first."""
        place = await self._places.at(issue.repository)
        present = reading.label_names((await self._issue(place, issue)).labels)
        wanted = sorted(labels - present)
        if not wanted:
            return
        for label in wanted:
            await self._make_label(place, label)
        await place.post(f"/issues/{issue.number}/labels", f"the labels of {issue}", {"labels": wanted}, again=True)

    async def remove_label(self, issue: IssueKey, label: str) -> None:
        """Whoever takes it off in the same moment does no harm."""
        place = await self._places.at(issue.repository)
        if label in reading.label_names((await self._issue(place, issue)).labels):
            await place.delete(
                f"/issues/{issue.number}/labels/{quote(label, safe='')}", f"the label {label!r} of {issue}"
            )

    async def upsert_comment(self, issue: IssueKey, marker: str, body: str) -> Comment:
        """Where it is is remembered, so that each edit is one request."""
        if not marker or marker not in body:
            message = f"the marker {marker!r} must be in the comment's text"
            raise InvalidInput(message)
        place = await self._places.at(issue.repository)
        known = self._own_comments.get((issue, marker)) or await self._own_comment(place, issue, marker)
        written = await self._edited(place, issue, known, body) if known else None
        if written is None:
            written = await self._made(place, issue, marker, body)
        self._remember(issue, marker, written)
        return written

    async def react(self, issue: IssueKey, reaction: Reaction, comment_id: int | None) -> None:
        """GitHub keeps one reaction of a kind for each account."""
        place = await self._places.at(issue.repository)
        where = f"/issues/{issue.number}" if comment_id is None else f"/issues/comments/{comment_id}"
        what = str(issue) if comment_id is None else f"the comment {comment_id} on {issue}"
        await place.post(f"{where}/reactions", what, {"content": reaction.value}, again=True)

    # -- Comments of the agent's own ---------------------------------------------------------------

    async def _own_comment(self, place: Place, issue: IssueKey, marker: str) -> Comment | None:
        own = await self._credentials.login()
        for found in await self._comments(place, issue):
            comment = reading.read_comment(found, None)
            if comment.author.casefold() == own.casefold() and marker in comment.body:
                return comment
        return None

    async def _edited(self, place: Place, issue: IssueKey, known: Comment, body: str) -> Comment | None:
        """The comment with this text; None where somebody has deleted it."""
        if known.body == body:
            return known
        try:
            reply = await place.patch(f"/issues/comments/{known.id}", f"a comment on {issue}", {"body": body})
        except NotFound:
            return None
        return _written(reply.read(wire.Comment), body)

    async def _made(self, place: Place, issue: IssueKey, marker: str, body: str) -> Comment:
        """A new comment; one whose answer was lost is looked for."""
        try:
            reply = await place.post(f"/issues/{issue.number}/comments", str(issue), {"body": body})
        except AnswerLost as lost:
            if found := await self._own_comment(place, issue, marker):
                return found
            raise lost.error from lost
        return _written(reply.read(wire.Comment), body)

    def _remember(self, issue: IssueKey, marker: str, comment: Comment) -> None:
        if len(self._own_comments) >= _MOST_REMEMBERED:
            self._own_comments.clear()
        self._own_comments[issue, marker] = comment

    # -- Reading -----------------------------------------------------------------------------------

    async def _issue(self, place: Place, issue: IssueKey) -> wire.Issue:
        found = (await place.get(f"/issues/{issue.number}", str(issue))).read(wire.Issue)
        if not found.is_in(place.ref.full_name):
            message = f"{issue} was moved to another repository"
            raise NotFound(message)
        return found

    async def _comments(self, place: Place, issue: IssueKey) -> list[wire.Comment]:
        return await place.all(f"/issues/{issue.number}/comments", f"the comments on {issue}", wire.Comment)

    async def _events(self, issue: IssueKey) -> list[wire.Event]:
        place = await self._places.at(issue.repository)
        return await place.all(f"/issues/{issue.number}/events", f"the events of {issue}", wire.Event)

    # -- Labels ------------------------------------------------------------------------------------

    async def _make_label(self, place: Place, label: str) -> None:
        """Make it if it is not there; somebody who makes it in the same moment does no harm."""
        if await _has_label(place, label):
            return
        made = {"name": label, "color": _LABEL_COLOUR, "description": _LABEL_DESCRIPTION}
        try:
            await place.post("/labels", f"the label {label!r}", made)
        except (AnswerLost, InvalidInput) as problem:
            if not await _has_label(place, label):
                raise told(problem) from None


async def _has_label(place: Place, label: str) -> bool:
    try:
        await place.get(f"/labels/{quote(label, safe='')}", f"the label {label!r}")
    except NotFound:
        return False
    return True


def _written(found: wire.Comment, body: str) -> Comment:
    """The comment as GitHub has it now, with the text as it was sent: that one is compared with the next."""
    found.body = body
    return reading.read_comment(found, found.updated_at if found.updated_at != found.created_at else None)
