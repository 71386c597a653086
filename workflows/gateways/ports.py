"""What activities ask of the outside: mail, accounting, payments. Each says what a repeated call may rely on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from workflows.kit.money import Money


@dataclass(frozen=True)
class Posting:
    """One line of an accounting entry; one of the two sides is zero."""

    account: str
    debit: Money
    credit: Money


@dataclass(frozen=True)
class Entry:
    """A balanced double-entry booking.

    :param reference: what it is about, such as an invoice id.
    :param kind: one of those that accounting knows, such as ``invoice``.
    """

    reference: str
    kind: str
    memo: str
    postings: tuple[Posting, ...]


@dataclass(frozen=True)
class Refund:
    """A payment of a customer that goes back whole.

    :param reference: what it is about, such as an invoice id.
    """

    reference: str
    payment_id: str
    amount: Money


@dataclass(frozen=True)
class Attachment:
    """A PDF file that goes with a mail."""

    filename: str
    content: bytes


@dataclass(frozen=True)
class Mail:
    """A mail with everything that decides its bytes.

    :param message_key: what the Message-ID is made of: the same key is the same mail.
    :param reference: what it is about, carried in the header X-Entity-Ref-ID.
    :param date: the Date header; not the time of the attempt.
    """

    recipient: str
    subject: str
    text: str
    message_key: str
    reference: str
    date: datetime
    attachment: Attachment


class MailGateway(Protocol):
    """Sends mail, at least once."""

    async def send(self, mail: Mail) -> str:
        """Hand the mail over and return its Message-ID."""


class Accounting(Protocol):
    """Books entries, exactly once for each key."""

    async def book(self, entry: Entry, *, idempotency_key: str) -> str:
        """Book the entry, or find it booked, and return its id."""

    async def withdraw(self, reference: str, *, idempotency_key: str) -> str | None:
        """Stop what is asked for under this key, for good, unless it is booked; return the entry's id then.

        :param reference: what it is about, such as an invoice id.
        :returns: ``None`` when it was not booked: from now on it never will be, however late an attempt arrives.
        """


class PaymentProvider(Protocol):
    """Gives customers their money back, exactly once for each key."""

    async def refund(self, refund: Refund, *, idempotency_key: str) -> str:
        """Refund the payment, or find it refunded, and return the refund's id."""
