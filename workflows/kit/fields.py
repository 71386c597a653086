"""Readers of single values that callers send, the same for every format and family: a value, or what is wrong with it.

Every reader takes text without surrounding blanks and raises ``ValueError`` with a message for the person who sent
it; a message never repeats more than the beginning of what was sent.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal

from workflows.kit.money import LARGEST_MINOR_UNITS, Money, minor_digits, parse_decimal

LONGEST_TEXT = 500
"""Characters in one value."""

LARGEST_FACTOR = Decimal(10**12)
"""Bound on quantities and unit prices."""

DEFAULT_CURRENCY = "SAR"

_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", re.ASCII)
_NOT_FINITE = re.compile(r"[+-]?(s?nan|inf(inity)?)", re.IGNORECASE)


def text(cell: str) -> str:
    """Required free text without control characters, which might otherwise end up in a mail header."""
    if not cell:
        raise ValueError("is empty")
    if len(cell) > LONGEST_TEXT:
        raise ValueError(f"has {len(cell)} characters; at most {LONGEST_TEXT} are taken")
    if not cell.isprintable():
        raise ValueError("contains control characters")
    return cell


def identifier(cell: str) -> str:
    """An id that is safe in a URL, a workflow id and a Message-ID."""
    if not _IDENTIFIER.fullmatch(cell):
        raise ValueError(f"{cell[:64]!r} is not an id: 1 to 64 letters, digits, dots, underscores or hyphens")
    return cell


def email(cell: str) -> str:
    """One plain mail address."""
    if len(cell) > 254 or not _EMAIL.fullmatch(cell):
        raise ValueError(f"{cell[:64]!r} is not a mail address")
    return cell


def currency(cell: str) -> str:
    """A currency we bill in; an empty cell means SAR."""
    code = cell or DEFAULT_CURRENCY
    minor_digits(code if len(code) <= 3 else f"{code[:3]}...")
    return code


def number_up_to(largest: Decimal) -> Callable[[str], Decimal]:
    """A reader of plain decimals between zero and ``largest``."""

    def read(cell: str) -> Decimal:
        if _NOT_FINITE.fullmatch(cell):
            raise ValueError(f"{cell!r} is not a finite number")
        number = parse_decimal(cell)
        if number < 0:
            raise ValueError(f"{cell} is negative")
        if number > largest:
            raise ValueError(f"{cell} is more than {largest}")
        return number

    return read


def amount(cell: str) -> Decimal:
    """An amount in whatever currency."""
    return number_up_to(Decimal(LARGEST_MINOR_UNITS))(cell)


def money_in(code: str) -> Callable[[str], Money]:
    """A reader of amounts that the currency's minor unit can express."""
    return lambda cell: Money(amount(cell), code)


def instant(cell: str) -> datetime:
    """An RFC 3339 instant with its zone, as UTC."""
    if _RFC3339.fullmatch(cell):
        # The shape is right, but the date may not exist or be out of the calendar.
        with suppress(ValueError, OverflowError):
            return datetime.fromisoformat(cell).astimezone(UTC)
    raise ValueError(f"{cell[:64]!r} is not an RFC 3339 instant such as 2026-11-02T09:00:00+03:00")
