"""The effects of invoices.

A service's operation is not enough to tell them apart: a reminder is a mail like any other, a credit note is booked
like an invoice. What does is the content that the world received: the subject of a mail, the kind of an entry.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scenarios.kit.effects import Effects

BOOKINGS = ("invoice", "payment", "refund", "credit-note")
"""The kinds of accounting entries."""

_SUBJECTS = {"Invoice ": "mail:invoice", "Reminder ": "mail:reminder", "Credit note ": "mail:credit-note"}


def kind_of(service: str, operation: str, detail: Mapping[str, Any]) -> str | None:
    """The kind of an effect, or of a request for one.

    :param detail: its content; of a request that could not be read it is empty, and then there is no kind either.
    """
    match service, operation:
        case "smtp", "mail":
            subject = str(detail.get("subject", ""))
            return next((kind for begins, kind in _SUBJECTS.items() if subject.startswith(begins)), None)
        case "accounting", "book" if detail.get("kind") in BOOKINGS:
            return f"booking:{detail['kind']}"
        case "payments", "refund":
            return "refund"
    return None


EFFECTS = Effects(
    {
        ("smtp", "mail"): tuple(_SUBJECTS.values()),
        ("accounting", "book"): tuple(f"booking:{kind}" for kind in BOOKINGS),
        ("payments", "refund"): ("refund",),
    },
    kind_of,
)
