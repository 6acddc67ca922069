"""Pull requests, branches and reviews; what each method promises is said once, in the port `Forge`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from adapters.github import reading, wire
from adapters.github.client import AnswerLost, told
from domain.errors import InvalidInput, NotFound, PermissionRefused
from domain.issue import PullRequestState

if TYPE_CHECKING:
    from adapters.github.credentials import Credentials
    from adapters.github.place import Place, Places
    from domain.issue import PullRequest, PullRequestDraft, Review
    from domain.repository import RepositoryRef

READY: Final = """\
mutation Ready($id: ID!) {
  markPullRequestReadyForReview(input: {pullRequestId: $id}) { clientMutationId }
}
"""

_PAGES_OF_ALL = 3
"""So many hundred of the newest pull requests are looked through; older ones are looked for by their branches."""


class Pulls:
    """Only those whose branch is in the repository itself."""

    def __init__(self, places: Places, credentials: Credentials) -> None:
        self._places = places
        self._credentials = credentials

    async def pull_requests(self, repository: RepositoryRef, head_prefix: str) -> list[PullRequest]:
        """GitHub filters by whole names only, so the newest are read and filtered here.

        In a repository with very many, an old one whose branch was deleted is found by its whole branch name only.
        """
        place = await self._places.at(repository)
        newest = {"state": "all", "sort": "created", "direction": "desc"}
        what = f"the pull requests of {repository}"
        found, complete = await place.some("/pulls", what, wire.PullRequest, newest, most_pages=_PAGES_OF_ALL)
        if not complete:
            for branch in await self._branches(place, head_prefix):
                found += await self._of_branch(place, branch, "all")
        wanted = {each.number: each for each in found if each.head.ref.startswith(head_prefix)}
        return [
            reading.read_pull_request(wanted[number])
            for number in sorted(wanted)
            if reading.is_own_branch(wanted[number])
        ]

    async def open_pull_request(self, repository: RepositoryRef, draft: PullRequestDraft) -> PullRequest:
        """One whose answer was lost, or that somebody made in the same moment, is looked for."""
        place = await self._places.at(repository)
        if found := await self._open(place, draft.head):
            return found
        body = {"title": draft.title, "body": draft.body, "head": draft.head, "base": draft.base, "draft": draft.draft}
        try:
            reply = await place.post("/pulls", f"a pull request from {draft.head!r} in {repository}", body)
        except (AnswerLost, InvalidInput) as problem:
            if found := await self._open(place, draft.head):
                return found
            raise told(problem) from None
        return reading.read_pull_request(reply.read(wire.PullRequest))

    async def update_pull_request(self, repository: RepositoryRef, number: int, title: str, body: str) -> None:
        """In any state."""
        place = await self._places.at(repository)
        await place.patch(f"/pulls/{number}", f"{repository}#{number}", {"title": title, "body": body})

    async def mark_ready(self, repository: RepositoryRef, number: int) -> None:
        """By GraphQL: REST ignores such a change without a word."""
        place = await self._places.at(repository)
        found = await self._pull(place, number)
        if found.draft:
            await place.graphql(READY, {"id": found.node_id}, f"{repository}#{number}", wire.MutationAnswer)

    async def close_pull_request(self, repository: RepositoryRef, number: int) -> None:
        """One that is closed or merged is left as it is."""
        place = await self._places.at(repository)
        found = reading.read_pull_request(await self._pull(place, number))
        if found.state is PullRequestState.OPEN:
            await place.patch(f"/pulls/{number}", f"{repository}#{number}", {"state": "closed"})

    async def delete_branch(self, repository: RepositoryRef, branch: str) -> None:
        """GitHub closes the pull requests that it was for."""
        place = await self._places.looked_up(repository)
        if branch == place.facts.default_branch:
            message = f"{branch!r} is the default branch of {repository}: it is not deleted"
            raise PermissionRefused(message)
        if not await _has_branch(place, branch):
            return
        try:
            await place.delete(f"/git/refs/heads/{quote(branch)}", f"the branch {branch!r} of {repository}")
        except InvalidInput:  # GitHub's word for one that is gone: by somebody else, or by a try whose answer was lost
            if await _has_branch(place, branch):
                raise

    async def reviews(self, repository: RepositoryRef, number: int) -> list[Review]:
        """Two lists put together."""
        place = await self._places.at(repository)
        what = f"the reviews of {repository}#{number}"
        reviews = await place.all(f"/pulls/{number}/reviews", what, wire.Review)
        return reading.read_reviews(reviews, await self._review_comments(place, number))

    async def reply_to_review(
        self, repository: RepositoryRef, number: int, comment_id: int, marker: str, body: str
    ) -> None:
        """GitHub hangs all answers on the first comment of a thread."""
        if not marker or marker not in body:
            message = f"the marker {marker!r} must be in the comment's text"
            raise InvalidInput(message)
        place = await self._places.at(repository)
        there = {comment.id: comment for comment in await self._review_comments(place, number)}
        if comment_id not in there:
            message = f"{repository}#{number} has no review comment {comment_id}"
            raise NotFound(message)
        root = there[comment_id].in_reply_to_id or comment_id
        if await self._is_answered(list(there.values()), root, marker):
            return
        what = f"the review comment {comment_id} of {repository}#{number}"
        try:
            await place.post(f"/pulls/{number}/comments/{root}/replies", what, {"body": body})
        except AnswerLost as lost:
            if not await self._is_answered(await self._review_comments(place, number), root, marker):
                raise lost.error from lost

    async def _is_answered(self, comments: list[wire.ReviewComment], root: int, marker: str) -> bool:
        own = (await self._credentials.login()).casefold()
        answers = (each for each in comments if each.in_reply_to_id == root and each.user)
        return any(each.user.login.casefold() == own and marker in (each.body or "") for each in answers if each.user)

    async def _pull(self, place: Place, number: int) -> wire.PullRequest:
        return (await place.get(f"/pulls/{number}", f"pull request {place.ref}#{number}")).read(wire.PullRequest)

    async def _review_comments(self, place: Place, number: int) -> list[wire.ReviewComment]:
        what = f"the review comments of {place.ref}#{number}"
        return await place.all(f"/pulls/{number}/comments", what, wire.ReviewComment)

    async def _open(self, place: Place, branch: str) -> PullRequest | None:
        found = [each for each in await self._of_branch(place, branch, "open") if reading.is_own_branch(each)]
        return reading.read_pull_request(found[0]) if found else None

    async def _of_branch(self, place: Place, branch: str, state: str) -> list[wire.PullRequest]:
        params = {"state": state, "head": f"{place.ref.owner}:{branch}"}
        found = await place.all("/pulls", f"the pull requests of {branch!r}", wire.PullRequest, params)
        return [each for each in found if each.head.ref == branch]

    async def _branches(self, place: Place, prefix: str) -> set[str]:
        """The branches that begin so, and the name itself, whose branch may be gone."""
        reply = await place.get(f"/git/matching-refs/heads/{quote(prefix)}", f"the branches {prefix}…")
        found = reply.read(list[wire.Reference])
        return {each.ref.removeprefix("refs/heads/") for each in found} | ({prefix} - {""})


async def _has_branch(place: Place, branch: str) -> bool:
    try:
        await place.get(f"/git/ref/heads/{quote(branch)}", f"the branch {branch!r} of {place.ref}")
    except NotFound:
        return False
    return True
