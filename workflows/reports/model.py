"""What a report is made of: what is asked for, a line for each invoice, and the sums. Plain data without I/O."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime

from workflows.kit.money import Money

TASK_QUEUE = "traf3li-reports"
WORKFLOW_IDS_BEGIN = "report/"

AGING_DAYS = (0, 30, 60, 90)
"""Upper bounds, in whole days overdue, of all aging buckets but the last, which holds what is overdue for longer."""


class Status(enum.StrEnum):
    """Where a report stands; the value of ``BusinessStatus``."""

    WAITING = "waiting"
    GATHERING = "gathering"
    COMPOSING = "composing"
    SENDING = "sending"
    HELD = "held"
    SENT = "sent"


@dataclass(frozen=True)
class ReportRequest:
    """What a caller asks for, and the input of its workflow.

    :param as_of: what was booked or settled later does not stand in the report.
    :param recipients: e-mail addresses, each gets a mail of its own.
    """

    report_id: str
    as_of: datetime
    recipients: tuple[str, ...]


@dataclass(frozen=True)
class ReportLine:
    """One invoice as of the report's instant. All amounts are in one currency.

    :param customer: ``None``, as are the two instants, when our books do not know what accounting has booked.
    :param credited: what credit notes took back of the total.
    :param paid: the payments that accounting has booked, refunded ones included.
    :param refunded: the refunds that accounting has booked.
    :param with_provider: what the payment provider has received and not given back.
    """

    invoice_id: str
    customer: str | None
    issued_at: datetime | None
    due_at: datetime | None
    net: Money
    vat: Money
    total: Money
    credited: Money
    paid: Money
    refunded: Money
    with_provider: Money

    @property
    def outstanding(self) -> Money:
        """What is still owed."""
        return self.total - self.credited - self.paid + self.refunded

    @property
    def unbooked(self) -> Money:
        """What the provider has and accounting has not booked yet; below zero the other way round."""
        return self.with_provider - self.paid + self.refunded


@dataclass(frozen=True)
class CurrencySums:
    """The sums of all lines of one currency.

    :param aging: what is outstanding, by how long it is overdue: a bucket for each of ``AGING_DAYS``, and the rest.
    """

    invoice_count: int
    net: Money
    vat: Money
    total: Money
    credited: Money
    paid: Money
    refunded: Money
    with_provider: Money
    outstanding: Money
    unbooked: Money
    aging: tuple[Money, ...]


@dataclass(frozen=True)
class AccountBalance:
    """What accounting has posted to one account in one currency."""

    account: str
    debit: Money
    credit: Money


@dataclass(frozen=True)
class Summary:
    """A whole report but for its lines.

    :param sums: by currency, in the order of their codes.
    :param balances: by account and currency, in that order; over all currencies debits equal credits.
    :param unknown_count: lines of invoices that our books do not know.
    """

    report_id: str
    as_of: datetime
    line_count: int
    unknown_count: int
    sums: tuple[CurrencySums, ...]
    balances: tuple[AccountBalance, ...]


def workflow_id(report_id: str) -> str:
    """The one workflow id of a report, for ever: what makes starting it twice harmless."""
    return WORKFLOW_IDS_BEGIN + report_id
