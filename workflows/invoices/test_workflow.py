"""``InvoiceProcessing`` on a real server, its outside in memory."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from temporalio.client import Client, WorkflowHandle, WorkflowUpdateFailedError
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError
from temporalio.service import RetryConfig, RPCError
from temporalio.worker import Replayer

from workflows.app import app
from workflows.conftest import Running
from workflows.invoices.model import INVOICE_CLOSED, PAYMENT_REFUSED, Payment, Status
from workflows.invoices.testing_hooks import Failing, Gate
from workflows.invoices.testing_outside import Away, Refused
from workflows.invoices.testing_samples import sample_invoice
from workflows.invoices.workflow import InvoiceProcessing
from workflows.kit.money import Money
from workflows.kit.retry import ORDINARY
from workflows.kit.status import BUSINESS_STATUS
from workflows.kit.testing_waits import forward, until

Handle = WorkflowHandle[Any, Any]


def payment(amount: str, payment_id: str = "PAY-1", currency: str = "SAR") -> Payment:
    return Payment(payment_id, Money.parse(amount, currency))


async def pay(handle: Handle, paid: Payment) -> Money:
    receipt = await handle.execute_update(InvoiceProcessing.record_payment, paid)
    return receipt.outstanding


async def refusal(handle: Handle, paid: Payment) -> str | None:
    """The error type of a payment that must fail."""
    with pytest.raises(WorkflowUpdateFailedError) as caught:
        await pay(handle, paid)
    assert isinstance(caught.value.cause, ApplicationError)
    return caught.value.cause.type


async def reaches(handle: Handle, status: Status) -> None:
    async def is_there() -> bool:
        return (await handle.query(InvoiceProcessing.status)).status is status

    await until(is_there)


async def shown(handle: Handle) -> str | None:
    return (await handle.describe()).typed_search_attributes.get(BUSINESS_STATUS)


async def test_paid(running: Running) -> None:
    handle = await running.start(sample_invoice())
    assert await pay(handle, payment("115.00")) == Money.zero("SAR")
    result = await handle.result()
    assert (result.status, result.paid, result.payments) == (Status.PAID, Money.parse("115", "SAR"), ("PAY-1",))
    [mail] = running.outside.mails
    assert (mail.message_key, mail.reference) == (f"{handle.id}.mail", "INV-1")
    assert set(running.outside.entries) == {f"{handle.id}/book", f"{handle.id}/payment/PAY-1"}
    assert running.outside.status_of("INV-1") is Status.PAID
    assert await shown(handle) == "paid"


async def test_part_payments_add_up(running: Running) -> None:
    handle = await running.start(sample_invoice())
    assert await pay(handle, payment("15.00", "PAY-1")) == Money.parse("100", "SAR")
    assert (await handle.query(InvoiceProcessing.status)).status is Status.SENT
    assert await pay(handle, payment("100.00", "PAY-2")) == Money.zero("SAR")
    assert (await handle.result()).payments == ("PAY-1", "PAY-2")


async def test_a_payment_delivered_twice_at_once_counts_once(running: Running) -> None:
    running.outside.before = gate = Gate("book/payment")
    handle = await running.start(sample_invoice())
    first = asyncio.create_task(pay(handle, payment("15.00")))
    await gate.reached.wait()
    second = asyncio.create_task(pay(handle, payment("15.00")))
    await pay_is_accepted(handle)
    gate.opened.set()
    assert await first == await second == Money.parse("100", "SAR")
    assert await pay(handle, payment("15.00")) == Money.parse("100", "SAR")
    await pay(handle, payment("100.00", "PAY-2"))
    assert (await handle.result()).paid == Money.parse("115", "SAR")


async def pay_is_accepted(handle: Handle) -> None:
    """A round trip through the workflow, behind the payment that was sent before."""
    await asyncio.sleep(0)
    await handle.execute_update(InvoiceProcessing.resume)


async def test_too_much_is_refused_counting_what_is_in_progress(running: Running) -> None:
    running.outside.before = gate = Gate("book/payment")
    handle = await running.start(sample_invoice())
    first = asyncio.create_task(pay(handle, payment("100.00")))
    await gate.reached.wait()
    assert await refusal(handle, payment("15.01", "PAY-2")) == PAYMENT_REFUSED
    gate.opened.set()
    await first
    assert await pay(handle, payment("15.00", "PAY-3")) == Money.zero("SAR")


@pytest.mark.parametrize(
    "wrong",
    [payment("1.00", currency="USD"), payment("0.00"), payment("-1.00"), payment("115.01")],
    ids=["currency", "zero", "negative", "too much"],
)
async def test_a_wrong_payment_is_refused(running: Running, wrong: Payment) -> None:
    handle = await running.start(sample_invoice())
    assert await refusal(handle, wrong) == PAYMENT_REFUSED
    assert (await handle.query(InvoiceProcessing.status)).paid == Money.zero("SAR")
    await handle.terminate()


async def test_a_payment_id_with_another_amount_is_refused(running: Running) -> None:
    handle = await running.start(sample_invoice())
    await pay(handle, payment("15.00"))
    assert await refusal(handle, payment("16.00")) == PAYMENT_REFUSED
    await handle.terminate()


async def test_an_invalid_invoice_is_a_result_and_takes_no_payment(running: Running) -> None:
    running.outside.before = gate = Gate("status")
    handle = await running.start(sample_invoice(tax_number="123"))
    await gate.reached.wait()
    assert await refusal(handle, payment("115.00")) == INVOICE_CLOSED
    gate.opened.set()
    result = await handle.result()
    assert (result.status, result.paid) == (Status.INVALID, Money.zero("SAR"))
    assert "VAT" in result.reasons[0]
    assert running.outside.status_of("INV-1") is Status.INVALID
    assert (running.outside.mails, running.outside.entries) == ([], {})


async def test_a_payment_that_came_before_the_invoice_was_found_invalid_is_refused_however_often(
    running: Running,
) -> None:
    running.outside.before = gate = Gate("load")
    handle = await running.start(sample_invoice(tax_number="123"))
    await gate.reached.wait()
    both = [asyncio.create_task(refusal(handle, payment("115.00"))) for _ in range(2)]
    await pay_is_accepted(handle)
    gate.opened.set()
    assert await asyncio.gather(*both) == [INVOICE_CLOSED, INVOICE_CLOSED]
    assert (await handle.result()).payments == ()
    assert running.outside.entries == {}


async def test_overdue(running: Running) -> None:
    handle = await running.start(sample_invoice())
    await pay(handle, payment("15.00"))
    await forward(running.client, handle)
    result = await handle.result()
    assert (result.status, result.outstanding) == (Status.OVERDUE, Money.parse("100", "SAR"))
    assert await shown(handle) == "overdue"


async def test_a_payment_accepted_before_the_due_instant_still_counts(running: Running) -> None:
    running.outside.before = gate = Gate("book/payment")
    for due_seconds in (3, 40):  # a busy machine may not come to the payment within the first
        handle = await running.start(sample_invoice(f"INV-{due_seconds}", due_in=timedelta(seconds=due_seconds)))
        first = asyncio.create_task(pay(handle, payment("115.00")))
        reached = asyncio.create_task(gate.reached.wait())
        await asyncio.wait([first, reached], return_when=asyncio.FIRST_COMPLETED)
        if gate.reached.is_set():
            break

    async def is_too_late() -> bool:
        return await refusal(handle, payment("1.00", "LATE")) == INVOICE_CLOSED

    await until(is_too_late)  # before the due instant it is too much
    assert (await handle.query(InvoiceProcessing.status)).status is Status.SENT
    gate.opened.set()
    assert await first == Money.zero("SAR")
    assert (await handle.result()).status is Status.PAID


async def test_a_refused_step_is_held_and_resumed(running: Running) -> None:
    running.outside.before = failing = Failing("book/invoice", Refused("closed period"))
    handle = await running.start(sample_invoice())
    await reaches(handle, Status.HELD)
    state = await handle.query(InvoiceProcessing.status)
    assert state.held_steps == ("book_invoice",)
    assert await shown(handle) == "held"
    assert failing.calls == 1
    failing.mended = True
    await handle.execute_update(InvoiceProcessing.resume)
    await pay(handle, payment("115.00"))
    assert (await handle.result()).status is Status.PAID
    assert len(running.outside.mails) == 1


async def test_exhausted_retries_hold_a_payment_and_resume_goes_on(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = RetryPolicy(initial_interval=timedelta(milliseconds=1), maximum_attempts=3)
    monkeypatch.setitem(ORDINARY, "retry_policy", quick)
    running.outside.before = failing = Failing("book/payment", Away("accounting is away"))
    handle = await running.start(sample_invoice())
    paying = asyncio.create_task(pay(handle, payment("115.00")))
    await reaches(handle, Status.HELD)
    assert failing.calls == 3
    failing.mended = True
    await handle.execute_update(InvoiceProcessing.resume)
    assert await paying == Money.zero("SAR")
    assert (await handle.result()).status is Status.PAID


async def test_what_is_held_goes_on_though_it_takes_no_more_updates(running: Running) -> None:
    running.outside.before = failing = Failing("book/payment", Refused("closed period"))
    handle = await running.start(sample_invoice())
    parts = [payment("11.50", f"PAY-{number}") for number in range(10)]
    paying = [asyncio.create_task(pay(handle, part)) for part in parts]
    await reaches(handle, Status.HELD)

    async def all_are_held() -> bool:
        return len((await handle.query(InvoiceProcessing.status)).held_steps) == len(parts)

    await until(all_are_held)
    address = running.client.service_client.config.target_host
    once = RetryConfig(max_retries=1, max_elapsed_time_millis=1)
    hasty = await Client.connect(address, data_converter=app.data_converter, retry_config=once)
    with pytest.raises(RPCError, match="in-flight updates"):
        await hasty.get_workflow_handle(handle.id).execute_update(InvoiceProcessing.resume)
    failing.mended = True
    await handle.signal(InvoiceProcessing.let_held_steps_go_on)
    assert min(await asyncio.gather(*paying)) == Money.zero("SAR")
    assert (await handle.result()).status is Status.PAID


async def test_a_repeated_payment_after_the_end_meets_its_receipt_or_the_closed_workflow(running: Running) -> None:
    handle = await running.start(sample_invoice())
    first = await handle.execute_update(InvoiceProcessing.record_payment, payment("115.00"), id="PAY-1")
    await handle.result()
    assert await handle.execute_update(InvoiceProcessing.record_payment, payment("115.00"), id="PAY-1") == first


async def test_its_history_replays(running: Running) -> None:
    handle = await running.start(sample_invoice())
    await pay(handle, payment("115.00"))
    await handle.result()
    replayer = Replayer(workflows=[InvoiceProcessing], data_converter=app.data_converter)
    await replayer.replay_workflow(await handle.fetch_history())
