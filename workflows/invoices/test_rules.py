from __future__ import annotations

from datetime import timedelta

import pytest

from workflows.invoices.rules import reasons_against
from workflows.invoices.testing_samples import sample_invoice


def test_a_good_invoice_has_no_reasons() -> None:
    assert reasons_against(sample_invoice()) == ()


@pytest.mark.parametrize(
    "number", ["123", "400000000000003", "300000000000004", "3000000000000003", "30000000000000\u0663"]
)
def test_the_tax_number_must_be_saudi(number: str) -> None:
    [reason] = reasons_against(sample_invoice(tax_number=number))
    assert "not a Saudi VAT number" in reason


def test_every_reason_is_told() -> None:
    invoice = sample_invoice(tax_number="1", due_in=timedelta(seconds=-1))
    assert [reason.split()[0] for reason in reasons_against(invoice)] == ["customer_tax_number", "due_at"]
