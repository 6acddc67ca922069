"""The table from GitHub's answers to the domain's errors."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from adapters.github.errors import Answer, translate, translate_graphql
from adapters.github.wire import GraphQlError
from domain.errors import (
    CredentialsRefused,
    ForgeUnavailable,
    InvalidInput,
    NotFound,
    PermanentError,
    PermissionRefused,
    TransientError,
)

if TYPE_CHECKING:
    from domain.errors import (
        AgentError,
    )

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def answer(status: int, message: str = "", errors: object = None, **headers: str) -> Answer:
    body = {"message": message, **({"errors": errors} if errors is not None else {})}
    return Answer(status, {name.replace("_", "-"): value for name, value in headers.items()}, json.dumps(body).encode())


def told(given: Answer) -> AgentError:
    return translate(given, "acme/shop#12", NOW)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, InvalidInput),
        (401, CredentialsRefused),
        (403, PermissionRefused),
        (404, NotFound),
        (405, InvalidInput),
        (406, InvalidInput),
        (408, ForgeUnavailable),
        (409, InvalidInput),
        (410, NotFound),
        (413, InvalidInput),
        (415, InvalidInput),
        (422, InvalidInput),
        (429, ForgeUnavailable),
        (451, PermissionRefused),
        (500, ForgeUnavailable),
        (502, ForgeUnavailable),
        (503, ForgeUnavailable),
        (504, ForgeUnavailable),
        (520, ForgeUnavailable),
    ],
)
def test_each_status_has_its_error(status: int, kind: type[AgentError]) -> None:
    assert type(told(answer(status))) is kind


def test_every_status_is_either_transient_or_permanent() -> None:
    for status in range(400, 600):
        assert isinstance(told(answer(status)), (TransientError, PermanentError))


@pytest.mark.parametrize(
    ("given", "wait"),
    [
        (answer(429, retry_after="7"), timedelta(seconds=7)),
        (answer(403, retry_after="7"), timedelta(seconds=7)),
        (answer(403, retry_after="0"), timedelta(seconds=1)),
        (answer(503, retry_after="7"), timedelta(seconds=7)),
        (answer(429, retry_after="Sun, 01 Mar 2026 12:00:30 GMT"), timedelta(seconds=30)),
        (answer(429, retry_after="soon"), MINUTE),
        (answer(429), MINUTE),
        (answer(403, x_ratelimit_remaining="0", x_ratelimit_reset="1772366400"), timedelta(seconds=1)),
        (answer(403, x_ratelimit_remaining="0", x_ratelimit_reset=str(int(NOW.timestamp()) + 90)), 1.5 * MINUTE),
        (answer(403, x_ratelimit_remaining="0"), MINUTE),
        (answer(403, "You have exceeded a secondary rate limit"), MINUTE),
        (answer(403, "You have triggered an abuse detection mechanism"), MINUTE),
        (answer(403, "API rate limit exceeded for installation ID 1"), MINUTE),
    ],
)
def test_limits_say_how_long_to_wait_with_and_without_headers(given: Answer, wait: timedelta) -> None:
    error = told(given)

    assert isinstance(error, ForgeUnavailable)
    assert error.retry_after == wait


def test_a_remainder_that_is_left_is_no_limit() -> None:
    assert isinstance(told(answer(403, x_ratelimit_remaining="12", x_ratelimit_reset="1")), PermissionRefused)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (answer(401, "Bad credentials"), "Bad credentials. Renew GITHUB_TOKEN, or check GITHUB_APP_ID"),
        (
            answer(403, "Resource not accessible by integration", x_accepted_github_permissions="issues=write"),
            "It takes the permission issues=write.",
        ),
        (answer(403, "x", x_github_sso="required; url=https://github.com/orgs/acme/sso"), "authorize the token for it"),
        (answer(403, "Repository was archived so is read-only."), "Repository was archived so is read-only."),
        (answer(404, "Not Found"), "acme/shop#12 does not exist on GitHub, or the agent has no access to it"),
        (answer(410, "Issues has been disabled in this repository."), "Issues has been disabled"),
        (
            answer(422, "Validation Failed", [{"field": "head", "code": "invalid"}]),
            "Validation Failed; head invalid",
        ),
        (answer(422, "Validation Failed", ["one", {"message": "No commits between main and x"}]), "one; No commits"),
    ],
)
def test_the_words_are_for_a_maintainer(given: Answer, words: str) -> None:
    assert words in str(told(given))


@pytest.mark.parametrize(
    "body", [b"", b"<html>oops</html>", b"[]", b'{"message": 3}', b"\xff\xfe", b'{"errors": [{}], "message": "m"}']
)
@pytest.mark.parametrize("status", [401, 403, 404, 422, 429, 502])
def test_whatever_the_body_holds_the_words_are_one_line(status: int, body: bytes) -> None:
    words = str(translate(Answer(status, {}, body), "acme/shop", NOW))

    assert len(words.splitlines()) == 1


def test_a_long_or_odd_text_of_githubs_is_cut_and_cleaned() -> None:
    words = str(told(answer(422, "line one\nline two\x1b[31m\u202e" + "x" * 5000)))

    assert len(words) < 500
    assert words.isprintable()


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("NOT_FOUND", NotFound),
        ("FORBIDDEN", PermissionRefused),
        ("INSUFFICIENT_SCOPES", PermissionRefused),
        ("RATE_LIMITED", ForgeUnavailable),
        ("", ForgeUnavailable),
        ("UNPROCESSABLE", InvalidInput),
    ],
)
def test_each_kind_of_graphql_error_has_its_error(kind: str, expected: type[AgentError]) -> None:
    assert type(translate_graphql([GraphQlError("said", kind)], "acme/shop#12")) is expected
