"""What nobody should try, tried in every run: forged and replayed webhooks, wrong amounts, calls that come too late.

Data flow: stream of the seed → **invoices of their own, and what is tried on them** → ``invoices``, which does it
beside the customers' operations. What may be answered is the oracle's to say (``oracle.adverse``), from ``told``.

What is tried while an invoice is open comes before what ends it, however slow the run is: ``follows`` says so, and
never a clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from harness.experiment.workload import PlannedOperation
from harness.seed import Seed
from scenarios.invoices.workload.adverse_calls import ended
from scenarios.invoices.workload.adverse_contest import contest, on_the_contested
from scenarios.invoices.workload.adverse_invoices import (
    CANCELLED,
    CONTESTED,
    INVALID,
    OVERDUE,
    PAID,
    REFUSED,
    ZONED,
    draw_mislabelled,
    draw_rows,
    draw_zoned,
)
from scenarios.invoices.workload.adverse_operation import NAME, Adverse, amount, webhook
from scenarios.invoices.workload.adverse_reason import FirstCancelling, for_another_reason
from scenarios.invoices.workload.adverse_tries import (
    Bill,
    after_the_end,
    bill_of,
    on_the_cancelled,
    on_the_others,
    on_the_paid,
)
from scenarios.invoices.workload.adverse_uploads import (
    DOCUMENT,
    LISTED,
    OTHER_CONTENT,
    OTHER_GOODS,
    ZONED_DOCUMENT,
    on_uploads,
    on_what_is_refused,
)
from scenarios.invoices.workload.customers import NEAR_DUE_SECONDS, PARTS_AT_ONCE, PARTS_COUNT, Customer, PlannedPayment
from scenarios.invoices.workload.sample import Rows, first_of_each
from scenarios.invoices.workload.uploading import UBL, DatedFile, ask_to_upload

BEGINS_SECONDS = 0.8
"""When the first of these invoices is processed, after work began; the others follow in short steps."""

PAID_AT, CANCELLED_AT, CONTESTED_AT, OTHERS_AT = 2.2, 2.0, 2.4, 1.6
PARTS_OF_A_RUN = 12
"""After so many parts an invoice that is paid in many has gone on in a new run; see ``PAYMENTS_PER_RUN``."""

assert PARTS_OF_A_RUN < PARTS_COUNT


class AdversePlan:
    """Everything adverse in one run. Nothing in it can be told from its secret: there is none in it.

    :param customers: those of the run; one of them who pays in many parts is tried on, too, if there is one.
    """

    def __init__(self, seed: Seed, customers: Sequence[Customer]) -> None:
        draw = seed.stream("adverse")
        rows = draw_rows(draw, seed.stream("adverse-cancelled"))
        zoned_rows, due_zone = draw_zoned(seed.stream("adverse-zoned"))
        self.files: Mapping[str, Rows] = {DOCUMENT: rows.document, LISTED: rows.listed, ZONED_DOCUMENT: zoned_rows}
        self._document = DatedFile(rows.document, from_midnight=True)
        self._zoned = DatedFile(zoned_rows, from_midnight=True, due_zone=due_zone)
        self._listed = DatedFile(rows.listed, {OVERDUE: BEGINS_SECONDS + NEAR_DUE_SECONDS})
        bills = _bills([*rows.document, *rows.listed, *zoned_rows])
        whole, of_zoned = (_payment(bills[each], f"PAY-{each}-1", bills[each].units, PAID_AT) for each in (PAID, ZONED))
        # Whoever gives the updates of an invoice ids out of one pool meets the cancellation's here.
        word = _payment(bills[CANCELLED], "cancel", bills[CANCELLED].units // 3, CANCELLED_AT)
        self._contest = contest(bills[CONTESTED], f"PAY-{CONTESTED}-1", draw)
        won = PlannedPayment(self._contest.payment_id, self._contest.amounts[0], bills[CONTESTED].currency, 1, 3.0)
        self.customers = tuple(
            Customer(invoice_id, habit, round(BEGINS_SECONDS + 0.1 * number, 3), payments, due, cancelled)
            for number, (invoice_id, habit, payments, due, cancelled) in enumerate(
                (
                    (PAID, "prompt", (whole,), None, None),
                    (CANCELLED, "part-then-cancels", (word,), None, CANCELLED_AT + 1.5),
                    (CONTESTED, "part-then-cancels", (won,), None, CONTESTED_AT + 1.5),
                    (OVERDUE, "never", (), BEGINS_SECONDS + NEAR_DUE_SECONDS, None),
                    (INVALID, "never", (), None, None),
                    (ZONED, "prompt", (of_zoned,), None, None),
                )
            )
        )
        paid, follows_paid = on_the_paid(bills[PAID], whole, PAID_AT)
        cancelled, follows_cancelled = on_the_cancelled(bills[CANCELLED], word, CANCELLED_AT)
        self._cancelling = FirstCancelling(CANCELLED)
        contested, follows_contested = on_the_contested(self._contest, CONTESTED_AT)
        # What is mailed and booked of it shows whether a content that was refused has changed anything.
        others = tuple(f"{NAME}/{kind}/{CANCELLED}" for kind in (OTHER_CONTENT, OTHER_GOODS))
        refused_before = {f"process/{CANCELLED}": others}
        self._follows = {**follows_paid, **follows_cancelled, **follows_contested, **refused_before}
        self._adverse = [
            *on_uploads(rows, self._document, self._listed, OTHERS_AT),
            *paid,
            *cancelled,
            for_another_reason(self._cancelling, CANCELLED, CANCELLED_AT + 1.5, (f"process/{CANCELLED}",)),
            *contested,
            *on_the_others(bills, f"upload/{LISTED}", OTHERS_AT),
            *_on_many_parts(customers),
            *on_what_is_refused(draw_mislabelled(seed.stream("adverse-mislabelled")), OTHERS_AT),
        ]

    def told(self) -> list[Mapping[str, Any]]:
        """Each adverse operation for the oracle, as plain JSON."""
        return [adverse.told() for adverse in self._adverse]

    def operations(self, of_customers: Iterable[PlannedOperation]) -> Iterator[PlannedOperation]:
        """The uploads, the operations of these customers in their place among what is tried, and what is tried.

        :param of_customers: of :attr:`customers`, as those of any others.
        """
        asking = {
            DOCUMENT: ask_to_upload(self._document, UBL),
            ZONED_DOCUMENT: ask_to_upload(self._zoned, UBL),
            LISTED: ask_to_upload(self._listed),
        }
        for file, ask in asking.items():
            yield PlannedOperation(f"upload/{file}", "upload", file, 0.0, ask)
        for operation in of_customers:
            yield self._placed(operation)
        yield from (adverse.planned() for adverse in self._adverse)

    def _placed(self, operation: PlannedOperation) -> PlannedOperation:
        file = {PAID: DOCUMENT, ZONED: ZONED_DOCUMENT}.get(operation.subject, LISTED)
        call = operation.call
        if operation.operation_id == f"pay/{self._contest.payment_id}":
            call = self._contest.pay(next(c.payments[0] for c in self.customers if c.invoice_id == CONTESTED))
        if operation.operation_id == f"cancel/{CANCELLED}":
            call = self._cancelling.watched(call)
        follows = self._follows.get(operation.operation_id, ())
        return replace(operation, call=call, needs=(*operation.needs, f"upload/{file}"), follows=follows)


def _bills(rows: Rows) -> dict[str, Bill]:
    """Of each invoice, by its id. What is refused for its currency is billed in another: it must fail for its id."""
    bills = {invoice_id: bill_of(row) for invoice_id, row in first_of_each(rows).items() if invoice_id != REFUSED}
    return {**bills, REFUSED: replace(bills[PAID], invoice_id=REFUSED)}


def _payment(bill: Bill, payment_id: str, units: int, at: float) -> PlannedPayment:
    return PlannedPayment(payment_id, amount(units, bill.digits), bill.currency, 1, at)


def _on_many_parts(customers: Sequence[Customer]) -> list[Adverse]:
    """Payments that an earlier run of the workflow counted: others under the id of one, and the same after the end.

    What the last run counted Temporal itself remembers; of what an earlier one did only the books tell.
    """
    customer = next((c for c in customers if c.habit == "many-parts" and len(c.payments) == PARTS_COUNT), None)
    if customer is None:
        return []
    first, last = customer.payments[0], customer.payments[PARTS_OF_A_RUN - 1]
    exact = Decimal(first.amount)
    unit = Decimal(1).scaleb(int(exact.as_tuple().exponent))
    payment = {"payment_id": first.payment_id, "invoice_id": customer.invoice_id, "currency": first.currency}
    others = [each for each in (exact - unit, exact + unit, -exact) if each]
    other = Adverse(
        "other-amount-in-a-new-run",
        customer.invoice_id,
        tuple(webhook({**payment, "amount": f"{each:f}"}) for each in others),
        last.after_seconds,
        follows=tuple(f"pay/{each.payment_id}" for each in customer.payments[:PARTS_OF_A_RUN]),
        wait=ended(customer.payments[:PARTS_OF_A_RUN]),
    )
    again = [
        webhook({**payment, "payment_id": each.payment_id, "amount": each.amount})
        for each in customer.payments[:PARTS_AT_ONCE]
    ]
    at = customer.payments[-1].after_seconds + 0.5
    follows = (other.operation_id, *(f"pay/{each.payment_id}" for each in customer.payments))
    return [other, *after_the_end(customer.invoice_id, at, follows, {"replayed-after-the-end": again})]
