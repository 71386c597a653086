"""Messages as plain JSON, so that two of them can be compared and shown."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure

SHOWN = 8


def value_of(payload: Payload) -> Any:
    """What a payload holds: a value of JSON, or for bytes how many and which."""
    encoding = payload.metadata.get("encoding", b"").decode(errors="replace")
    if encoding == "binary/null":
        return None
    if encoding.startswith("json/"):
        try:
            return json.loads(payload.data)
        except (ValueError, RecursionError):
            pass  # nobody could read it, so its bytes are compared
    return f"{encoding}, {len(payload.data)} bytes {hashlib.sha256(payload.data).hexdigest()[:SHOWN]}"


def values_of(payloads: Iterable[Payload]) -> list[Any]:
    """The same of several."""
    return [value_of(payload) for payload in payloads]


def named(payloads: Mapping[str, Payload]) -> dict[str, Any]:
    """The same of those that have names."""
    return {name: value_of(payload) for name, payload in payloads.items()}


def seconds(duration: Duration) -> float:
    """A duration in seconds."""
    return duration.seconds + duration.nanos / 1e9


def failure_of(failure: Failure) -> dict[str, Any]:
    """What a failure says, without its stack traces, which move with every line of the code."""
    told: dict[str, Any] = {"message": failure.message}
    if failure.HasField("application_failure_info"):
        info = failure.application_failure_info
        told |= {"type": info.type, "non_retryable": info.non_retryable, "details": values_of(info.details.payloads)}
    if failure.HasField("cause"):
        told["cause"] = failure_of(failure.cause)
    return told


def payloads_in(message: Message) -> Iterator[Payload]:
    """Every payload of a message, however deep."""
    if isinstance(message, Payload):
        yield message
        return
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        if field.message_type.GetOptions().map_entry:
            inner = value.values() if field.message_type.fields_by_name["value"].message_type else ()
        else:
            inner = value if isinstance(value, Iterable) else (value,)
        for each in inner:
            yield from payloads_in(each)


def differences(then: Any, now: Any, path: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Where two values differ, as (path, then, now), each at the deepest place that tells it."""
    if isinstance(then, dict) and isinstance(now, dict):
        for name in sorted({*then, *now}, key=str):
            yield from differences(then.get(name), now.get(name), f"{path}.{name}" if path else str(name))
    elif isinstance(then, list) and isinstance(now, list) and len(then) == len(now):
        for number, (one, other) in enumerate(zip(then, now, strict=True)):
            yield from differences(one, other, f"{path}[{number}]")
    elif not _alike(then, now):
        yield path, then, now


def _alike(then: Any, now: Any) -> bool:
    # Python writes NaN into JSON and reads it back, and it equals nothing.
    both_no_number = then != then and now != now
    return both_no_number or (then == now and isinstance(then, bool) == isinstance(now, bool))
