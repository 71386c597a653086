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
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from harness.errors import UsageError

Made = TypeVar("Made")


def made(kind: type[Made], fields: Mapping[str, Any], place: str) -> Made:
    """The dataclass ``kind`` of these fields.

    :param place: where they stand ("run.json", "journal/world.jsonl:17"), for the message.
    :raises UsageError: a field is missing, is not one of the dataclass, or holds what it cannot hold.
    """
    tests: Mapping[str, Callable[[Any], bool]] = _tests(kind)  # type: ignore[arg-type]  # a class is hashable
    for name, value in fields.items():
        if name in tests and not tests[name](value):
            raise UsageError(f"{place}: {name} is {_shown(value)}, which no {kind.__name__} has")
    try:
        return kind(**fields)
    except TypeError as error:
        raise UsageError(f"{place}: not a {kind.__name__}: {str(error).partition('() ')[2] or error}") from error


def fits(value: Any, hint: Any) -> bool:
    """Whether JSON's value is one that a field of this type may hold. A list is a tuple, an object a dataclass."""
    return _fitting(hint)(value)


@functools.cache
def _fitting(hint: Any) -> Callable[[Any], bool]:
    """The test for one type, made once: a record has a million fields, of few types."""
    if hint is Any:
        return lambda value: True
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        choices = [_fitting(each) for each in arguments]
        return lambda value: any(choice(value) for choice in choices)
    if origin is tuple or (origin is not None and issubclass(origin, Sequence)):
        of_each = _fitting(arguments[0])
        return lambda value: isinstance(value, list | tuple) and all(map(of_each, value))
    if origin is not None and issubclass(origin, Mapping):
        if arguments[1] is Any:
            return lambda value: isinstance(value, Mapping)
        of_value = _fitting(arguments[1])
        return lambda value: isinstance(value, Mapping) and all(map(of_value, value.values()))
    if hint is float:
        return is_number
    if hint is int:
        return lambda value: isinstance(value, int) and not isinstance(value, bool)
    if dataclasses.is_dataclass(hint):
        return lambda value: isinstance(value, Mapping | typing.cast(type, hint))
    return lambda value: isinstance(value, hint)


def is_number(value: Any) -> bool:
    """Whether it is a number that can be reckoned with: no truth value, no infinity, none beyond a float's range."""
    return type(value) in (int, float) and abs(value) <= sys.float_info.max


@functools.cache
def _tests(kind: type[Any]) -> Mapping[str, Callable[[Any], bool]]:
    return {name: _fitting(hint) for name, hint in typing.get_type_hints(kind).items()}


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}…"
