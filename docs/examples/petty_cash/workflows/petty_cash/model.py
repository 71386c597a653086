"""What a voucher says, and where it may stand."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Final

from workflows.kit.money import Money

TASK_QUEUE: Final = "traf3li-petty-cash"
WORKFLOW_IDS_BEGIN: Final = "petty-cash/"
MOST: Final = Money.parse("500.00", "SAR")
"""What may be paid out of the box at once."""


class Status(enum.StrEnum):
    """Where a voucher stands; the value of ``BusinessStatus``."""

    BOOKING = "booking"
    HELD = "held"
    BOOKED = "booked"
    REFUSED = "refused"


@dataclass(frozen=True)
class Voucher:
    """What was paid out of the box, and what for."""

    voucher_id: str
    purpose: str
    amount: Money


def workflow_id(voucher_id: str) -> str:
    """One for each voucher, for ever."""
    return WORKFLOW_IDS_BEGIN + voucher_id
