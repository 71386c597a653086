"""Money that is not the customer's, or more of it than came, is found."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.record.record import Record
from harness.verdict import Verdict
from scenarios.invoices.checks.content.testing_contents import CANCELLED, PAID, changed, good_record
from scenarios.invoices.checks.refunds import RefundsCheck

PAYMENT = f"PAY-{CANCELLED}-1"


def messages(record: Record) -> str:
    result = RefundsCheck()(record)
    assert result.verdict is Verdict.INVALID
    return "\n".join(finding.message for finding in result.findings)


def test_the_good_record_is_valid() -> None:
    result = RefundsCheck()(good_record())
    assert (result.verdict, result.counts) == (Verdict.VALID, {"settled": 4, "returned": 0, "refund": 1})


@pytest.mark.parametrize("deed", ["refund", "settled"])
@pytest.mark.parametrize(
    ("field", "value"), [("amount", "0.01"), ("amount", "15.01"), ("currency", "USD"), ("invoice_id", PAID)]
)
def test_it_is_of_the_very_payment(deed: str, field: str, value: str) -> None:
    assert f"{deed}: {field} is {value!r}" in messages(changed(good_record(), f"{deed} {PAYMENT}", **{field: value}))


def test_a_payment_that_nobody_made_is_found() -> None:
    assert "nobody made such a payment" in messages(changed(good_record(), f"refund {PAYMENT}", payment_id="PAY-9"))


def test_an_effect_of_another_invoice_is_found() -> None:
    record = good_record()
    effects = tuple(replace(e, reference=PAID) if e.effect_id == f"refund {PAYMENT}" else e for e in record.effects)
    assert f"refund for {PAID}, the customer paid for {CANCELLED}" in messages(replace(record, effects=effects))


def test_more_does_not_go_back_than_came() -> None:
    record = good_record()
    refund = next(effect for effect in record.effects if effect.effect_id == f"refund {PAYMENT}")
    twice = replace(record, effects=(*record.effects, replace(refund, effect_id="again", key="another")))
    assert "30.00 went back of 15.00" in messages(twice)


def test_no_money_is_unknown() -> None:
    assert RefundsCheck()(replace(good_record(), effects=())).verdict is Verdict.UNKNOWN
