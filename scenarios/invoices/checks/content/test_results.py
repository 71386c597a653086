"""A workflow that returns anything else than what happened is found."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from harness.record.record import Record
from harness.verdict import Verdict
from scenarios.invoices.checks.content.results import ResultsCheck
from scenarios.invoices.checks.content.testing_contents import CANCELLED, INVALID, OVERDUE, PAID, changed, good_record


def returning(invoice_id: str, /, **fields: Any) -> Record:
    """The good record in which the workflow of this invoice returned something else."""
    record = good_record()
    executions = tuple(
        replace(each, result={**each.result, **fields}) if each.subject == invoice_id else each
        for each in record.executions
    )
    return replace(record, executions=executions)


def messages(record: Record) -> str:
    result = ResultsCheck()(record)
    assert result.verdict is Verdict.INVALID
    return "\n".join(finding.message for finding in result.findings)


def sar(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "SAR"}


def test_the_good_record_is_valid_also_with_more_fields() -> None:
    result = ResultsCheck()(good_record())
    assert (result.verdict, result.counts) == (Verdict.VALID, {"results": 4})
    assert ResultsCheck()(returning(PAID, reminders=2)).verdict is Verdict.VALID


@pytest.mark.parametrize(
    ("invoice_id", "fields", "words"),
    [
        (PAID, {"invoice_id": OVERDUE}, "the result is of INV-0003"),
        (PAID, {"status": "invalid"}, "the invoice can only be"),
        (PAID, {"status": "overdue"}, "says overdue, with 230.00 paid of 230.00"),
        (OVERDUE, {"status": "paid"}, "says paid, with 5.00 paid of 115.00"),
        (INVALID, {"status": "overdue"}, "can only be invalid or cancelled"),
        (PAID, {"paid": sar("200.00")}, "for paid"),
        (PAID, {"paid": {"amount": "230.00", "currency": "USD"}}, "for paid"),
        (PAID, {"paid": sar("230")}, "for paid"),
        (OVERDUE, {"outstanding": sar("115.00")}, "for outstanding"),
        (CANCELLED, {"outstanding": sar("100.00")}, "for outstanding"),
        (PAID, {"payments": [f"PAY-{PAID}-1"], "paid": sar("100.00")}, "leaves out PAY-INV-0001-2"),
        (PAID, {"payments": [f"PAY-{PAID}-1", f"PAY-{PAID}-2", "PAY-9"]}, "counts PAY-9"),
        (PAID, {"payments": [f"PAY-{PAID}-1"] * 2 + [f"PAY-{PAID}-2"]}, "lists a payment twice"),
        (PAID, {"payments": [f"PAY-{PAID}-2", f"PAY-{PAID}-1"]}, "lists PAY-INV-0001-1 behind"),
        (PAID, {"reasons": ["why not"]}, "for its reasons"),
        (CANCELLED, {"reasons": []}, "for its reasons"),
        (CANCELLED, {"reasons": ["no reason"]}, "for its reasons"),
        (INVALID, {"reasons": []}, "says invalid, and not why"),
        (INVALID, {"reasons": [" "]}, "says invalid, and not why"),
        (CANCELLED, {"refunded": []}, "says that nothing went back; the provider gave back PAY-INV-0002-1"),
        (PAID, {"refunded": [f"PAY-{PAID}-1"]}, "the provider gave back nothing"),
        (PAID, {"paid": None}, "for paid"),
        (PAID, {"payments": None}, "has not the fields"),
    ],
)
def test_every_field_is_judged(invoice_id: str, fields: dict[str, Any], words: str) -> None:
    assert words in messages(returning(invoice_id, **fields))


def test_money_that_did_not_go_back_is_found() -> None:
    record = good_record()
    kept = replace(record, effects=tuple(effect for effect in record.effects if effect.operation != "refund"))
    assert "the provider gave back nothing" in messages(kept)


def test_an_entry_that_accounting_does_not_have_is_missed() -> None:
    record = changed(good_record(), f"book PAY-{OVERDUE}-1", memo="Payment PAY-9 of invoice INV-0003")
    assert "accounting has no entry of" in messages(record)


def test_payments_booked_at_once_may_stand_in_any_order() -> None:
    record = good_record()
    webhooks = tuple(replace(each, ended_seconds=109.0) for each in record.webhooks)
    result = returning(PAID, payments=[f"PAY-{PAID}-2", f"PAY-{PAID}-1"])
    assert ResultsCheck()(replace(result, webhooks=webhooks)).verdict is Verdict.VALID


def test_a_result_without_an_invoice_is_found() -> None:
    record = good_record()
    first, *others = record.executions
    assert "there is no such invoice" in messages(replace(record, executions=(replace(first, subject="X"), *others)))


def test_without_a_result_nothing_was_checked() -> None:
    assert ResultsCheck()(replace(good_record(), executions=())).verdict is Verdict.UNKNOWN
