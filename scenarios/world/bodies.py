"""What the HTTP services say and read, without HTTP: bodies, replies, and the table of what can be asked.

Pure. ``web`` puts it behind sockets, ``in_memory`` behind a client that has none.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any

from scenarios.world.intake import Answer


@dataclass(frozen=True)
class Reply:
    """What goes back. ``status`` is ``None`` when the connection is closed without a word.

    ``replayed`` says that it was said before, to the first request with this key.
    """

    status: int | None
    body: Mapping[str, Any] = field(default_factory=dict)
    replayed: bool = False

    @property
    def headers(self) -> Mapping[str, str]:
        """Those beside the body's own."""
        return {"Idempotent-Replayed": "true"} if self.replayed else {}


Endpoint = Callable[[bytes, str | None], Coroutine[Any, Any, Reply]]
"""Body and ``Idempotency-Key`` of a POST → what goes back."""


def reply_of(answer: Answer, body: Mapping[str, Any]) -> Reply:
    """The reply for an answer: ``body`` when it was accepted (now or earlier), ``{"error"}`` otherwise."""
    if answer.status is None:
        return Reply(None)
    if answer.effect is None:
        return error(answer.status, answer.message)
    return Reply(answer.status, body, replayed=answer.outcome == "replayed")


def error(status: int, message: str) -> Reply:
    """An error as every port of the world says it."""
    return Reply(status, {"error": message})


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
