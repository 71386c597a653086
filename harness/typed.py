"""Makes a frozen value of what a file says, and refuses what does not fit its fields, naming the place.

A record on disk is somebody's word: a number where a text belongs must be found here, once, and not by whichever check
or chart comes across it first.
"""

from __future__ import annotations

import dataclasses
import functools
import sys
import types
import typing
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from harness.errors import UsageError

Made = TypeVar("Made")


def made(kind: type[Made], fields: Mapping[str, Any], place: str) -> Made:
    """The dataclass ``kind`` of these fields.

    :param place: where they stand ("run.json", "journal/world.jsonl:17"), for the message.
    :raises UsageError: a field is missing, is not one of the dataclass, or holds what it cannot hold.
    """
    hints: Mapping[str, Any] = _hints(kind)  # type: ignore[arg-type]  # a class is hashable; its metaclass says so
    for name, value in fields.items():
        if name in hints and not fits(value, hints[name]):
            raise UsageError(f"{place}: {name} is {_shown(value)}, which no {kind.__name__} has")
    try:
        return kind(**fields)
    except TypeError as error:
        raise UsageError(f"{place}: not a {kind.__name__}: {str(error).partition('() ')[2] or error}") from error


def fits(value: Any, hint: Any) -> bool:
    """Whether JSON's value is one that a field of this type may hold. A list is a tuple, an object a dataclass."""
    if hint is Any:
        return True
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return any(fits(value, each) for each in arguments)
    if origin is tuple:
        return isinstance(value, list | tuple) and all(fits(each, arguments[0]) for each in value)
    if origin is not None and issubclass(origin, Mapping):
        return isinstance(value, Mapping) and all(fits(each, arguments[1]) for each in value.values())
    if origin is not None and issubclass(origin, Sequence):
        return isinstance(value, list | tuple) and all(fits(each, arguments[0]) for each in value)
    if hint is float:
        return is_number(value)
    if hint is int:
        return isinstance(value, int) and not isinstance(value, bool)
    if dataclasses.is_dataclass(hint):
        return isinstance(value, Mapping | typing.cast(type, hint))
    return isinstance(value, hint)


def is_number(value: Any) -> bool:
    """Whether it is a number that can be reckoned with: no truth value, no infinity, none beyond a float's range."""
    return type(value) in (int, float) and abs(value) <= sys.float_info.max


@functools.cache
def _hints(kind: type[Any]) -> Mapping[str, Any]:
    return typing.get_type_hints(kind)


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}…"
