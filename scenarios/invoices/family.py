"""Invoices under test as one value: what every claim on them demands, and the words for it."""

from __future__ import annotations

from harness.judge.checks.effects import Delivery, Promise
from harness.report.vocabulary import Vocabulary
from scenarios.invoices.checks.answers.answers import AnswersCheck
from scenarios.invoices.checks.answers.permitted import PROVIDER, may_be_refused
from scenarios.invoices.checks.answers.receipts import ReceiptsCheck
from scenarios.invoices.checks.books import BooksCheck
from scenarios.invoices.checks.compensations import CompensationsCheck
from scenarios.invoices.checks.content.documents import DocumentsCheck
from scenarios.invoices.checks.content.letters import LettersCheck
from scenarios.invoices.checks.content.results import ResultsCheck
from scenarios.invoices.checks.content.shown import ShownCheck
from scenarios.invoices.checks.facts.identities import booking_identity, mail_identity, refund_identity
from scenarios.invoices.checks.payments import PaymentsCheck
from scenarios.invoices.checks.refunds import RefundsCheck
from scenarios.invoices.checks.reminders import expected_acts, is_reminder
from scenarios.invoices.checks.runs import RunsCheck
from scenarios.invoices.checks.statuses import StatusesCheck
from scenarios.invoices.checks.trail import TrailCheck
from scenarios.invoices.checks.uploads import UploadsCheck
from scenarios.kit.checks.availability import AvailabilityCheck
from scenarios.kit.checks.strikes import WORLD
from scenarios.kit.family import Family

FAMILY = Family(
    promises=(
        Promise("smtp", "mail", Delivery.AT_LEAST_ONCE, identity=mail_identity),
        Promise("accounting", "book", Delivery.EXACTLY_ONCE, identity=booking_identity),
        Promise("payments", "refund", Delivery.EXACTLY_ONCE, identity=refund_identity),
    ),
    expected=expected_acts,
    final_states=frozenset({"invalid", "paid", "overdue", "cancelled"}),
    vocabulary=Vocabulary(
        singular="invoice",
        plural="invoices",
        verbs={
            ("smtp", "mail"): "mailed",
            ("accounting", "book"): "booked",
            ("payments", "settled"): "paid",
            ("payments", "refund"): "refunded",
        },
        excuses={("smtp", "mail"): "as e-mail allows"},
        identity=("kind", "payment_id", "memo", "subject"),
        personal_data="names, addresses, e-mail addresses and VAT numbers of customers, what they bought, owed and "
        "paid, mails and their PDF files",
    ),
    # Of these three its checks are its own: what an invoice comes to depends on who pays, cancels and is reminded. They
    # stand where a reader of the report looks for them.
    ends=None,
    may_be_refused=None,
    results=None,
    # Both reminders of some invoice had to be mailed, with nothing to excuse that they were not.
    demands={f"reminder {number}": is_reminder(number) for number in (1, 2)},
    checks=(
        BooksCheck(),
        PaymentsCheck(),
        StatusesCheck(),
        TrailCheck(),
        RunsCheck(),
        CompensationsCheck(),
        UploadsCheck(),
        AnswersCheck(),
        AvailabilityCheck(may_be_refused, WORLD, outside=PROVIDER),
        LettersCheck(),
        DocumentsCheck(),
        RefundsCheck(),
        ReceiptsCheck(),
        ShownCheck(),
        ResultsCheck(),
    ),
)
