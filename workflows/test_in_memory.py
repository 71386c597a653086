"""The outside in memory keeps the promises of the real one, so that a test which breaks them fails."""

from __future__ import annotations

from dataclasses import replace

import pytest

from workflows.in_memory import Outside, sample_invoice
from workflows.invoices.bookkeeping import invoice_entry
from workflows.money import Money
from workflows.ports import Refund


async def test_a_key_belongs_to_one_entry() -> None:
    outside, entry = Outside(), invoice_entry(sample_invoice())
    assert await outside.book(entry, idempotency_key="a") == await outside.book(entry, idempotency_key="a")
    with pytest.raises(AssertionError, match="another entry"):
        await outside.book(replace(entry, reference="INV-2"), idempotency_key="a")


async def test_a_key_belongs_to_one_refund() -> None:
    outside, refund = Outside(), Refund("INV-1", "PAY-1", Money.parse("1", "SAR"))
    assert await outside.refund(refund, idempotency_key="a") == await outside.refund(refund, idempotency_key="a")
    with pytest.raises(AssertionError, match="another refund"):
        await outside.refund(replace(refund, payment_id="PAY-2"), idempotency_key="a")
