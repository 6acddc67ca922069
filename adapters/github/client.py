"""One request to GitHub: sent, repeated where that is safe, its answer read or translated."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import urljoin

import httpx
import msgspec
from githubkit.core import GitHubCore

from adapters.github.errors import Answer, is_error, may_pass, translate
from domain.errors import CredentialsRefused, ForgeUnavailable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from githubkit.auth import BaseAuthStrategy
    from githubkit.config import Config

    from adapters.github.address import Address
    from application.ports.clock import Clock
    from domain.errors import AgentError, InvalidInput

T = TypeVar("T")

REPEATABLE: Final = frozenset({"GET", "PUT", "PATCH", "DELETE"})
"""Methods that leave what they leave when sent once, however often they are sent."""
_PER_PAGE = 100
_MOST_REDIRECTS = 3
_API_VERSION = "2022-11-28"
_NEXT_PAGE = re.compile(r'<([^>]+)>;\s*rel="next"')
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


class AnswerLost(Exception):
    """A POST may have been carried out, and nobody knows: look; `error` is to be raised if nothing is found."""

    def __init__(self, error: ForgeUnavailable) -> None:
        super().__init__(str(error))
        self.error = error


def told(problem: AnswerLost | InvalidInput) -> AgentError:
    """What is to be raised where nothing was found of what may have been made."""
    return problem.error if isinstance(problem, AnswerLost) else problem


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked: `what` names it for people, `again` says that it may be sent twice though its method may not."""

    method: str
    path: str
    what: str
    params: Mapping[str, str | int] | None = None
    body: object = None
    again: bool = False

    @property
    def is_repeatable(self) -> bool:
        """Whether a lost answer may be asked for by sending it once more."""
        return self.again or self.method in REPEATABLE


@dataclass(frozen=True, slots=True)
class Reply:
    """A successful answer."""

    headers: httpx.Headers
    content: bytes
    what: str

    def read(self, kind: type[T]) -> T:
        """The answer as a struct; raises `ForgeUnavailable` for what is none, such as a proxy's page."""
        try:
            return msgspec.json.decode(self.content, type=kind)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            message = f"What answers about {self.what} in GitHub's place does not speak as GitHub does: {error}"
            raise ForgeUnavailable(message) from error


class GitHubClient:
    """Sends requests to one GitHub.

    `seconds` bounds each try as a whole. `pauses` are those before a request is repeated: there are so many tries and
    one more. A limit that GitHub sets is never waited for here: the error says how long.
    """

    def __init__(
        self, address: Address, config: Config, clock: Clock, *, seconds: float, pauses: Sequence[float] = (0.5, 2.0)
    ) -> None:
        self._address = address
        self._config = config
        self._clock = clock
        self._seconds = seconds
        self._pauses = pauses

    @property
    def graphql_url(self) -> str:
        """Where GraphQL is asked."""
        return self._address.graphql

    async def send(self, request: Request, auth: BaseAuthStrategy) -> Reply:
        """The answer; raises the domain's errors, and `AnswerLost` where a POST may have happened."""
        url = f"{self._address.rest}{request.path}" if request.path.startswith("/") else request.path
        for _ in range(_MOST_REDIRECTS + 1):
            response = await self._repeated(request, url, auth)
            if not response.is_redirect:
                return self._understood(request, response)
            url = self._redirected(url, response)
        message = f"GitHub sends requests about {request.what} in a circle"
        raise ForgeUnavailable(message)

    async def pages(
        self, request: Request, auth: BaseAuthStrategy, kind: type[T], *, most_pages: int
    ) -> tuple[list[T], bool]:
        """The items of so many pages at the most, and whether these are all."""
        params = {**(request.params or {}), "per_page": _PER_PAGE}
        items: list[T] = []
        page = Request(request.method, request.path, request.what, params)
        for _ in range(most_pages):
            reply = await self.send(page, auth)
            items += reply.read(list[kind])  # type: ignore[valid-type]
            following = _NEXT_PAGE.search(reply.headers.get("link", ""))
            if not following:
                return items, True
            page = Request(request.method, self._own(following[1]), request.what)
        return items, False

    async def _repeated(self, request: Request, url: str, auth: BaseAuthStrategy) -> httpx.Response:
        """The answer to the last try; a request that is not to be repeated is repeated only if it was never sent."""
        for pause in (*self._pauses, None):
            try:
                response = await self._once(request, url, auth)
            except _NEVER_SENT as error:
                if pause is None:
                    raise self._unreachable(error) from error
            except (httpx.HTTPError, TimeoutError) as error:
                if not request.is_repeatable:
                    raise AnswerLost(ForgeUnavailable(_lost(request, error))) from error
                if pause is None:
                    raise self._unreachable(error) from error
            else:
                if pause is None or not (request.is_repeatable and may_pass(response.status_code)):
                    return response
            await self._clock.sleep(pause)
        raise AssertionError  # the last pause is None

    async def _once(self, request: Request, url: str, auth: BaseAuthStrategy) -> httpx.Response:
        async with asyncio.timeout(self._seconds), GitHubCore(auth, config=self._config).get_async_client() as http:
            return await http.request(
                request.method,
                url,
                params=request.params,
                json=request.body,
                headers={"X-GitHub-Api-Version": _API_VERSION},
            )

    def _understood(self, request: Request, response: httpx.Response) -> Reply:
        if not is_error(response.status_code):
            return Reply(response.headers, response.content, request.what)
        answer = Answer(response.status_code, dict(response.headers), response.content)
        error = translate(answer, request.what, self._clock.now())
        if isinstance(error, ForgeUnavailable) and not request.is_repeatable and may_pass(response.status_code):
            raise AnswerLost(error)
        raise error

    def _redirected(self, url: str, response: httpx.Response) -> str:
        return self._own(urljoin(url, response.headers.get("location", "")))

    def _own(self, url: str) -> str:
        """A URL that the server gave us, if it is its own."""
        if self._address.is_at(url):
            return url
        host = httpx.URL(url).host
        message = (
            f"GitHub at {self._address.web} sends us on to {host}, which does not get our credentials. "
            "If that is its new address, set GITHUB_BASE_URL to it."
        )
        raise CredentialsRefused(message)

    def _unreachable(self, error: Exception) -> ForgeUnavailable:
        host = httpx.URL(self._address.rest).host
        return ForgeUnavailable(f"GitHub does not answer at {host}: {_reason(error, self._seconds)}")


def _lost(request: Request, error: Exception) -> str:
    return f"GitHub's answer about {request.what} was lost ({type(error).__name__}): it may have been done"


def _reason(error: Exception, seconds: float) -> str:
    """For a maintainer: what to look at, without any address or text of the other side."""
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        return f"nothing came within {seconds:g} s"
    words = str(error)
    if "CERTIFICATE_VERIFY_FAILED" in words:
        return "its certificate is not trusted here; name the authority's file as CA_BUNDLE_PATH"
    if isinstance(error, httpx.ProxyError):
        return "the proxy (HTTPS_PROXY) refuses the connection"
    return f"the connection failed ({type(error).__name__})"
