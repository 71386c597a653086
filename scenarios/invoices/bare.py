"""Invoices with nothing around them, by which engines are compared: sent, and paid by the customer at once.

The workflow, its activities, gateways and SQL are the real ones, the books and the world are in memory, and what is
rendered is the text of what would be. No API, no PDF and no check takes part: what differs between two engines is the
engine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from temporalio.client import Client, WithStartWorkflowOperation, WorkflowUpdateStage
from temporalio.common import WorkflowIDConflictPolicy

from harness.record.lines import Line
from harness.simulate.binding import BareRun, Ground
from scenarios.kit.memory_books import empty_books
from scenarios.world.clock import Clock
from scenarios.world.host import HOST_CLOCK, Tasks
from scenarios.world.in_memory.world import memory_world
from workflows.gateways.network import Network
from workflows.invoices.books.books import SqlBooks
from workflows.invoices.family import FAMILY
from workflows.invoices.model import (
    TASK_QUEUE,
    Customer,
    Invoice,
    InvoiceLine,
    InvoiceRequest,
    InvoiceResult,
    Payment,
    Status,
)
from workflows.invoices.workflow import InvoiceProcessing
from workflows.kit.family import Resources
from workflows.kit.money import Money
from workflows.kit.settings import read_settings

DUE_IN = timedelta(days=30)
PART = "115.00"
"""What is paid at a time, in SAR: a line of 100.00 with its tax."""


@dataclass(frozen=True)
class BareInvoicesRun:
    """See ``harness.simulate.binding.BareRun``. The length of an execution is the number of its payments."""

    activities: Sequence[Callable[..., Any]]
    books: SqlBooks
    unix: Callable[[], float]
    close_books: Callable[[], None]
    lines: Sequence[Line]

    async def execute(self, client: Client, task_queue: str, name: str, length: int) -> None:
        """Send an invoice and pay it in so many parts, the first of them in the call that starts it.

        :raises RuntimeError: it was not paid.
        """
        invoice = bare_invoice(f"INV-{name}", datetime.fromtimestamp(self.unix(), UTC), parts=length)
        await self.books.add(invoice)
        start = WithStartWorkflowOperation(
            InvoiceProcessing.run,
            InvoiceRequest(
                *(invoice.invoice_id, invoice.customer.name, invoice.total, invoice.due_at),
                payments_per_run=length + 1,
            ),
            id=f"invoice-{invoice.invoice_id}",
            task_queue=task_queue,
            id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
        )
        first, *others = (Payment(f"PAY-{name}-{part}", Money.parse(PART, "SAR")) for part in range(1, length + 1))
        paying = await client.start_update_with_start_workflow(
            InvoiceProcessing.record_payment,
            first,
            start_workflow_operation=start,
            wait_for_stage=WorkflowUpdateStage.COMPLETED,
            id=first.payment_id,
        )
        await paying.result()
        handle = client.get_workflow_handle(f"invoice-{invoice.invoice_id}", result_type=InvoiceResult)
        for payment in others:
            await handle.execute_update(InvoiceProcessing.record_payment, payment, id=payment.payment_id)
        result = await handle.result()
        if result.status is not Status.PAID:
            raise RuntimeError(f"{handle.id} ended {result.status} and not paid")

    def close(self) -> None:
        """Give the memory of the books back."""
        self.close_books()


def bare_invoice(invoice_id: str, now: datetime, *, parts: int) -> Invoice:
    """An invoice for so many times ``PART``, issued a moment ago."""
    line = InvoiceLine("Consulting", Decimal(parts), Decimal(100), Decimal("0.15"), "SAR")
    customer = Customer("Nour Trading", "billing@nour.example", "300000000000003")
    issued_at = now - timedelta(seconds=1)
    return Invoice(invoice_id, customer, "SAR", issued_at=issued_at, due_at=now + DUE_IN, lines=(line,))


@dataclass(frozen=True)
class BareInvoices:
    """See ``harness.simulate.binding.Bare``."""

    queue: str = TASK_QUEUE

    def begin(self, ground: Ground) -> BareRun:
        """Empty books, and a world to which nothing has happened yet. Blocks for a moment."""
        clock = Clock(ground.monotonic, ground.unix, HOST_CLOCK.sleep)
        world = memory_world(clock, ground.outside or Tasks())
        engine, close_books = empty_books()
        resources = Resources(read_settings({**world.environment()}), engine, Network(world.http, world.smtp))
        ports = replace(
            FAMILY.ports(resources),
            render=lambda invoice: repr(invoice).encode(),
            render_credit_note=lambda invoice, note: repr((invoice, note)).encode(),
        )
        return BareInvoicesRun(
            FAMILY.activities(ports), SqlBooks(engine), ground.unix, close_books, world.journal.lines
        )


BARE = BareInvoices()
