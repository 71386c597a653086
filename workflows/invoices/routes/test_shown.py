"""What ``GET /invoices/{id}`` shows: amounts and the trail of statuses, from the books alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from workflows.conftest import Running
from workflows.invoices.model import Invoice
from workflows.invoices.routes.test_api import Api, calling, context
from workflows.invoices.routes.test_cancelling import cancel, result, start_with_short_runs
from workflows.kit.testing_waits import forward, until


@pytest.fixture
async def api(running: Running) -> AsyncIterator[Api]:
    reminded = replace(context(running), reminder_seconds=(3600,), grace_seconds=3600)
    async with calling(reminded) as http:
        yield Api(http, running)


async def shown(api: Api, invoice: Invoice) -> dict[str, Any]:
    answer = await api.http.get(f"/invoices/{invoice.invoice_id}")
    return {**answer.json()}


def statuses(found: dict[str, Any]) -> list[str]:
    """The statuses of the trail, whose instants are in order."""
    instants = [datetime.fromisoformat(entry["at"]) for entry in found["trail"]]
    assert instants == sorted(instants)
    assert all(instant.tzinfo for instant in instants)
    assert all(entry.keys() == {"status", "at", "run_id"} for entry in found["trail"])
    assert found["status"] == (found["trail"][-1]["status"] if found["trail"] else None)
    return [entry["status"] for entry in found["trail"]]


async def test_before_it_is_sent(api: Api) -> None:
    found = await shown(api, api.invoice())
    assert statuses(found) == []
    assert (found["paid"], found["refunded"], found["outstanding"]) == ("0.00", "0.00", "115.00")
    assert [(line["net"], line["tax"], line["total"]) for line in found["lines"]] == [("100.00", "15.00", "115.00")]


async def test_paid_in_parts(api: Api) -> None:
    invoice = api.invoice()
    run_id = (await api.process(invoice)).json()["run_id"]
    await api.pay(invoice.invoice_id, "15.00")
    found = await shown(api, invoice)
    assert statuses(found) == ["sent"]
    assert (found["paid"], found["outstanding"]) == ("15.00", "100.00")
    await api.pay(invoice.invoice_id, "100.00", payment_id="PAY-2")
    await result(api, invoice)
    found = await shown(api, invoice)
    assert statuses(found) == ["sent", "paid"]
    assert {entry["run_id"] for entry in found["trail"]} == {run_id}
    assert (found["paid"], found["outstanding"]) == ("115.00", "0.00")


async def test_invalid(api: Api) -> None:
    invoice = api.invoice(tax_number="1")
    await api.process(invoice)
    await result(api, invoice)
    assert statuses(await shown(api, invoice)) == ["invalid"]


@pytest.mark.parametrize("paid", [True, False])
async def test_past_due(api: Api, paid: bool) -> None:
    invoice = api.invoice()
    client = api.running.client
    handle = client.get_workflow_handle((await api.process(invoice)).json()["workflow_id"])

    async def is_shown(*trail: str) -> bool:
        return statuses(await shown(api, invoice)) == [*trail]

    await until(lambda: is_shown("sent"))
    await forward(client, handle, timedelta(days=30, minutes=30))
    await until(lambda: is_shown("sent", "past-due"))
    if paid:
        await api.pay(invoice.invoice_id)
    else:
        await forward(client, handle)
    await result(api, invoice)
    found = await shown(api, invoice)
    assert statuses(found) == ["sent", "past-due", "paid" if paid else "overdue"]
    assert datetime.fromisoformat(found["trail"][1]["at"]) >= invoice.due_at


async def test_overdue_without_a_reminder_past_the_due_instant(running: Running) -> None:
    async with calling(context(running)) as http:
        api = Api(http, running)
        invoice = api.invoice()
        workflow_id = (await api.process(invoice)).json()["workflow_id"]
        await api.pay(invoice.invoice_id, "15.00")
        await forward(running.client, running.client.get_workflow_handle(workflow_id))
        await result(api, invoice)
        found = await shown(api, invoice)
    assert statuses(found) == ["sent", "overdue"]
    assert (found["paid"], found["outstanding"]) == ("15.00", "100.00")


async def test_cancelled_in_another_run_than_it_was_sent_in(api: Api) -> None:
    invoice = api.invoice()
    await start_with_short_runs(api, invoice)
    await api.pay(invoice.invoice_id, "15.00")
    await api.pay(invoice.invoice_id, "20.00", payment_id="PAY-2")
    await cancel(api, invoice)
    await result(api, invoice)
    found = await shown(api, invoice)
    assert statuses(found) == ["sent", "cancelled"]
    assert found["trail"][0]["run_id"] != found["trail"][1]["run_id"]
    assert (found["paid"], found["refunded"], found["outstanding"]) == ("35.00", "35.00", "0.00")


async def test_cancelled_before_it_was_processed(api: Api) -> None:
    invoice = api.invoice()
    await cancel(api, invoice)
    found = await shown(api, invoice)
    assert statuses(found) == ["cancelled"]
    assert (found["paid"], found["outstanding"]) == ("0.00", "0.00")
