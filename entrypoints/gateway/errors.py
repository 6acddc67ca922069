"""Every error leaves as short JSON; what was not foreseen is told to the log alone."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import structlog
from litestar import MediaType, Response

if TYPE_CHECKING:
    from collections.abc import Mapping

    from litestar import Request
    from litestar.exceptions import HTTPException

_NAME_CHARACTERS = 100
_log = structlog.get_logger("gateway")


def answer_http_error(request: Request[Any, Any, Any], error: HTTPException) -> Response[dict[str, str]]:
    """A path or method that does not exist, and the like."""
    if error.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return answer_unexpected(request, error)
    return _response(error.status_code, HTTPStatus(error.status_code).phrase, error.headers)


def answer_unexpected(request: Request[Any, Any, Any], error: Exception) -> Response[dict[str, str]]:
    """A defect: the sender learns that it is ours, the log learns which."""
    _log.error(
        "request failed",
        path=request.url.path,
        delivery=request.headers.get("x-github-delivery", "")[:_NAME_CHARACTERS],
        status=int(HTTPStatus.INTERNAL_SERVER_ERROR),
        exc_info=error,
    )
    return _response(HTTPStatus.INTERNAL_SERVER_ERROR, "internal error; the gateway's log says more")


def _response(status: int, problem: str, headers: Mapping[str, str] | None = None) -> Response[dict[str, str]]:
    return Response({"error": problem}, status_code=status, media_type=MediaType.JSON, headers=dict(headers or {}))
