"""``InvoiceProcessing`` going on in a new run: nothing is lost, nothing is doubled, and callers do not notice."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from temporalio.client import WorkflowHandle, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.worker import Replayer

from workflows.app import app
from workflows.conftest import Running
from workflows.invoices.model import PAYMENT_REFUSED, SWITCHING, Payment, PaymentReceipt, Status
from workflows.invoices.test_cancelling import cancel, cancelled
from workflows.invoices.test_workflow import Handle, payment, reaches, refusal, shown
from workflows.invoices.testing_hooks import Failing, Gate
from workflows.invoices.testing_outside import Refused
from workflows.invoices.testing_samples import sample_invoice
from workflows.invoices.workflow import InvoiceProcessing
from workflows.kit.money import Money
from workflows.kit.testing_waits import until

ZERO = Money.zero("SAR")


async def pay(handle: Handle, paid: Payment) -> PaymentReceipt:
    """As the API does: asked again while the workflow goes on in a new run."""
    async with asyncio.timeout(60):
        while True:
            try:
                receipt: PaymentReceipt = await handle.execute_update(
                    InvoiceProcessing.record_payment, paid, id=paid.payment_id
                )
                return receipt
            except WorkflowUpdateFailedError as error:
                if not isinstance(error.cause, ApplicationError) or error.cause.type != SWITCHING:
                    raise


async def runs(handle: Handle, running: Running) -> list[WorkflowHandle[object, object]]:
    """The runs of the workflow, the last first."""
    found, run_id = [], (await handle.describe()).run_id
    while run_id:
        run = running.client.get_workflow_handle(handle.id, run_id=run_id)
        found.append(run)
        first = (await run.fetch_history()).events[0].workflow_execution_started_event_attributes
        run_id = first.continued_execution_run_id
    return found


def chain(handle: Handle, running: Running) -> Handle:
    """The workflow whatever run it is in."""
    return running.client.get_workflow_handle_for(InvoiceProcessing.run, handle.id)


def mailed(running: Running, invoice_id: str) -> list[str]:
    """The mails about an invoice, by the last word of their keys."""
    return [mail.message_key.rpartition(".")[2] for mail in running.outside.mails if mail.reference == invoice_id]


async def are_mailed(running: Running, invoice_id: str, count: int) -> None:
    """So many mails about an invoice have gone out."""

    async def are_there() -> bool:
        return len(mailed(running, invoice_id)) >= count

    await until(are_there)


async def test_payments_add_up_over_runs(running: Running) -> None:
    handle = chain(await running.start(sample_invoice(), payments_per_run=2), running)
    for number in range(1, 6):
        await pay(handle, payment("20.00", f"PAY-{number}"))
    assert await shown(handle) == "sent"
    await pay(handle, payment("15.00", "PAY-6"))
    result = await handle.result()
    assert (result.status, result.paid) == (Status.PAID, Money.parse("115", "SAR"))
    assert result.payments == tuple(f"PAY-{number}" for number in range(1, 7))
    assert len(await runs(handle, running)) >= 3
    assert len(running.outside.mails) == 1
    assert len(running.outside.entries) == 7
    assert await shown(handle) == "paid"


async def test_many_at_once_and_each_twice_while_it_goes_on(running: Running) -> None:
    handle = chain(await running.start(sample_invoice(), payments_per_run=1), running)
    payments = [payment("5.00", f"PAY-{number}") for number in range(10)]
    receipts = await asyncio.gather(*(pay(handle, paid) for paid in [*payments, *payments]))
    assert receipts[:10] == receipts[10:]
    await pay(handle, last := payment("65.00", "LAST"))
    result = await handle.result()
    assert result.status is Status.PAID
    assert sorted(result.payments) == sorted(paid.payment_id for paid in [*payments, last])
    assert len(running.outside.entries) == 12
    assert len(await runs(handle, running)) > 1


async def test_a_payment_of_an_earlier_run_is_known(running: Running) -> None:
    handle = chain(await running.start(sample_invoice(), payments_per_run=1), running)
    first = await pay(handle, payment("15.00"))
    await pay(handle, payment("20.00", "PAY-2"))
    assert await pay(handle, payment("15.00")) == first
    assert await refusal(handle, payment("16.00")) in (PAYMENT_REFUSED, SWITCHING)
    await pay(handle, payment("80.00", "PAY-3"))
    assert (await handle.result()).paid == Money.parse("115", "SAR")


async def test_new_payments_wait_while_the_last_one_is_booked(running: Running) -> None:
    handle = chain(await running.start(sample_invoice(), payments_per_run=1), running)
    await reaches(handle, Status.SENT)
    running.outside.before = gate = Gate("book/payment")
    slow = asyncio.create_task(pay(handle, payment("15.00")))
    await gate.reached.wait()
    running.outside.before = Gate("nothing")
    await pay(handle, payment("20.00", "PAY-2"))
    assert await refusal(handle, payment("1.00", "PAY-3")) == SWITCHING
    with pytest.raises(WorkflowUpdateFailedError):
        await cancel(handle)
    gate.opened.set()
    assert (await slow).outstanding == Money.parse("80", "SAR")
    await pay(handle, payment("80.00", "PAY-4"))
    assert (await handle.result()).payments == ("PAY-2", "PAY-1", "PAY-4")


async def test_a_payment_held_in_the_last_moment_keeps_the_run(running: Running) -> None:
    handle = chain(await running.start(sample_invoice(), payments_per_run=1), running)
    await reaches(handle, Status.SENT)
    reached, opened = asyncio.Event(), asyncio.Event()

    async def refuse_the_first(operation: str) -> None:
        if operation == "book/payment" and not reached.is_set():
            reached.set()
            await opened.wait()
            raise Refused("closed")

    running.outside.before = refuse_the_first
    slow = asyncio.create_task(pay(handle, payment("15.00")))
    await reached.wait()
    await pay(handle, payment("20.00", "PAY-2"))
    assert await refusal(handle, payment("1.00", "PAY-3")) == SWITCHING
    opened.set()
    await reaches(handle, Status.HELD)
    await pay(handle, payment("20.00", "PAY-3"))
    await handle.execute_update(InvoiceProcessing.resume)
    assert (await slow).outstanding == Money.parse("60", "SAR")
    await pay(handle, payment("60.00", "PAY-4"))
    assert (await handle.result()).payments == ("PAY-2", "PAY-3", "PAY-1", "PAY-4")


async def test_a_held_payment_does_not_block_the_others(running: Running) -> None:
    handle = chain(await running.start(sample_invoice(), payments_per_run=1), running)
    await reaches(handle, Status.SENT)
    running.outside.before = failing = Failing("book/payment", Refused("closed"))
    held = asyncio.create_task(pay(handle, payment("15.00")))
    await reaches(handle, Status.HELD)
    running.outside.before = Gate("nothing")
    for number in range(2, 5):
        await pay(handle, payment("20.00", f"PAY-{number}"))
    failing.mended = True
    await handle.execute_update(InvoiceProcessing.resume)
    await held
    await pay(handle, payment("40.00", "PAY-5"))
    assert (await handle.result()).payments == ("PAY-2", "PAY-3", "PAY-4", "PAY-1", "PAY-5")


async def test_a_reminder_of_an_earlier_run_is_not_sent_again(running: Running) -> None:
    for seconds in (5, 40):  # a busy machine may not have sent it before the first of its reminders
        invoice_id, first = f"INV-{seconds}", seconds - 86400
        invoice = sample_invoice(invoice_id, due_in=timedelta(days=1))
        started = await running.start(invoice, payments_per_run=1, reminder_seconds=(first, first + 3))
        await reaches(started, Status.SENT)
        if datetime.now(UTC) < invoice.due_at + timedelta(seconds=first):
            break
        await started.terminate()
    handle = chain(started, running)
    await are_mailed(running, invoice_id, 2)
    await pay(handle, payment("15.00"))
    await are_mailed(running, invoice_id, 3)
    await pay(handle, payment("100.00", "PAY-2"))
    await handle.result()
    assert mailed(running, invoice_id) == ["mail", "reminder-1", "reminder-2"]


async def test_cancelling_goes_on_in_new_runs(running: Running) -> None:
    handle = chain(await running.start(sample_invoice(), payments_per_run=2), running)
    for number in range(1, 4):
        await pay(handle, payment("20.00", f"PAY-{number}"))
    async with asyncio.timeout(60):
        while (state := await cancel(handle)).status is not Status.CANCELLED:
            assert state.status in (Status.CANCELLING, Status.SENT)
    result = await cancelled(handle, running.outside)
    assert result.refunded == ("PAY-3", "PAY-2", "PAY-1")
    assert len(running.outside.refunds) == 3
    assert len(running.outside.acts) == 1 + 1 + 3 + 2 * 3 + 2
    assert len(await runs(handle, running)) >= 3


async def test_every_run_replays(running: Running) -> None:
    handle = chain(await running.start(sample_invoice(), payments_per_run=1), running)
    await pay(handle, payment("15.00"))
    await pay(handle, payment("100.00", "PAY-2"))
    await handle.result()
    replayer = Replayer(workflows=[InvoiceProcessing], data_converter=app.data_converter)
    found = await runs(handle, running)
    assert len(found) > 1
    for run in found:
        await replayer.replay_workflow(await run.fetch_history())
