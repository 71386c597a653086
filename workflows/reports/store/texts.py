"""Values as text in SQL and back, as exact as they travel to Temporal."""

from __future__ import annotations

from typing import TypeVar

from temporalio.api.common.v1 import Payload

from workflows.kit.converter import data_converter

Value = TypeVar("Value")

_JSON = {"encoding": b"json/plain"}


def text_of(value: object) -> str:
    """JSON of a dataclass; equal values have equal texts."""
    return data_converter.payload_converter.to_payload(value).data.decode()


def value_of(text: str, kind: type[Value]) -> Value:
    """What :func:`text_of` was given."""
    value: Value = data_converter.payload_converter.from_payload(Payload(metadata=_JSON, data=text.encode()), kind)
    return value
