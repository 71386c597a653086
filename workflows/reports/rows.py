"""What the sources say as rows: ``row_of_*`` writes what ``lines`` reads. Pure. Amounts are whole minor units."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from workflows.gateways.ports import BookedEntry, Settlement
from workflows.reports.ports import Row

SIGN = {"settled": 1, "refund": -1}
"""By what the provider did -> what it does to what it has."""


def row_of_invoice(invoice_id: str, customer: str, issued_at: datetime, due_at: datetime) -> Row:
    """One of our own invoices."""
    return Row(
        invoice_id, invoice_id, _text([customer, *(at.astimezone(UTC).isoformat() for at in (issued_at, due_at))])
    )


def row_of_entry(booked: BookedEntry) -> Row:
    """One of accounting's entries, with every posting: ``[kind, [account, currency, debit, credit] …]``."""
    entry = booked.entry
    postings = [
        [each.account, each.debit.currency, each.debit.minor_units, each.credit.minor_units] for each in entry.postings
    ]
    return Row(booked.entry_id, entry.reference, _text([entry.kind, postings]))


def row_of_settlement(settlement: Settlement) -> Row:
    """What the provider received or gave back: ``[currency, amount]``, below zero when it went back.

    :raises ValueError: for a kind that nobody knows; left out, the report would say something wrong.
    """
    if settlement.kind not in SIGN:
        raise ValueError(f"the provider tells of a {settlement.kind!r}; known are {', '.join(SIGN)}")
    amount = settlement.amount
    content = [amount.currency, SIGN[settlement.kind] * amount.minor_units]
    key = f"{settlement.kind}/{settlement.payment_id}/{settlement.at.astimezone(UTC).isoformat()}"
    return Row(key, settlement.reference, _text(content))


def _text(content: Any) -> str:
    return json.dumps(content, separators=(",", ":"))
