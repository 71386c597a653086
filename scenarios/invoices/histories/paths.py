"""The paths through ``InvoiceProcessing``, each driven to its end on a real server with the outside in memory."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

from temporalio.client import WorkflowUpdateStage

from harness.poll import eventually
from scenarios.invoices.histories.bench import Bench, Handle, cancel, pay, reaches, run_ids
from workflows.invoices.model import Status
from workflows.invoices.testing_hooks import Failing, Gate
from workflows.invoices.testing_outside import Away, Refused, Surroundings
from workflows.invoices.workflow import InvoiceProcessing


async def _paid(bench: Bench) -> Handle:
    handle = await bench.start()
    await pay(handle, "PAY-1", "115.00")
    await handle.result()
    return handle


async def _paid_in_parts(bench: Bench) -> Handle:
    handle = await bench.start()
    await reaches(handle, Status.SENT)
    await asyncio.gather(pay(handle, "PAY-1", "15.00"), pay(handle, "PAY-2", "100.00"))
    await handle.result()
    return handle


async def _invalid(bench: Bench) -> Handle:
    handle = await bench.start(tax_number="123")
    await handle.result()
    return handle


async def _overdue(bench: Bench) -> Handle:
    handle = await bench.start(due_in=timedelta(seconds=1))
    await handle.result()
    return handle


async def _reminded(bench: Bench) -> Handle:
    handle = await bench.start(due_in=timedelta(seconds=2), reminder_seconds=(-1, 1), grace_seconds=1)
    await reaches(handle, Status.PAST_DUE)
    await handle.result()
    return handle


async def _held(bench: Bench) -> Handle:
    return await _held_until(bench, lambda handle: handle.execute_update(InvoiceProcessing.resume))


async def _resumed_by_signal(bench: Bench) -> Handle:
    return await _held_until(bench, lambda handle: handle.signal("resume"))


async def _held_until(bench: Bench, resume: Callable[[Handle], Awaitable[object]]) -> Handle:
    refused = True

    async def refuse(operation: str) -> None:
        if operation == "book/invoice" and refused:
            raise Refused("the period is closed")

    bench.outside.before = refuse
    handle = await bench.start()
    await reaches(handle, Status.HELD)
    refused = False
    await resume(handle)
    await pay(handle, "PAY-1", "115.00")
    await handle.result()
    return handle


async def _open(bench: Bench) -> Handle:
    """Sent, paid in part, and not at its end."""
    handle = await bench.start()
    await pay(handle, "PAY-1", "15.00")
    return handle


async def _open_and_held(bench: Bench) -> Handle:
    bench.outside.before = Failing("book/invoice", Refused("the period is closed"))
    handle = await bench.start()
    await reaches(handle, Status.HELD)
    return handle


async def _cancelled_before_sending(bench: Bench) -> Handle:
    bench.outside.before = gate = Gate("load")
    handle = await bench.start()
    await gate.reached.wait()
    cancelling = await handle.start_update(
        InvoiceProcessing.cancel, "entered twice", wait_for_stage=WorkflowUpdateStage.ACCEPTED
    )
    gate.opened.set()
    await cancelling.result()
    await handle.result()
    return handle


async def _cancelled_after_sending(bench: Bench) -> Handle:
    handle = await bench.start()
    await reaches(handle, Status.SENT)
    await cancel(handle)
    return handle


async def _cancelled_after_part_payment(bench: Bench) -> Handle:
    handle = await bench.start()
    await pay(handle, "PAY-1", "15.00")
    await cancel(handle)
    return handle


async def _cancelled_in_temporal(bench: Bench) -> Handle:
    """In the middle of mailing, which ends before it is taken back."""
    bench.outside.before = gate = Gate("mail")
    handle = await bench.start()
    await gate.reached.wait()
    await handle.cancel(reason="entered twice")
    await handle.execute_update(InvoiceProcessing.resume)  # a round trip, behind the cancellation
    gate.opened.set()
    await handle.result()
    return handle


async def _cancelled_in_temporal_after_part_payment(bench: Bench) -> Handle:
    handle = await bench.start()
    await pay(handle, "PAY-1", "15.00")
    await handle.cancel(reason="entered twice")
    await handle.result()
    return handle


def _lose_the_answer_then_refuse(outside: Surroundings, operation: str) -> None:
    """The first attempt is heard, its answer is lost, and what follows is refused for good."""
    calls = 0

    async def refuse(asked: str) -> None:
        nonlocal calls
        calls += asked == operation
        if asked == operation and calls > 1:
            raise Refused("the period is closed")

    async def lose(asked: str) -> None:
        if asked == operation:
            raise Away("the answer is lost")

    outside.before, outside.after = refuse, lose


async def _booked_then_refused_then_cancelled(bench: Bench) -> Handle:
    _lose_the_answer_then_refuse(bench.outside, "book/invoice")
    handle = await bench.start()
    await reaches(handle, Status.HELD)
    await cancel(handle)
    return handle


async def _payment_booked_then_refused_then_cancelled(bench: Bench) -> Handle:
    _lose_the_answer_then_refuse(bench.outside, "book/payment")
    handle = await bench.start()
    paying = asyncio.create_task(pay(handle, "PAY-1", "15.00"))
    await reaches(handle, Status.HELD)
    await cancel(handle)
    await paying
    return handle


async def _refused_then_cancelled(bench: Bench) -> Handle:
    """The mail is refused at its first attempt: nothing was done, and nothing is undone."""
    bench.outside.before = Failing("mail", Refused("no such mailbox"))
    handle = await bench.start()
    await reaches(handle, Status.HELD)
    await cancel(handle)
    return handle


async def _past_due_then_paid(bench: Bench) -> Handle:
    handle = await bench.start(due_in=timedelta(seconds=2), reminder_seconds=(1,), grace_seconds=60)
    await reaches(handle, Status.PAST_DUE)
    await pay(handle, "PAY-1", "115.00")
    await handle.result()
    return handle


async def _continued_as_new(bench: Bench) -> Handle:
    handle = await bench.start(payments_per_run=1)
    await pay(handle, "PAY-1", "15.00")

    async def switched() -> bool:
        return len(await run_ids(bench.client, handle)) > 1

    await eventually(switched, what="the next run", timeout_seconds=20)
    await pay(handle, "PAY-2", "100.00")
    await handle.result()
    return handle


PATHS: Mapping[str, Callable[[Bench], Awaitable[Handle]]] = {
    "paid": _paid,
    "paid-in-parts": _paid_in_parts,
    "invalid": _invalid,
    "overdue": _overdue,
    "reminded": _reminded,
    "held": _held,
    "resumed-by-signal": _resumed_by_signal,
    "open": _open,
    "open-and-held": _open_and_held,
    "cancelled-before-sending": _cancelled_before_sending,
    "cancelled-after-sending": _cancelled_after_sending,
    "cancelled-after-part-payment": _cancelled_after_part_payment,
    "cancelled-in-temporal": _cancelled_in_temporal,
    "cancelled-in-temporal-after-part-payment": _cancelled_in_temporal_after_part_payment,
    "booked-then-refused-then-cancelled": _booked_then_refused_then_cancelled,
    "payment-booked-then-refused-then-cancelled": _payment_booked_then_refused_then_cancelled,
    "refused-then-cancelled": _refused_then_cancelled,
    "past-due-then-paid": _past_due_then_paid,
    "continued-as-new": _continued_as_new,
}
