"""Payment ids that are known already: another amount is refused and a repeat gets the first receipt, for ever."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from temporalio.client import WorkflowExecutionStatus

from workflows.app import app
from workflows.conftest import Running
from workflows.invoices.model import Invoice, Payment, Status
from workflows.invoices.names import CANCEL_UPDATE_ID, payment_update_id, workflow_id
from workflows.invoices.routes.test_api import Api, calling, context, problem
from workflows.invoices.routes.test_cancelling import cancel, closes, result, start_with_short_runs
from workflows.invoices.testing_hooks import Gate
from workflows.kit.money import Money

OTHERS: list[dict[str, Any]] = [
    {"amount": "50.00"},
    {"amount": "-1.00"},
    {"amount": "99999.00"},
    {"amount": "10.00", "currency": "USD"},
]


@pytest.fixture
async def api(running: Running) -> AsyncIterator[Api]:
    async with calling(context(running)) as http:
        yield Api(http, running)


async def others_are_refused(api: Api, invoice: Invoice) -> None:
    for other in OTHERS:
        answer = await api.pay(invoice.invoice_id, payment_id="P-9", **other)
        assert problem(answer) == (422, "payment-refused"), other


async def first(api: Api, invoice: Invoice) -> dict[str, str]:
    answer = await api.pay(invoice.invoice_id, "10.00", payment_id="P-9")
    assert answer.status_code == 200, answer.text
    return {**answer.json()}


async def test_another_amount_is_refused_while_it_runs_and_after_all_is_paid(api: Api) -> None:
    invoice = api.invoice()
    await api.process(invoice)
    receipt = await first(api, invoice)
    assert receipt["outstanding"] == "105.00"
    await others_are_refused(api, invoice)
    assert (await api.pay(invoice.invoice_id, "105.00", payment_id="REST")).json()["outstanding"] == "0.00"
    await others_are_refused(api, invoice)
    assert (await result(api, invoice)).status is Status.PAID
    await others_are_refused(api, invoice)
    assert await first(api, invoice) == receipt
    assert problem(await api.pay(invoice.invoice_id, "10.00", payment_id="LATE")) == (409, "invoice-closed")


async def test_another_amount_is_refused_in_a_new_run(api: Api) -> None:
    invoice = api.invoice()
    await start_with_short_runs(api, invoice)
    receipt = await first(api, invoice)
    await api.pay(invoice.invoice_id, "20.00", payment_id="P-2")
    await others_are_refused(api, invoice)
    assert await first(api, invoice) == receipt
    assert (await api.http.get(f"/invoices/{invoice.invoice_id}")).json()["paid"] == "30.00"


@pytest.mark.parametrize("end", [Status.CANCELLED, Status.OVERDUE])
async def test_another_amount_is_refused_after_every_end(api: Api, end: Status) -> None:
    invoice = api.invoice()
    await api.process(invoice)
    receipt = await first(api, invoice)
    if end is Status.CANCELLED:
        await cancel(api, invoice)
    else:
        await closes(api, invoice)
    assert (await result(api, invoice)).status is end
    await others_are_refused(api, invoice)
    assert await first(api, invoice) == receipt


async def test_of_twenty_amounts_at_once_exactly_one_wins(api: Api) -> None:
    invoice = api.invoice()
    await api.process(invoice)
    amounts = [f"{number}.00" for number in range(1, 21)]
    answers = await asyncio.gather(*(api.pay(invoice.invoice_id, amount, payment_id="P-9") for amount in amounts))
    assert sorted(answer.status_code for answer in answers) == [200, *[422] * 19]
    [won] = [amount for amount, answer in zip(amounts, answers, strict=True) if answer.status_code == 200]
    again = await asyncio.gather(*(api.pay(invoice.invoice_id, amount, payment_id="P-9") for amount in amounts))
    assert [answer.status_code for answer in again] == [200 if amount == won else 422 for amount in amounts]
    shown = (await api.http.get(f"/invoices/{invoice.invoice_id}")).json()
    assert (shown["paid"], len(api.running.outside.entries)) == (won, 2)


async def test_more_payments_at_once_than_the_server_lets_in_are_all_booked(api: Api) -> None:
    """The server takes ten updates in flight; here twenty payments wait for accounting, and then for their turn."""
    api.running.outside.before = gate = Gate("book/payment")
    invoice = api.invoice()
    await api.process(invoice)
    paying = [
        asyncio.create_task(api.pay(invoice.invoice_id, "5.00", payment_id=f"P-{number}")) for number in range(20)
    ]
    await gate.reached.wait()
    _done, waiting = await asyncio.wait(paying, timeout=1)
    assert len(waiting) == 20
    gate.opened.set()
    assert [(await answer).status_code for answer in paying] == [200] * 20
    assert (await api.http.get(f"/invoices/{invoice.invoice_id}")).json()["outstanding"] == "15.00"


@pytest.mark.parametrize("first_the_payment", [True, False])
async def test_a_payment_may_be_called_cancel(api: Api, first_the_payment: bool) -> None:
    invoice = api.invoice()
    await api.process(invoice)
    if first_the_payment:
        assert (await api.pay(invoice.invoice_id, "15.00", payment_id="cancel")).status_code == 200
    assert (await cancel(api, invoice)).json()["status"] == "cancelled"
    answer = await api.pay(invoice.invoice_id, "15.00", payment_id="cancel")
    assert answer.status_code == (200 if first_the_payment else 409)
    assert len(api.running.outside.refunds) == first_the_payment


def test_no_two_calls_have_one_update_id() -> None:
    ids = ["P-9", "P-9.1", "P", "cancel", "payment"]
    amounts = [Money.parse(text, currency) for text in ("1.00", "10", "-1") for currency in ("SAR", "USD", "KWD")]
    made = [payment_update_id(Payment(payment_id, amount)) for payment_id in ids for amount in amounts]
    assert len({*made, CANCEL_UPDATE_ID}) == len(made) + 1
    assert payment_update_id(Payment("P-9", Money.parse("10", "SAR"))) == "payment/P-9/SAR/10.00"


def test_the_subject_of_a_workflow_is_its_invoice() -> None:
    assert app.subject_of(workflow_id("INV-invoice-1")) == "INV-invoice-1"
    assert app.subject_of("report-2026") == "report-2026"


@pytest.mark.parametrize("invoice_id", ["\ud800", "a\0b", "", "x" * 65, "../INV-1", "شركة"], ids=ascii)
async def test_what_can_be_no_invoice_id_is_unknown(api: Api, invoice_id: str) -> None:
    assert problem(await api.pay(invoice_id)) == (404, "invoice-unknown")


@pytest.mark.parametrize("path", ["/invoices/a%00b", "/invoices/a%00b/process", "/invoices/a%00b/cancel"])
async def test_a_path_with_a_nul_is_unknown(api: Api, path: str) -> None:
    if path.endswith("b"):
        assert problem(await api.http.get(path)) == (404, "invoice-unknown")
    else:
        assert problem(await api.http.post(path, json={"reason": "x"})) == (404, "invoice-unknown")


async def test_after_its_workflow_was_terminated_nobody_knows_what_counts(api: Api) -> None:
    invoice = api.invoice()
    handle = api.running.client.get_workflow_handle((await api.process(invoice)).json()["workflow_id"])
    receipt = await first(api, invoice)
    api.running.outside.before = gate = Gate("book/payment")
    paying = asyncio.create_task(api.pay(invoice.invoice_id, "20.00", payment_id="P-2"))
    await gate.reached.wait()
    await handle.terminate()
    assert problem(await paying) == (503, "not-now")
    for _ in range(2):
        assert problem(await api.pay(invoice.invoice_id, "20.00", payment_id="P-2")) == (503, "not-now")
        assert problem(await api.pay(invoice.invoice_id, "20.00", payment_id="P-3")) == (503, "not-now")
    # What stands in the books is known.
    assert await first(api, invoice) == receipt
    await others_are_refused(api, invoice)
    assert (await handle.describe()).status is WorkflowExecutionStatus.TERMINATED
    gate.opened.set()


async def test_what_the_server_has_forgotten_is_answered_from_the_books(api: Api) -> None:
    """A workflow that is not there any more, as after the namespace's retention."""
    invoice = api.invoice()
    outside, payment = api.running.outside, Payment("P-9", Money.parse("10.00", "SAR"))
    receipt = await outside.record_payment(invoice.invoice_id, payment)
    await outside.record_status(invoice.invoice_id, Status.SENT, at=invoice.issued_at, run_id="R-1")
    await outside.record_status(invoice.invoice_id, Status.OVERDUE, at=invoice.due_at, run_id="R-1")
    assert (await first(api, invoice))["outstanding"] == f"{receipt.outstanding.amount:f}"
    await others_are_refused(api, invoice)
    assert problem(await api.pay(invoice.invoice_id, payment_id="LATE")) == (409, "invoice-closed")
