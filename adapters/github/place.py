"""A repository as it is found now, and requests about it with a credential that fits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from githubkit.auth import TokenAuthStrategy

from adapters.github import wire
from adapters.github.client import Request
from adapters.github.errors import translate_graphql
from domain.errors import CredentialsRefused, InvalidInput, NotFound
from domain.repository import RepositoryRef

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from datetime import timedelta

    from adapters.github.client import GitHubClient, Reply
    from adapters.github.credentials import Credentials
    from application.ports.clock import Clock
    from domain.secret import Secret

T = TypeVar("T")
R = TypeVar("R")
G = TypeVar("G", wire.EditedAnswer, wire.MutationAnswer)

_FOUND_FOR_SECONDS = 300.0
_MOST_PAGES = 50
_MOST_PLACES = 256


@dataclass(frozen=True, slots=True)
class _Found:
    place: Place
    at: float


class Places:
    """Finds where repositories are, and remembers it for a few minutes: each job asks about one many times."""

    def __init__(self, client: GitHubClient, credentials: Credentials, clock: Clock) -> None:
        self._client = client
        self._credentials = credentials
        self._clock = clock
        self._found: dict[tuple[int, str], _Found] = {}

    async def at(self, repository: RepositoryRef) -> Place:
        """The repository of that id, under the name that it has now or had a moment ago."""
        found = self._found.get((repository.id, repository.full_name))
        if found and self._clock.monotonic() - found.at < _FOUND_FOR_SECONDS:
            return found.place
        return await self.looked_up(repository)

    async def looked_up(self, repository: RepositoryRef) -> Place:
        """The same, as GitHub has it now; raises `NotFound` where the name is another repository's by now."""
        asked = Place(repository, wire.Repository(repository.id, repository.full_name), self._client, self._credentials)
        facts = (await asked.get("", str(repository))).read(wire.Repository)
        if repository.id not in {0, facts.id}:
            message = f"{repository} is another repository now: the one that was meant is gone from that name"
            raise NotFound(message)
        place = Place(
            RepositoryRef(repository.forge, facts.id, facts.full_name), facts, self._client, self._credentials
        )
        if len(self._found) >= _MOST_PLACES:
            self._found.clear()
        self._found[repository.id, repository.full_name] = _Found(place, self._clock.monotonic())
        return place


class Place:
    """One repository under its present name. Paths are those below `/repos/OWNER/NAME`."""

    def __init__(
        self, ref: RepositoryRef, facts: wire.Repository, client: GitHubClient, credentials: Credentials
    ) -> None:
        self.ref = ref
        self.facts = facts
        self._client = client
        self._credentials = credentials

    async def get(self, path: str, what: str, params: Mapping[str, str | int] | None = None) -> Reply:
        """Ask for something."""
        return await self._send(Request("GET", self._url(path), what, params))

    async def post(self, path: str, what: str, body: object, *, again: bool = False) -> Reply:
        """Make something; `again` where doing so twice does it once. Raises `AnswerLost` where it may have happened."""
        return await self._send(Request("POST", self._url(path), what, body=body, again=again))

    async def patch(self, path: str, what: str, body: object) -> Reply:
        """Change something to what is given."""
        return await self._send(Request("PATCH", self._url(path), what, body=body))

    async def delete(self, path: str, what: str) -> None:
        """Remove something; that it is gone already is as good."""
        try:
            await self._send(Request("DELETE", self._url(path), what))
        except NotFound:
            return

    async def all(self, path: str, what: str, kind: type[T], params: Mapping[str, str | int] | None = None) -> list[T]:
        """All items of a list; raises `InvalidInput` for one that is too long to be read."""
        items, complete = await self.some(path, what, kind, params, most_pages=_MOST_PAGES)
        if not complete:
            message = f"There is too much of {what} to be read: more than {len(items):,}."
            raise InvalidInput(message)
        return items

    async def some(
        self, path: str, what: str, kind: type[T], params: Mapping[str, str | int] | None = None, *, most_pages: int
    ) -> tuple[list[T], bool]:
        """The first pages of a list, and whether these are all."""
        request = Request("GET", self._url(path), what, params)
        return await self._with_token(lambda auth: self._client.pages(request, auth, kind, most_pages=most_pages))

    async def graphql(self, query: str, variables: Mapping[str, Any], what: str, kind: type[G]) -> G:
        """Ask, or change what can be changed twice; raises for an answer that has errors and no data."""
        body = {"query": query, "variables": dict(variables)}
        url = self._client.graphql_url
        answer = (await self._send(Request("POST", url, what, body=body, again=True))).read(kind)
        if answer.errors and (answer.data is None or any(error.type != "NOT_FOUND" for error in answer.errors)):
            raise translate_graphql(answer.errors, what)
        return answer

    async def token(self, valid_for: timedelta) -> Secret:
        """A token for git."""
        return await self._credentials.token(self.ref, valid_for)

    def _url(self, path: str) -> str:
        return f"/repos/{self.ref.full_name}{path}"

    async def _send(self, request: Request) -> Reply:
        return await self._with_token(lambda auth: self._client.send(request, auth))

    async def _with_token(self, call: Callable[[TokenAuthStrategy], Awaitable[R]]) -> R:
        """The call's result; a token that is refused although it should be good is replaced once."""
        token = await self._credentials.token(self.ref)
        try:
            return await call(TokenAuthStrategy(token.reveal()))
        except CredentialsRefused:
            if not self._credentials.refused(token):
                raise
        token = await self._credentials.token(self.ref)
        return await call(TokenAuthStrategy(token.reveal()))
