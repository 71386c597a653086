"""A refusal is not the news that nothing has happened: steps that were done and refused afterwards, then cancelled."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta

import pytest
from temporalio.client import WorkflowUpdateStage
from temporalio.common import RetryPolicy

from workflows.conftest import Running
from workflows.invoices.model import INVOICE_CLOSED, Status
from workflows.invoices.test_cancelling import acts, cancel, cancelled
from workflows.invoices.test_workflow import Handle, pay, payment, reaches, refusal
from workflows.invoices.testing_hooks import Failing, Gate
from workflows.invoices.testing_outside import Away, Refused, Surroundings
from workflows.invoices.testing_samples import sample_invoice as invoice
from workflows.invoices.workflow import InvoiceProcessing
from workflows.kit.money import Money
from workflows.kit.retry import ORDINARY
from workflows.kit.testing_waits import until

REFUSED = Refused("closed period")
ZERO = Money.zero("SAR")


@pytest.fixture(autouse=True)
def _quick_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = RetryPolicy(initial_interval=timedelta(milliseconds=1), maximum_attempts=3)
    monkeypatch.setitem(ORDINARY, "retry_policy", quick)


@dataclass
class LostThenRefused:
    """The first attempt is heard, or is not, and its answer is lost; what follows is refused for good."""

    outside: Surroundings
    operation: str
    heard: bool
    calls: int = 0
    withdrawals: int = 0
    mended: bool = False

    def set_up(self) -> None:
        self.outside.before, self.outside.after = self.before, self.after

    async def before(self, operation: str) -> None:
        self.withdrawals += operation == "withdraw"
        if operation != self.operation or self.mended:
            return
        self.calls += 1
        if self.calls > 1:
            raise REFUSED
        if not self.heard:
            raise Away("the request is lost")

    async def after(self, operation: str) -> None:
        if operation == self.operation and self.calls == 1 and not self.mended:
            raise Away("the answer is lost")


async def held_and_cancelled(handle: Handle) -> None:
    await reaches(handle, Status.HELD)
    async with asyncio.timeout(60):
        assert (await cancel(handle)).status is Status.CANCELLED


@pytest.mark.parametrize("in_temporal", [False, True])
async def test_an_invoice_that_was_booked_and_then_refused_leaves_the_books_at_zero(
    running: Running, in_temporal: bool
) -> None:
    lost = LostThenRefused(running.outside, "book/invoice", heard=True)
    lost.set_up()
    handle = await running.start(invoice())
    if in_temporal:
        await reaches(handle, Status.HELD)
        await handle.cancel(reason="sent by mistake")
    else:
        await held_and_cancelled(handle)
    await cancelled(handle, running.outside)
    assert acts(handle, running.outside) == ["mail", "book", "credit-note", "credit-note"]
    assert lost.withdrawals == 1


async def test_an_invoice_that_was_never_booked_leaves_the_books_empty(running: Running) -> None:
    lost = LostThenRefused(running.outside, "book/invoice", heard=False)
    lost.set_up()
    handle = await running.start(invoice())
    await held_and_cancelled(handle)
    await cancelled(handle, running.outside)
    assert running.outside.entries == {}
    assert acts(handle, running.outside) == ["mail", "credit-note"]
    # Whoever was taken for dead and comes late is not let in.
    assert running.outside.withdrawn == {f"{handle.id}/book"}


async def test_a_payment_that_was_booked_and_then_refused_counts_and_goes_back(running: Running) -> None:
    LostThenRefused(running.outside, "book/payment", heard=True).set_up()
    handle = await running.start(invoice())
    paying = asyncio.create_task(pay(handle, payment("15.00")))
    await held_and_cancelled(handle)
    assert await paying == Money.parse("100.00", "SAR")
    result = await cancelled(handle, running.outside)
    assert (result.payments, result.refunded) == (("PAY-1",), ("PAY-1",))
    assert [refund.payment_id for refund in running.outside.refunds.values()] == ["PAY-1"]
    assert (await running.outside.look_up("INV-1")).refunded == Money.parse("15.00", "SAR")


async def test_a_payment_that_was_never_booked_is_the_providers_to_return(running: Running) -> None:
    LostThenRefused(running.outside, "book/payment", heard=False).set_up()
    handle = await running.start(invoice())
    paying = asyncio.create_task(refusal(handle, payment("15.00")))
    await held_and_cancelled(handle)
    assert await paying == INVOICE_CLOSED
    assert (await cancelled(handle, running.outside)).payments == ()
    assert running.outside.refunds == {}
    assert await running.outside.look_up_payment("INV-1", "PAY-1") is None


async def test_a_booking_that_merely_failed_is_given_up_as_well(running: Running) -> None:
    running.outside.before = Failing("book/payment", Away("accounting is away"))
    handle = await running.start(invoice())
    paying = asyncio.create_task(refusal(handle, payment("15.00")))
    await held_and_cancelled(handle)
    assert await paying == INVOICE_CLOSED
    await cancelled(handle, running.outside)


async def test_while_accounting_is_away_it_waits_until_it_is_known(running: Running) -> None:
    lost = LostThenRefused(running.outside, "book/invoice", heard=True)
    away = Failing("withdraw", Away("accounting is away"))

    async def both(operation: str) -> None:
        await lost.before(operation)
        await away(operation)

    running.outside.before, running.outside.after = both, lost.after
    handle = await running.start(invoice())
    await reaches(handle, Status.HELD)
    cancelling = asyncio.create_task(cancel(handle))

    async def is_held_there() -> bool:
        held: tuple[str, ...] = (await handle.query(InvoiceProcessing.status)).held_steps
        return held == ("withdraw_invoice",)

    await until(is_held_there)
    away.mended = True
    await handle.execute_update(InvoiceProcessing.resume)
    assert (await cancelling).status is Status.CANCELLED
    await cancelled(handle, running.outside)


async def test_resumed_instead_of_cancelled_it_is_found_booked(running: Running) -> None:
    lost = LostThenRefused(running.outside, "book/invoice", heard=True)
    lost.set_up()
    handle = await running.start(invoice())
    await reaches(handle, Status.HELD)
    lost.mended = True
    await handle.execute_update(InvoiceProcessing.resume)
    await pay(handle, payment("115.00"))
    assert (await handle.result()).status is Status.PAID
    assert (lost.withdrawals, len(running.outside.entries)) == (0, 2)


@pytest.mark.parametrize("heard", [True, False])
async def test_a_mail_that_was_refused_after_an_attempt_that_nobody_heard_of_is_taken_back(
    running: Running, heard: bool
) -> None:
    lost = LostThenRefused(running.outside, "mail", heard=heard)
    lost.set_up()
    handle = await running.start(invoice())
    await reaches(handle, Status.HELD)
    lost.mended = True
    await cancel(handle)
    await cancelled(handle, running.outside)
    assert acts(handle, running.outside) == [*["mail"] * heard, "credit-note"]


async def test_where_the_credit_note_is_refused_too_nobody_is_there_to_be_told(running: Running) -> None:
    LostThenRefused(running.outside, "mail", heard=False).set_up()
    handle = await running.start(invoice())
    await held_and_cancelled(handle)
    await cancelled(handle, running.outside)
    assert running.outside.mails == []


async def test_a_mail_that_merely_failed_must_be_out_before_it_is_taken_back(running: Running) -> None:
    running.outside.before = failing = Failing("mail", Away("the mail server is away"))
    handle = await running.start(invoice())
    await reaches(handle, Status.HELD)
    accepted = WorkflowUpdateStage.ACCEPTED
    cancelling = await handle.start_update(InvoiceProcessing.cancel, "sent by mistake", wait_for_stage=accepted)
    failing.mended = True
    await handle.execute_update(InvoiceProcessing.resume)
    assert (await cancelling.result()).status is Status.CANCELLED
    assert acts(handle, running.outside) == ["mail", "credit-note"]


async def test_a_withdrawn_booking_is_refused_however_late_it_comes(running: Running) -> None:
    """A worker that was taken for dead: its attempt arrives when the invoice is cancelled already."""
    outside, gate, late = running.outside, Gate("book/invoice"), 0

    async def only_the_first_waits(operation: str) -> None:
        nonlocal late
        if operation == "book/invoice":
            late += 1
            if late == 1:
                await gate(operation)
            else:
                raise REFUSED

    outside.before = only_the_first_waits
    handle = await running.start(invoice())
    await gate.reached.wait()
    assert await outside.accounting().withdraw("INV-1", idempotency_key=f"{handle.id}/book") is None
    gate.opened.set()
    await held_and_cancelled(handle)
    await cancelled(handle, outside)
    assert outside.entries == {}
