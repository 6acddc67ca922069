"""Who the agent is on GitHub: a token as it was given, or an App whose tokens are made for one repository each."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Protocol

import httpx
from githubkit.auth import BaseAuthStrategy, TokenAuthStrategy
from githubkit.auth.app import AppAuth
from githubkit.core import GitHubCore
from jwt.algorithms import RSAAlgorithm
from jwt.exceptions import InvalidKeyError

from adapters.github import wire
from adapters.github.client import Request
from domain.errors import InvalidInput, NotFound, PermissionRefused
from domain.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping
    from datetime import datetime

    from githubkit.config import Config

    from adapters.github.client import GitHubClient
    from application.ports.clock import Clock
    from domain.repository import RepositoryRef

NEEDED: Final[Mapping[str, str]] = {"contents": "write", "issues": "write", "pull_requests": "write"}
"""All that the agent's tokens may do (reading a repository's facts is part of each). Never `workflows`."""

_FOR_A_CALL = timedelta(minutes=2)


class Credentials(Protocol):
    """Gives what proves who we are, for one repository."""

    async def login(self) -> str:
        """The agent's own account."""

    async def token(self, repository: RepositoryRef, valid_for: timedelta = _FOR_A_CALL) -> Secret:
        """A token for this repository that is good for at least so long, as far as GitHub gives such."""

    def refused(self, token: Secret) -> bool:
        """Say that GitHub did not accept a token; whether another one may be had."""

    async def missing(self, repository: RepositoryRef) -> tuple[str, ...]:
        """What was not granted although the agent needs it, in words; empty where GitHub does not tell."""


class TokenCredentials(Credentials):
    """One token for everything."""

    def __init__(self, client: GitHubClient, token: Secret) -> None:
        self._client = client
        self._token = token
        self._login = ""

    async def login(self) -> str:
        """Whose token it is; asked once."""
        if not self._login:
            auth = TokenAuthStrategy(self._token.reveal())
            reply = await self._client.send(Request("GET", "/user", "the token's account"), auth)
            self._login = reply.read(wire.Viewer).login
        return self._login

    async def token(self, repository: RepositoryRef, valid_for: timedelta = _FOR_A_CALL) -> Secret:
        """The one that there is."""
        del repository, valid_for
        return self._token

    def refused(self, token: Secret) -> bool:
        """There is no other."""
        del token
        return False

    async def missing(self, repository: RepositoryRef) -> tuple[str, ...]:
        """GitHub tells nobody what a token may do; what its owner may do, the repository says."""
        del repository
        return ()


class _Bearer(BaseAuthStrategy, httpx.Auth):
    """githubkit's own strategy for Apps goes by the path, and does not know the ones that redirects lead to."""

    def __init__(self, signed: str) -> None:
        self._signed = signed

    def get_auth_flow(self, github: object) -> httpx.Auth:
        """Itself: it holds all that is needed."""
        del github
        return self

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """The header that GitHub asks of an App."""
        request.headers["Authorization"] = f"Bearer {self._signed}"
        yield request


@dataclass(frozen=True, slots=True)
class _Kept:
    token: Secret
    expires_at: datetime


class AppCredentials(Credentials):
    """A GitHub App: its installation is found by the repository, and a token is made for that repository only.

    Raises `InvalidInput` for a key that is none.
    """

    def __init__(self, client: GitHubClient, config: Config, clock: Clock, *, app_id: str, private_key: Secret) -> None:
        self._client = client
        self._clock = clock
        self._signer = AppAuth(GitHubCore(config=config), app_id, _pem(private_key))
        self._login = ""
        self._kept: dict[tuple[int, str], _Kept] = {}
        self._one_at_a_time = asyncio.Lock()

    async def login(self) -> str:
        """The App's bot; asked once."""
        if not self._login:
            reply = await self._client.send(Request("GET", "/app", "the App itself"), await self._signed())
            self._login = f"{reply.read(wire.App).slug}[bot]"
        return self._login

    async def token(self, repository: RepositoryRef, valid_for: timedelta = _FOR_A_CALL) -> Secret:
        """One that was made before, as long as it is good for long enough; otherwise a new one."""
        key = (repository.id, repository.full_name)
        async with self._one_at_a_time:
            kept = self._kept.get(key)
            if kept is None or kept.expires_at - self._clock.now() < valid_for:
                kept = self._kept[key] = await self._made(repository)
            return kept.token

    def refused(self, token: Secret) -> bool:
        """Forget it; an installation's token dies early when its permissions change or it is suspended."""
        keys = [key for key, kept in self._kept.items() if kept.token == token]
        for key in keys:
            del self._kept[key]
        return bool(keys)

    async def missing(self, repository: RepositoryRef) -> tuple[str, ...]:
        """Which of the needed permissions the installation was not granted."""
        return _missing(await self._installation(repository))

    async def _made(self, repository: RepositoryRef) -> _Kept:
        installation = await self._installation(repository)
        if missing := _missing(installation):
            message = (
                f"The App lacks {', '.join(missing)} on {repository}: grant it in the App's settings, and accept it."
            )
            raise PermissionRefused(message)
        chosen = {"repository_ids": [repository.id]} if repository.id else {"repositories": [_name(repository)]}
        made = await self._client.send(
            Request(
                "POST",
                f"/app/installations/{installation.id}/access_tokens",
                f"a token for {repository}",
                body={**chosen, "permissions": dict(NEEDED)},
                again=True,
            ),
            await self._signed(),
        )
        token = made.read(wire.InstallationToken)
        return _Kept(Secret(token.token), token.expires_at)

    async def _signed(self) -> BaseAuthStrategy:
        """As the App itself: githubkit signs, for a few minutes at a time."""
        return _Bearer(await self._signer.aget_jwt())

    async def _installation(self, repository: RepositoryRef) -> wire.Installation:
        request = Request(
            "GET", f"/repos/{repository.full_name}/installation", f"the App's installation on {repository}"
        )
        try:
            reply = await self._client.send(request, await self._signed())
        except NotFound:
            message = f"{repository} does not exist on GitHub, or the agent's App is not installed on it"
            raise NotFound(message) from None
        found = reply.read(wire.Installation)
        if found.suspended_at is not None:
            message = f"The App's installation on {repository} is suspended: its owner can lift that in the settings."
            raise PermissionRefused(message)
        return found


def _missing(installation: wire.Installation) -> tuple[str, ...]:
    granted = installation.permissions
    return tuple(f"`{name}: {level}`" for name, level in NEEDED.items() if granted.get(name) not in {level, "admin"})


def _name(repository: RepositoryRef) -> str:
    return repository.full_name.split("/")[1]


def _pem(private_key: Secret) -> str:
    """The key with its line breaks, which do not survive every way into an environment variable."""
    pem = private_key.reveal().replace("\\n", "\n").strip() + "\n"
    try:
        RSAAlgorithm(RSAAlgorithm.SHA256).prepare_key(pem)
    except (InvalidKeyError, ValueError, TypeError):
        message = (
            "GITHUB_APP_PRIVATE_KEY: this is no RSA private key in PEM form. Give the whole .pem file of the "
            "App, best by GITHUB_APP_PRIVATE_KEY_FILE."
        )
        raise InvalidInput(message) from None
    return pem
