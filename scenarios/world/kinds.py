"""The kinds of effect that the application can bring about here: what a hold selects by, and what every cut is for.

A service's operation is not enough: a reminder is a mail like any other, a credit note is booked like an invoice. What
tells them apart is in the content that the world received: the subject of a mail, the kind of an entry. Pure.

Not covered: what others do (a customer pays) and what the world does by itself (money settles or goes back).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scenarios.world.ledger import Request

ENTRY_KINDS = ("invoice", "payment", "refund", "credit-note")
"""The kinds of accounting entries."""

OTHER_MAIL = "mail:other"
"""A mail that is none of the known ones: the application has learned to write a letter that nobody has cut yet."""

KINDS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("smtp", "mail"): ("mail:invoice", "mail:reminder", "mail:credit-note"),
    ("accounting", "book"): tuple(f"booking:{kind}" for kind in ENTRY_KINDS),
    ("payments", "refund"): ("refund",),
}
"""(service, operation) → the kinds of effect that the application asks for there."""

EFFECT_KINDS = tuple(kind for kinds in KINDS.values() for kind in kinds)
"""All of them, in the order of the table."""

_SUBJECTS = {"Invoice ": "mail:invoice", "Reminder ": "mail:reminder", "Credit note ": "mail:credit-note"}


def effect_kind(service: str, operation: str, detail: Mapping[str, Any]) -> str | None:
    """The kind of an effect or of a request for one, ``None`` when the application does not ask for such a thing.

    :param detail: its content; of a request that could not be read it is empty, and then there is no kind either.
    """
    match service, operation:
        case "smtp", "mail":
            subject = str(detail.get("subject", ""))
            return next((kind for begins, kind in _SUBJECTS.items() if subject.startswith(begins)), OTHER_MAIL)
        case "accounting", "book" if "kind" in detail:
            return f"booking:{detail['kind']}"
        case "payments", "refund":
            return "refund"
    return None


def kind_of(request: Request) -> str | None:
    """The kind of effect that a request asks for."""
    return effect_kind(request.service, request.operation, request.detail)
