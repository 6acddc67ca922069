"""Tokens, Apps, and what each may do."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

if TYPE_CHECKING:
    from collections.abc import Mapping

GRANTED = {"contents": "write", "issues": "write", "pull_requests": "write", "metadata": "read"}


@dataclass(frozen=True)
class Grant:
    """What a token stands for; `repositories` and `permissions` are None for a person's, who may do everything."""

    login: str
    repositories: frozenset[int] | None = None
    permissions: Mapping[str, str] | None = None
    expires_at: datetime | None = None

    def sees(self, repository_id: int) -> bool:
        return self.repositories is None or repository_id in self.repositories

    def may(self, permission: str, level: str) -> bool:
        if self.permissions is None:
            return True
        granted = self.permissions.get(permission, "")
        return granted == "write" or (level == "read" and granted == "read")


@dataclass
class App:
    """A GitHub App, and on which repositories it is installed with which permissions."""

    id: str
    slug: str
    private_key: str
    installations: dict[int, dict[str, str]] = field(default_factory=dict)
    suspended: bool = False
    token_seconds: float = 3_600.0

    @property
    def login(self) -> str:
        return f"{self.slug}[bot]"

    def install(self, repository_id: int, permissions: dict[str, str] | None = None) -> None:
        """The installation's id is the repository's, plus a million."""
        self.installations[repository_id] = dict(GRANTED if permissions is None else permissions)

    def is_signed(self, token: str) -> bool:
        """Whether a JSON web token is the App's own, and good now, by GitHub's rules."""
        key = serialization.load_pem_private_key(self.private_key.encode(), password=None)
        try:
            claims = jwt.decode(token, key.public_key(), algorithms=["RS256"], issuer=self.id)  # type: ignore[arg-type]
        except jwt.PyJWTError:
            return False
        return bool(claims["exp"] - time.time() <= 10 * 60 and claims["iat"] <= time.time())


class Access:
    """The tokens that are good now."""

    def __init__(self) -> None:
        self.app = App("4242", "coding-agent", private_key())
        self._grants: dict[str, Grant] = {}
        self.made: list[Grant] = []

    def token_of(self, login: str) -> str:
        """A personal token that may do everything."""
        token = f"ghp_{secrets.token_hex(16)}"
        self._grants[token] = Grant(login)
        return token

    def installation_token(self, repositories: frozenset[int], permissions: Mapping[str, str]) -> tuple[str, Grant]:
        token = f"ghs_{secrets.token_hex(16)}"
        expires_at = datetime.now(UTC) + timedelta(seconds=self.app.token_seconds)
        grant = Grant(self.app.login, repositories, {**permissions, "metadata": "read"}, expires_at)
        self._grants[token] = grant
        self.made.append(grant)
        return token, grant

    def revoke_all(self) -> None:
        self._grants.clear()

    def grant(self, token: str) -> Grant | None:
        """What a token stands for; None where it is unknown or has expired."""
        grant = self._grants.get(token)
        if grant and grant.expires_at and grant.expires_at <= datetime.now(UTC):
            return None
        return grant


@cache
def private_key() -> str:
    """A key in the form in which GitHub gives them to Apps."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    ).decode()
