"""What the SDK's classes have and a simulated client's lack is refused by name; what both lack is no attribute."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import NoReturn

Refuse = Callable[[str], NoReturn]
"""``Timeline.refuse``: if it were only raised, the next ``except`` of the application would hide it."""


def lacking(sdk: type, name: str) -> str:
    """What to refuse when a simulated object is asked for an attribute that it lacks; for its ``__getattr__``.

    :param sdk: the class that the object stands for.
    :raises AttributeError: that has none of this name, either, or it is none of its face.
    """
    if name.startswith("_") or name not in _face(sdk):
        raise AttributeError(f"{sdk.__name__!r} object has no attribute {name!r}", name=name)
    return f"{sdk.__name__}.{name} is not simulated; do without it"


@functools.cache
def _face(sdk: type) -> frozenset[str]:
    """Methods and class attributes, and the fields of a dataclass or a protobuf message."""
    message = getattr(sdk, "DESCRIPTOR", None)
    fields = message.fields_by_name if message is not None else getattr(sdk, "__dataclass_fields__", ())
    return frozenset((*dir(sdk), *fields))
