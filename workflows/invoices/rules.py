"""The business rules an invoice must keep before it is sent. Pure: no clock, no storage.

What the file format already guarantees (numbers, sums, currencies) is checked in ``csv_input`` and not again here.
"""

from __future__ import annotations

import re

from workflows.invoices.model import Invoice

# ZATCA: a Saudi VAT registration number has 15 digits and begins and ends with 3.
_SAUDI_TAX_NUMBER = re.compile(r"3[0-9]{13}3")


def reasons_against(invoice: Invoice) -> tuple[str, ...]:
    """Every reason why the invoice may not be sent, in words for the person who must correct it; empty when valid."""
    reasons = []
    if not _SAUDI_TAX_NUMBER.fullmatch(invoice.customer.tax_number):
        reasons.append(
            f"customer_tax_number {invoice.customer.tax_number!r} is not a Saudi VAT number: "
            "15 digits, the first and the last a 3"
        )
    if invoice.due_at <= invoice.issued_at:
        reasons.append(f"due_at {invoice.due_at.isoformat()} is not after issued_at {invoice.issued_at.isoformat()}")
    return tuple(reasons)
