"""What stands around invoices in tests keeps the promises of the real world, so that a test which breaks them fails."""

from __future__ import annotations

from dataclasses import replace

import pytest
from temporalio.exceptions import ApplicationError

from workflows.gateways.ports import Refund
from workflows.invoices.bookkeeping import invoice_entry
from workflows.invoices.testing_outside import Away, Refused, Surroundings
from workflows.invoices.testing_samples import sample_invoice
from workflows.kit.money import Money


async def test_a_key_belongs_to_one_entry() -> None:
    outside, entry = Surroundings(), invoice_entry(sample_invoice())
    accounting = outside.accounting()
    first = await accounting.book(entry, idempotency_key="a")
    assert await accounting.book(entry, idempotency_key="a") == first
    assert outside.entries == {"a": entry}
    with pytest.raises(ApplicationError, match="another body") as caught:
        await accounting.book(replace(entry, reference="INV-2"), idempotency_key="a")
    assert (caught.value.type, caught.value.non_retryable) == ("AccountingRefused", True)


async def test_a_key_belongs_to_one_refund() -> None:
    outside, refund = Surroundings(), Refund("INV-1", "PAY-1", Money.parse("1", "SAR"))
    assert await outside.refund(refund, idempotency_key="a") == await outside.refund(refund, idempotency_key="a")
    assert outside.refunds == {"a": refund}
    with pytest.raises(ApplicationError, match="another body"):
        await outside.refund(replace(refund, payment_id="PAY-2"), idempotency_key="a")


async def test_what_a_hook_says_is_what_the_gateway_hears() -> None:
    outside, entry = Surroundings(), invoice_entry(sample_invoice())
    accounting = outside.accounting()
    for error, told in ((Refused(), "AccountingRefused"), (Away(), "AccountingUnavailable")):

        async def fail(operation: str, error: Exception = error) -> None:
            assert operation == "book/invoice"
            raise error

        outside.before = fail
        with pytest.raises(ApplicationError) as caught:
            await accounting.book(entry, idempotency_key="a")
        assert (caught.value.type, outside.entries) == (told, {})


async def test_an_answer_that_is_lost_leaves_its_effect() -> None:
    outside, entry = Surroundings(), invoice_entry(sample_invoice())

    async def lose(operation: str) -> None:
        raise Away

    outside.after = lose
    with pytest.raises(ApplicationError) as caught:
        await outside.accounting().book(entry, idempotency_key="a")
    assert (caught.value.type, outside.entries) == ("AccountingUnavailable", {"a": entry})
