"""The workload of every claim on invoices: a company uploads, has processed, and its customers pay.

Data flow: sample file and seed → **operations** at an open rate → API and payment provider. ``describe`` is all
that the oracle gets. Some invoices are processed twice at once: a double click must not bill twice. What nobody should
try comes beside it (``adverse``).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from harness.experiment.site import Site
from harness.experiment.workload import Answer, PlannedOperation, perform
from harness.record.record import Outcome
from harness.seed import Seed
from scenarios.invoices.oracle.invoices import Fate, judge
from scenarios.invoices.workload.adverse import AdversePlan
from scenarios.invoices.workload.adverse_invoices import CLASHING
from scenarios.invoices.workload.calls import (
    CANCEL_REASON,
    ask_to_cancel,
    ask_to_pay,
    ask_to_process,
    payment_ended,
)
from scenarios.invoices.workload.clientele import draw_customers
from scenarios.invoices.workload.customers import HABITS, LAST_DUE_SECONDS, UNREACHABLE, Customer
from scenarios.invoices.workload.sample import Rows, as_csv, invoice_ids, pick, readdressed, sample_rows
from scenarios.invoices.workload.uploading import DatedFile, ask_to_upload
from scenarios.kit.calls import resume_held, until_answered
from scenarios.world import GRACE_SECONDS, MAIL_SENDER, REFUSED_DOMAIN, REMINDERS

CANARIES = 3
DOUBLE_CLICK_SHARE = 0.1
READS_AT_ONCE = 8
SHOWN_WITHIN_SECONDS = 30.0
OUTSIDE_LATENCY_SECONDS = 0.15
# Cancelling waits for payments that a slow machine or a long outage may delay; an invoice whose cancellation was never
# asked for would wait for its due instant, and the run would be blamed on the application.
CANCEL_GIVE_UP_SECONDS = 300.0
UPLOAD = "upload/invoices.csv"


class InvoiceWorkload:
    """``count`` invoices of the sample, processed at ``rate_per_second``; three more are the canaries.

    ``rows`` are those of a file with more invoices than the sample has. ``last_due_seconds`` is when what forgetful
    customers owe falls due at the earliest, after work began; ``first_habits`` are those of the first customers.
    """

    def __init__(
        self,
        seed: Seed,
        *,
        count: int,
        rate_per_second: float,
        habits: Mapping[str, int] = HABITS,
        rows: Rows | None = None,
        last_due_seconds: float = LAST_DUE_SECONDS,
        first_habits: Sequence[str] = (),
    ) -> None:
        rows = sample_rows() if rows is None else rows
        data = seed.stream("data")
        fit = {judged.invoice_id for judged in judge(as_csv(rows)) if judged.fate is Fate.GOOD}
        good = [row for row in rows if row["invoice_id"] in fit]
        self._canary_rows = pick(good, CANARIES, data)
        used = set(invoice_ids(self._canary_rows))
        self._rows = pick([row for row in rows if row["invoice_id"] not in used], count, data)
        self._rate_per_second = rate_per_second
        self._canaries = draw_customers(self._canary_rows, seed.stream("canaries"), None, habits, fit)
        self._customers = draw_customers(
            self._rows, seed.stream("customers"), rate_per_second, habits, fit, last_due_seconds, first_habits
        )
        unreachable = {customer.invoice_id for customer in self._customers if customer.habit == UNREACHABLE}
        self._rows = readdressed(self._rows, unreachable, f"nobody@{REFUSED_DOMAIN}")
        clicks = seed.stream("double-clicks")
        self._double_clicked = {c.invoice_id for c in self._customers if clicks.random() < DOUBLE_CLICK_SHARE}
        self._adverse = AdversePlan(seed, [each for each in self._customers if each.invoice_id in fit])
        self._ended: set[str] = set()

    def describe(self) -> Mapping[str, Any]:
        """The files as they stand in the sample, and what every customer does."""
        return {
            "files": {
                "canaries.csv": as_csv(self._canary_rows),
                "invoices.csv": as_csv(self._rows),
                **{name: as_csv(rows) for name, rows in self._adverse.files.items()},
            },
            "customers": [asdict(customer) for customer in self._everybody],
            "adverse": self._adverse.told(),
            "rate_per_second": self._rate_per_second,
            "reminders": REMINDERS,
            "sender": MAIL_SENDER,
            "cancel_reason": CANCEL_REASON,
            "grace_seconds": GRACE_SECONDS,
        }

    async def prepare(self, site: Site) -> None:
        """Give the outside world the latency it has in life, and upload the canaries.

        A world that answers at once would leave a worker nothing to be killed in.
        """
        if site.world is not None:
            for service in ("smtp", "accounting"):
                await site.world.set_knob(service, latency_seconds=OUTSIDE_LATENCY_SECONDS)
        asking = ask_to_upload(DatedFile(self._canary_rows))
        upload = PlannedOperation("upload/canaries.csv", "upload", "canaries.csv", 0.0, asking)
        await perform(upload, site, intended_seconds=time.monotonic())

    def canaries(self) -> Sequence[PlannedOperation]:
        """Three invoices, processed and paid at once."""
        return list(_operations(self._canaries, frozenset(), needs=()))

    def operations(self) -> Sequence[PlannedOperation]:
        """The upload, then one start per invoice at the open rate, the customers' payments, and what is adverse."""
        due = {customer.invoice_id: customer.due_seconds for customer in self._customers}
        upload = PlannedOperation(UPLOAD, "upload", "invoices.csv", 0.0, ask_to_upload(DatedFile(self._rows, due)))
        adverse = self._adverse.operations(_operations(self._adverse.customers, frozenset(), needs=()))
        return [upload, *_operations(self._customers, self._double_clicked, needs=(UPLOAD,)), *adverse]

    async def settle(self, site: Site) -> bool:
        """Resume what is held; whether every payment has reached its end at the provider."""
        await resume_held(site)
        for payment in [p for customer in self._everybody for p in customer.payments]:
            if payment.payment_id not in self._ended:
                if not await payment_ended(site, payment):
                    return False
                self._ended.add(payment.payment_id)
        return True

    async def read_back(self, site: Site) -> Mapping[str, Mapping[str, Any]]:
        """Each invoice as the API shows it: its fields and the status that the application's books hold."""
        at_once = asyncio.Semaphore(READS_AT_ONCE)
        deadline = time.monotonic() + SHOWN_WITHIN_SECONDS

        async def read(invoice_id: str) -> tuple[str, Answer]:
            async with at_once:
                left = max(0.0, deadline - time.monotonic())
                return invoice_id, await until_answered(site, f"/invoices/{invoice_id}", within_seconds=left)

        ids = [*(customer.invoice_id for customer in self._everybody), CLASHING]
        answers = await asyncio.gather(*(read(invoice_id) for invoice_id in ids))
        return {invoice_id: answer.detail for invoice_id, answer in answers if answer.outcome is Outcome.OK}

    @property
    def _everybody(self) -> tuple[Customer, ...]:
        return (*self._canaries, *self._customers, *self._adverse.customers)


def _operations(
    customers: Sequence[Customer], double_clicked: frozenset[str] | set[str], needs: tuple[str, ...]
) -> Iterator[PlannedOperation]:
    for customer in customers:
        invoice_id = customer.invoice_id
        process = f"process/{invoice_id}"
        clicks = [process, f"process-again/{invoice_id}"] if invoice_id in double_clicked else [process]
        for operation_id in clicks:
            yield PlannedOperation(
                operation_id=operation_id,
                name=operation_id.split("/")[0],
                subject=invoice_id,
                after_seconds=customer.start_seconds,
                call=ask_to_process(invoice_id),
                needs=needs,
                workflow_id=f"invoice-{invoice_id}",
            )
        for payment in customer.payments:
            yield PlannedOperation(
                operation_id=f"pay/{payment.payment_id}",
                name="pay",
                subject=invoice_id,
                after_seconds=payment.after_seconds,
                call=ask_to_pay(invoice_id, payment),
                needs=(process,),
            )
        if customer.cancel_seconds is not None:
            yield PlannedOperation(
                operation_id=f"cancel/{invoice_id}",
                name="cancel",
                subject=invoice_id,
                after_seconds=max(0.0, customer.cancel_seconds),
                call=ask_to_cancel(invoice_id, customer.payments[:1]),
                needs=(process,),
                give_up_seconds=CANCEL_GIVE_UP_SECONDS,
            )
