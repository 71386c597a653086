"""How values become Temporal payloads: plain JSON, exact, typed by the hints of the receiving function.

``Decimal``, ``date`` and ``datetime`` travel as text. Floats are refused in both directions, because an amount that was
a float once cannot be trusted again. The SDK's default converter cannot carry ``Decimal`` and lets floats pass;
``temporalio.contrib.pydantic`` can carry it, but lets floats pass too and costs every worker half a second of import.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence, Set
from datetime import date
from decimal import Decimal
from typing import Any, NoReturn

from temporalio.api.common.v1 import Payload
from temporalio.converter import (
    CompositePayloadConverter,
    DataConverter,
    DefaultPayloadConverter,
    JSONPlainPayloadConverter,
    JSONTypeConverter,
)


def _plain(value: Any, path: str) -> Any:
    """Reduce a value to what JSON knows, naming the place of anything that it cannot carry exactly."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise TypeError(f"{path}: {value} cannot be a payload; amounts are finite")
        return format(value, "f")
    if isinstance(value, date):  # and datetime, which is one
        return value.isoformat()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name), f"{path}.{f.name}") for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(item, f"{path}[{key!r}]") for key, item in value.items()}
    if isinstance(value, Set):
        return [_plain(item, path) for item in sorted(value)]
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return [_plain(item, f"{path}[{index}]") for index, item in enumerate(value)]
    mend = "; use Decimal or Money" if isinstance(value, float) else ""
    raise TypeError(f"{path}: {type(value).__name__} {value!r} cannot be a payload{mend}")


def _refuse_number(text: str) -> NoReturn:
    raise TypeError(f"the payload holds the number {text}; decimals travel as text")


class _ExactDecoder(json.JSONDecoder):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options, parse_float=_refuse_number, parse_constant=_refuse_number)


class _ExactTypes(JSONTypeConverter):
    """The way back for the types that the SDK does not know."""

    def to_typed_value(self, hint: type, value: Any) -> Any:
        if hint is Decimal:
            if not isinstance(value, str):
                raise TypeError(f"expected a decimal as text, got {type(value).__name__}")
            return Decimal(value)
        if hint is date:
            return date.fromisoformat(value)
        return JSONTypeConverter.Unhandled


class _ExactJson(JSONPlainPayloadConverter):
    def __init__(self) -> None:
        super().__init__(encoder=None, decoder=_ExactDecoder, custom_type_converters=[_ExactTypes()])

    def to_payload(self, value: Any) -> Payload | None:
        return super().to_payload(_plain(value, type(value).__name__))


class ExactPayloadConverter(CompositePayloadConverter):
    """The SDK's default converters (null, bytes, protobuf) with exact JSON in the place of plain JSON."""

    def __init__(self) -> None:
        """Build the chain in the SDK's order; the first converter that takes the value wins."""
        default = DefaultPayloadConverter.default_encoding_payload_converters
        super().__init__(*(_ExactJson() if isinstance(each, JSONPlainPayloadConverter) else each for each in default))


data_converter = dataclasses.replace(DataConverter.default, payload_converter_class=ExactPayloadConverter)
"""For every client, worker and replayer of the application."""
