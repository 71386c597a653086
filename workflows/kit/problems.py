"""Errors of the API as ``application/problem+json`` (RFC 9457), whatever went wrong and wherever."""

from __future__ import annotations

import logging
from http import HTTPStatus

from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ExceptionHandler
from temporalio.client import RPCTimeoutOrCancelledError
from temporalio.service import RPCError, RPCStatusCode

logger = logging.getLogger(__name__)

TYPE_PREFIX = "https://traf3li.example/problems/"


class Problem(Exception):
    """An answer that is an error.

    :param kind: the last part of the problem type, for example ``invoice-closed``.
    :param detail: what was wrong and what fixes it, for the person who reads the answer.
    """

    def __init__(self, status: int, kind: str, detail: str) -> None:
        super().__init__(detail)
        self.status, self.kind, self.detail = status, kind, detail


def not_now(detail: str) -> Problem:
    """503: nothing is wrong with the request; repeating it later is right and harmless."""
    return Problem(503, "not-now", detail)


def _answer(status: int, kind: str, detail: str, headers: dict[str, str] | None = None) -> JSONResponse:
    body = {"type": TYPE_PREFIX + kind, "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    extra = {"Retry-After": "1"} if status == 503 else {}
    return JSONResponse(body, status, {**extra, **(headers or {})}, media_type="application/problem+json")


async def _on_problem(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Problem)
    return _answer(error.status, error.kind, error.detail)


async def _on_http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    kind = HTTPStatus(error.status_code).phrase.lower().replace(" ", "-")
    detail = f"{request.method} {request.url.path}: {error.detail}"
    return _answer(error.status_code, kind, detail, dict(error.headers or {}))


async def _on_temporal(_request: Request, error: Exception) -> JSONResponse:
    status = error.status if isinstance(error, RPCError) else RPCStatusCode.DEADLINE_EXCEEDED
    logger.warning("Temporal did not answer: %s %s", status.name, error)
    return _answer(503, "not-now", f"Temporal did not answer ({status.name}); try again")


async def _on_books(_request: Request, error: Exception) -> JSONResponse:
    logger.warning("the books did not answer: %s", error)
    return _answer(503, "not-now", "the books did not answer; try again")


async def _on_defect(_request: Request, error: Exception) -> JSONResponse:
    logger.error("unexpected error", exc_info=error)
    return _answer(500, "internal", "an unexpected error; it is in the log of the API")


HANDLERS: dict[int | type[Exception], ExceptionHandler] = {
    Problem: _on_problem,
    HTTPException: _on_http,
    RPCError: _on_temporal,
    RPCTimeoutOrCancelledError: _on_temporal,
    OperationalError: _on_books,
    Exception: _on_defect,
}
"""For ``Starlette(exception_handlers=...)``."""
