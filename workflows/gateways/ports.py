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


@dataclass(frozen=True)
class BookedEntry:
    """An entry that accounting holds, and since when."""

    entry_id: str
    entry: Entry
    booked_at: datetime


@dataclass(frozen=True)
class EntryPage:
    """Some of accounting's entries, in its order.

    :param after: the cursor of the next page; ``None`` when this was the last.
    """

    entries: tuple[BookedEntry, ...]
    after: str | None


@dataclass(frozen=True)
class Settlement:
    """Money that the payment provider has received for good, or given back.

    :param kind: ``settled`` or ``refund``.
    :param reference: what it is about, such as an invoice id.
    """

    kind: str
    payment_id: str
    reference: str
    amount: Money
    at: datetime


@dataclass(frozen=True)
class SettlementPage:
    """Some of the provider's settlements, in its order.

    :param after: the cursor of the next page; ``None`` when this was the last.
    """

    settlements: tuple[Settlement, ...]
    after: str | None


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


class Statements(Protocol):
    """Lists what accounting has booked. Reads only."""

    async def entries(self, *, as_of: datetime, after: str | None, limit: int) -> EntryPage:
        """Return the entries that were booked until an instant, from the cursor of the page before on.

        :param after: ``None`` for the first page.
        :param limit: so many at most.
        """


class Settlements(Protocol):
    """Lists what the payment provider has received and given back. Reads only."""

    async def settlements(self, *, as_of: datetime, after: str | None, limit: int) -> SettlementPage:
        """Return the settlements until an instant; see :meth:`Statements.entries`."""


class Archive(Protocol):
    """Keeps files under keys, each once and for good."""

    async def put(self, key: str, content: bytes, *, content_type: str) -> bool:
        """Store a file, or find it stored; ``False`` when it was there. What is there is never overwritten."""

    async def get(self, key: str) -> bytes:
        """Return a file. :raises LookupError: there is none under this key."""


class PaymentProvider(Protocol):
    """Gives customers their money back, exactly once for each key."""

    async def refund(self, refund: Refund, *, idempotency_key: str) -> str:
        """Refund the payment, or find it refunded, and return the refund's id."""
