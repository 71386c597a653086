"""What the HTTP services share: reading a body, saying an answer, and hanging up without one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from scenarios.world.intake import Answer

HANG_UP = "assay.hang_up"
"""The ASGI extension by which the server offers to close a request's connection (``serving``)."""


class Malformed(Exception):
    """A body that the service does not understand; the message says what is wrong where."""


def canonical_digest(value: Any) -> str:
    """SHA-256 (hex) of a JSON value, whatever the order of its keys and its white space were."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def parse_object(body: bytes) -> dict[str, Any]:
    """The JSON object in a body.

    :raises Malformed: it is no JSON, or no object.
    """
    try:
        value = json.loads(body)
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()  # lone surrogates and NaN are no JSON text
    except ValueError as error:
        raise Malformed(f"the body is not JSON: {error}") from error
    if not isinstance(value, dict):
        raise Malformed("the body is not a JSON object")
    return value


def text_field(fields: Mapping[str, Any], name: str) -> str:
    """A field that must be a text which is not empty.

    :raises Malformed: it is missing, empty or something else.
    """
    value = fields.get(name)
    if not isinstance(value, str) or not value.strip():
        raise Malformed(f"{name} must be a text, not {value!r}")
    return value


def require_fields(fields: Mapping[str, Any], wanted: frozenset[str]) -> None:
    """Refuse an object that has not exactly the wanted fields.

    :raises Malformed: names the missing and the unknown ones.
    """
    missing, unknown = sorted(wanted - set(fields)), sorted(set(fields) - wanted)
    if missing or unknown:
        raise Malformed(f"missing fields: {missing}; unknown fields: {unknown}")


async def respond(request: Request, answer: Answer, body: Mapping[str, Any]) -> Response:
    """The response for an answer: ``body`` when it was accepted (now or earlier), ``{"error"}`` otherwise.

    A dropped answer closes the connection; what is returned then goes nowhere.
    """
    if answer.status is None:
        request.scope["extensions"][HANG_UP]()
        while (await request.receive())["type"] != "http.disconnect":
            pass
        return Response()
    if answer.effect is None:
        return error(answer.status, answer.message)
    headers = {"Idempotent-Replayed": "true"} if answer.outcome == "replayed" else {}
    return JSONResponse(dict(body), status_code=answer.status, headers=headers)


def error(status: int, message: str) -> JSONResponse:
    """An error as every port of the world says it."""
    return JSONResponse({"error": message}, status_code=status)


async def healthz(request: Request) -> Response:
    """Answers 200: the port is open and its service works."""
    return PlainTextResponse("ok\n")
