"""Which business act an effect carries out: the invoice that is mailed, the payment that is booked, ...

Acts are named by what they are for, never by the key they came with: that one act has one key is what the effects check
has to find out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

from harness.record.record import Effect

Kind: TypeAlias = tuple[str, str]
"""Service and operation of an effect."""

Act: TypeAlias = tuple[Kind, str]
"""A business act: the kind of effect that carries it out, and its name."""

MAIL, BOOK, REFUND = ("smtp", "mail"), ("accounting", "book"), ("payments", "refund")

PAY: Kind = ("payments", "pay")
"""What a customer does at the provider."""

_REMINDER = re.compile(r"Reminder ([0-9]+) of ")


def mail_identity(effect: Effect) -> str:
    """The business act of a mail by its subject: the invoice, a reminder, a credit note."""
    subject = str(effect.detail.get("subject", ""))
    if subject.startswith("Credit note "):
        return f"credit-note {effect.reference}"
    found = _REMINDER.match(subject)
    return f"reminder-{found[1]} {effect.reference}" if found else effect.reference


def refund_identity(effect: Effect) -> str:
    """The business act of a refund at the provider: the payment that goes back."""
    return f"refund {effect.detail['payment_id']}"


def booking_identity(effect: Effect) -> str:
    """The business act of a booking: its invoice, or its payment, whose id the memo names."""
    if effect.detail["kind"] in ("payment", "refund"):
        return f"{effect.detail['kind']} {payment_id_of(effect)}"
    return f"{effect.detail['kind']} {effect.reference}"


def payment_id_of(effect: Effect) -> str:
    """The id of the payment that a booking is for: the word of its memo that names one, empty when none does.

    An id need not look like one: what stands before the last "of" ("Refund of ID of invoice INV-0001") is one.
    """
    words = str(effect.detail.get("memo", "")).split()
    named = next((word for word in words if word.startswith("PAY-")), None)
    if named is not None or "of" not in words:
        return named or ""
    return words[len(words) - 2 - words[::-1].index("of")]


IDENTITIES: Mapping[Kind, Callable[[Effect], str]] = {
    MAIL: mail_identity,
    BOOK: booking_identity,
    REFUND: refund_identity,
}
