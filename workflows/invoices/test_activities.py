"""The activities alone: what they say when they can never succeed. What they do is tried with the workflow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from aiosmtplib import SMTPResponseException
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from workflows.invoices.activities import InvoiceActivities
from workflows.invoices.messages import Mailing, PaymentBooking, StatusChange
from workflows.invoices.model import Payment, Status
from workflows.invoices.testing_hooks import Failing
from workflows.invoices.testing_outside import Away, Refused, Surroundings
from workflows.invoices.testing_samples import sample_invoice
from workflows.kit.money import Money


@pytest.mark.parametrize(
    ("step", "argument"),
    [
        (InvoiceActivities.validate_invoice, "INV-9"),
        (InvoiceActivities.book_invoice, "INV-9"),
        (InvoiceActivities.record_status, StatusChange("INV-9", Status.SENT, datetime(2026, 1, 1, tzinfo=UTC))),
    ],
)
async def test_an_invoice_that_nobody_knows_is_not_tried_again(step: Callable[..., Any], argument: Any) -> None:
    with pytest.raises(ApplicationError, match="INV-9") as caught:
        await ActivityEnvironment().run(step, InvoiceActivities(Surroundings().ports()), argument)
    assert (caught.value.type, caught.value.non_retryable) == ("InvoiceUnknown", True)


async def test_a_payment_that_the_books_hold_with_another_amount_is_not_tried_again() -> None:
    outside = Surroundings()
    outside.put(sample_invoice())
    await outside.record_payment("INV-1", Payment("PAY-1", Money.parse("10.00", "SAR")))
    booking = PaymentBooking("INV-1", Payment("PAY-1", Money.parse("11.00", "SAR")))
    with pytest.raises(ApplicationError, match="PAY-1") as caught:
        await ActivityEnvironment().run(InvoiceActivities(outside.ports()).book_payment, booking)
    assert (caught.value.type, caught.value.non_retryable) == ("PaymentDiffers", True)


async def test_only_a_refusal_tells_at_which_attempt_it_came() -> None:
    environment, outside = ActivityEnvironment(), Surroundings()
    outside.put(sample_invoice())
    document = await outside.documents.save("INV-1", b"%PDF")
    mailing = Mailing("INV-1", document, datetime(2026, 1, 1, tzinfo=UTC))
    environment.info = replace(environment.info, attempt=3)
    send = InvoiceActivities(outside.ports()).send_invoice_email
    outside.before = Failing("mail", Refused())
    with pytest.raises(ApplicationError) as caught:
        await environment.run(send, mailing)
    assert (caught.value.type, caught.value.details) == ("MailRefused", (3,))
    outside.before = Failing("mail", Away())
    with pytest.raises(SMTPResponseException) as again:
        await environment.run(send, mailing)
    assert again.value.code == 451


async def test_nothing_is_booked_under_a_key_that_is_not_the_workflow_s() -> None:
    alone, outside = ActivityEnvironment(), Surroundings()
    alone.info = replace(alone.info, workflow_id=None)
    outside.put(sample_invoice())
    with pytest.raises(ApplicationError, match="belongs to a workflow"):
        await alone.run(InvoiceActivities(outside.ports()).book_invoice, "INV-1")
    assert outside.acts == []
