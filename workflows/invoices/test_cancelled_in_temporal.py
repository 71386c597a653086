"""``InvoiceProcessing`` cancelled by Temporal, as from its UI: undone as by the update; on a real server."""

from __future__ import annotations

import asyncio
import uuid

import pytest
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.worker import Replayer

from workflows.app import app
from workflows.conftest import Running, working
from workflows.invoices.model import INVOICE_CLOSED, Status
from workflows.invoices.test_cancelling import acts, cancel, cancelled
from workflows.invoices.test_new_run import chain, runs
from workflows.invoices.test_new_run import pay as pay_chain
from workflows.invoices.test_workflow import Handle, pay, payment, reaches, refusal, shown
from workflows.invoices.testing_hooks import Failing, Gate
from workflows.invoices.testing_outside import Refused, Surroundings
from workflows.invoices.testing_samples import sample_invoice
from workflows.invoices.workflow import CANCELLED_IN_TEMPORAL, InvoiceProcessing
from workflows.kit.money import Money

REASON = "sent by mistake"
ZERO = Money.zero("SAR")


async def is_asked(handle: Handle) -> None:
    """A round trip through the workflow, behind the cancellation that was sent before."""
    await handle.execute_update(InvoiceProcessing.resume)


async def ends_cancelled(handle: Handle, running: Running) -> None:
    """It completes as cancelled, everything is undone, and its history replays."""
    async with asyncio.timeout(60):
        await cancelled(handle, running.outside)
    assert (await handle.describe()).status is WorkflowExecutionStatus.COMPLETED
    assert await shown(handle) == "cancelled"
    replayer = Replayer(workflows=[InvoiceProcessing], data_converter=app.data_converter)
    await replayer.replay_workflow(await handle.fetch_history())


async def test_before_its_first_task_nothing_is_sent(client: Client) -> None:
    running = Running(client, f"test-{uuid.uuid4()}", Surroundings())
    handle = await running.start(sample_invoice())
    await handle.cancel(reason=REASON)
    async with working(running):
        await ends_cancelled(handle, running)
    assert running.outside.acts == []


async def test_a_step_under_way_ends_before_it_is_undone(running: Running) -> None:
    running.outside.before = gate = Gate("mail")
    handle = await running.start(sample_invoice())
    await gate.reached.wait()
    await handle.cancel(reason=REASON)
    await is_asked(handle)
    assert await refusal(handle, payment("1.00")) == INVOICE_CLOSED
    gate.opened.set()
    await ends_cancelled(handle, running)
    assert acts(handle, running.outside) == ["mail", "credit-note"]
    assert running.outside.trail_of("INV-1") == (Status.CANCELLED,)


async def test_an_invalid_invoice_is_cancelled_too(running: Running) -> None:
    running.outside.before = gate = Gate("load")
    handle = await running.start(sample_invoice(tax_number="1"))
    await gate.reached.wait()
    await handle.cancel(reason=REASON)
    await is_asked(handle)
    gate.opened.set()
    await ends_cancelled(handle, running)


async def test_while_it_waits_for_payments_all_is_undone_in_order(running: Running) -> None:
    handle = await running.start(sample_invoice())
    await pay(handle, payment("15.00", "PAY-1"))
    await pay(handle, payment("20.00", "PAY-2"))
    await handle.cancel(reason=REASON)
    await ends_cancelled(handle, running)
    assert acts(handle, running.outside)[4:] == [
        *("refund/PAY-2", "refund/PAY-2"),
        *("refund/PAY-1", "refund/PAY-1"),
        *("credit-note", "credit-note"),
    ]
    assert REASON.encode() in running.outside.mails[-1].attachment.content


async def test_a_payment_that_is_being_booked_is_booked_and_refunded(running: Running) -> None:
    running.outside.before = gate = Gate("book/payment")
    handle = await running.start(sample_invoice())
    paying = asyncio.create_task(pay(handle, payment("115.00")))
    await gate.reached.wait()
    await handle.cancel(reason=REASON)
    await reaches(handle, Status.CANCELLING)
    gate.opened.set()
    assert await paying == ZERO
    await ends_cancelled(handle, running)
    assert len(running.outside.refunds) == 1


async def test_while_it_is_held_the_step_is_given_up(running: Running) -> None:
    running.outside.before = Failing("book/invoice", Refused("closed period"))
    handle = await running.start(sample_invoice())
    await reaches(handle, Status.HELD)
    await handle.cancel(reason=REASON)
    await ends_cancelled(handle, running)
    assert acts(handle, running.outside) == ["mail", "credit-note"]


async def test_while_it_is_being_undone_nothing_is_undone_twice(running: Running) -> None:
    running.outside.before = gate = Gate("book/credit-note")
    handle = await running.start(sample_invoice())
    await reaches(handle, Status.SENT)
    cancelling = asyncio.create_task(cancel(handle))
    await gate.reached.wait()
    await handle.cancel(reason="another reason")
    await is_asked(handle)
    gate.opened.set()
    assert (await cancelling).status is Status.CANCELLED
    await ends_cancelled(handle, running)
    assert acts(handle, running.outside) == ["mail", "book", "credit-note", "credit-note"]


async def test_a_held_compensation_waits_for_a_person_as_ever(running: Running) -> None:
    running.outside.before = failing = Failing("refund", Refused("unknown payment"))
    handle = await running.start(sample_invoice())
    await pay(handle, payment("15.00"))
    await handle.cancel(reason=REASON)
    await reaches(handle, Status.HELD)
    failing.mended = True
    await handle.execute_update(InvoiceProcessing.resume)
    await ends_cancelled(handle, running)


async def test_what_is_paid_stays_paid(running: Running) -> None:
    opened = asyncio.Event()

    async def hold_the_end(operation: str) -> None:
        if operation == "status" and running.outside.status_of("INV-1") is Status.SENT:
            await opened.wait()

    running.outside.before = hold_the_end
    handle = await running.start(sample_invoice())
    await pay(handle, payment("115.00"))
    await reaches(handle, Status.PAID)
    await handle.cancel()
    await is_asked(handle)
    opened.set()
    assert (await handle.result()).status is Status.PAID
    assert running.outside.refunds == {}


@pytest.mark.parametrize("given", ["", "  "])
async def test_without_a_reason_the_credit_note_says_who(running: Running, given: str) -> None:
    handle = await running.start(sample_invoice())
    await reaches(handle, Status.SENT)
    await handle.cancel(reason=given)
    assert (await handle.result()).reasons == (CANCELLED_IN_TEMPORAL,)


async def test_it_goes_on_in_new_runs(running: Running) -> None:
    handle = chain(await running.start(sample_invoice(), payments_per_run=2), running)
    for number in range(1, 4):
        await pay_chain(handle, payment("20.00", f"PAY-{number}"))
    await handle.cancel(reason=REASON)
    async with asyncio.timeout(60):
        result = await cancelled(handle, running.outside)
    assert result.refunded == ("PAY-3", "PAY-2", "PAY-1")
    assert len(await runs(handle, running)) >= 3


async def test_a_worker_that_remembers_nothing_gets_there_too(client: Client) -> None:
    """Every task begins with a replay and ends with letting go of the workflow, which cancels its tasks as well."""
    running = Running(client, f"test-{uuid.uuid4()}", Surroundings())
    async with working(running, max_cached_workflows=0, max_concurrent_workflow_task_polls=1):
        handle = await running.start(sample_invoice())
        await pay(handle, payment("15.00"))
        await handle.cancel(reason=REASON)
        await ends_cancelled(handle, running)
    assert len(running.outside.acts) == 3 + 2 + 2
