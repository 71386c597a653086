"""The kinds of effect that the application can bring about here: what a hold selects by, and what every cut is for.

The families say what they are (``scenarios.kit.effects``); here they are one table. Pure.

Not covered: what others do (a customer pays) and what the world does by itself (money settles or goes back).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scenarios.kit.effects import all_effects
from scenarios.world.register import Request

OTHER_MAIL = "mail:other"
"""A mail that is none of the known ones: the application has learned to write a letter that nobody has cut yet."""

BOOKING = "booking:"


def _table() -> dict[tuple[str, str], tuple[str, ...]]:
    table: dict[tuple[str, str], tuple[str, ...]] = {}
    for effects in all_effects():
        for asked, kinds in effects.kinds.items():
            table[asked] = (*table.get(asked, ()), *kinds)
    return table


KINDS: Mapping[tuple[str, str], tuple[str, ...]] = _table()
"""(service, operation) → the kinds of effect that the application asks for there."""

EFFECT_KINDS = tuple(kind for kinds in KINDS.values() for kind in kinds)
"""All of them, in the order of the table."""

ENTRY_KINDS = tuple(kind.removeprefix(BOOKING) for kind in KINDS.get(("accounting", "book"), ()))
"""The kinds of accounting entries."""


def effect_kind(service: str, operation: str, detail: Mapping[str, Any]) -> str | None:
    """The kind of an effect or of a request for one, ``None`` when the application does not ask for such a thing.

    :param detail: its content; of a request that could not be read it is empty, and then there is no kind either.
    """
    kinds = (effects.kind_of(service, operation, detail) for effects in all_effects())
    found = next((kind for kind in kinds if kind is not None), None)
    return OTHER_MAIL if found is None and (service, operation) == ("smtp", "mail") else found


def kind_of(request: Request) -> str | None:
    """The kind of effect that a request asks for."""
    return effect_kind(request.service, request.operation, request.detail)
