"""An invoice that is shown as another than it is, is found."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from harness.record.record import Record
from harness.verdict import Verdict
from scenarios.invoices.checks.content.shown import ShownCheck
from scenarios.invoices.checks.content.testing_contents import CANCELLED, INVALID, OVERDUE, PAID, good_record


def showing(invoice_id: str, /, **fields: Any) -> Record:
    """The good record in which this invoice is shown otherwise."""
    record = good_record()
    return replace(record, shown={**record.shown, invoice_id: {**record.shown[invoice_id], **fields}})


def with_line(**fields: Any) -> Record:
    """The good record in which the second line of the paid invoice is shown otherwise."""
    first, second = good_record().shown[PAID]["lines"]
    return showing(PAID, lines=[first, {**second, **fields}])


def messages(record: Record) -> str:
    result = ShownCheck()(record)
    assert result.verdict is Verdict.INVALID
    return "\n".join(finding.message for finding in result.findings)


def test_the_good_record_is_valid() -> None:
    result = ShownCheck()(good_record())
    assert (result.verdict, result.counts) == (Verdict.VALID, {"accepted": 4, "read": 4})
    assert ShownCheck()(showing(PAID, trail=[])).verdict is Verdict.VALID


@pytest.mark.parametrize(
    ("invoice_id", "fields"),
    [
        (PAID, {"invoice_id": OVERDUE}),
        (PAID, {"customer": {"name": "شركة الرياض", "email": "x@y.example", "tax_number": "300000000000003"}}),
        (PAID, {"currency": "USD"}),
        (PAID, {"net": "230.00"}),
        (PAID, {"tax": "0.00"}),
        (PAID, {"total": "200.00"}),
        (PAID, {"total": "230"}),
        (PAID, {"issued_at": "2026-01-01T08:00:00+00:00"}),
        (OVERDUE, {"due_at": "2026-01-31T08:00:00.250000+00:00"}),
        (OVERDUE, {"due_at": "2026-01-01T08:00:08.250000"}),
        (PAID, {"paid": "115.00"}),
        (PAID, {"paid": "230.0"}),
        (OVERDUE, {"paid": "0.00", "outstanding": "115.00"}),
        (OVERDUE, {"outstanding": "115.00"}),
        (CANCELLED, {"outstanding": "100.00"}),
        (CANCELLED, {"refunded": "0.00"}),
        (CANCELLED, {"refunded": "0.01"}),
        (PAID, {"status": "sent"}),
        (PAID, {"status": None}),
        (PAID, {"status": "overdue"}),
        (OVERDUE, {"status": "paid"}),
        (CANCELLED, {"status": "overdue", "outstanding": "100.00"}),
        (INVALID, {"status": "overdue"}),
        (PAID, {"lines": []}),
        (PAID, {"lines": None}),
    ],
)
def test_every_field_is_judged(invoice_id: str, fields: dict[str, Any]) -> None:
    assert next(iter(fields)).split("_")[0] in messages(showing(invoice_id, **fields))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("description", "Consultation"),
        ("quantity", "3"),
        ("quantity", "2e0"),
        ("unit_price", "50.01"),
        ("tax_rate", "15"),
        ("net", "115.00"),
        ("tax", "0.00"),
        ("total", "100.00"),
        ("total", None),
    ],
)
def test_every_field_of_a_line_is_judged(field: str, value: str | None) -> None:
    assert f"line 2: {field} is shown as {value!r}" in messages(with_line(**{field: value}))


def test_a_figure_counts_by_its_value() -> None:
    assert ShownCheck()(with_line(quantity="2.000", unit_price="50", tax_rate="0.150")).verdict is Verdict.VALID


def test_what_could_not_be_read_is_unknown() -> None:
    record = good_record()
    result = ShownCheck()(replace(record, shown={PAID: record.shown[PAID]}))
    assert (result.verdict, result.summary[:25]) == (Verdict.UNKNOWN, "3 of 4 invoices could not")


def test_nothing_accepted_is_unknown() -> None:
    assert ShownCheck()(replace(good_record(), operations=())).verdict is Verdict.UNKNOWN
