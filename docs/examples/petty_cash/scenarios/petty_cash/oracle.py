"""What should have happened, from the input alone: each voucher of up to 500 SAR is booked, as it was written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from harness.judge.checks.effects import Acts
from harness.judge.checks.story import story_of
from harness.record.record import Outcome, Record
from harness.verdict import CheckResult, Finding, Verdict

MOST = Decimal(500)


def expected_acts(record: Record) -> Mapping[tuple[str, str], Acts]:
    """The vouchers that had to be booked: those whose acceptance was told; what was never answered may be."""
    asked = (operation for operation in record.operations if operation.name == "voucher")
    sure = {operation.subject for operation in asked if operation.outcome is Outcome.OK}
    good = {each["voucher_id"] for each in record.input["vouchers"] if _good(each)}
    return {("accounting", "book"): Acts(frozenset(good & sure), frozenset(good - sure))}


def expected_ends(record: Record) -> Mapping[str, frozenset[str]]:
    """Where each voucher's workflow has to end; it returns the same word."""
    vouchers = record.input["vouchers"]
    return {each["voucher_id"]: frozenset({"booked" if _good(each) else "refused"}) for each in vouchers}


def _good(voucher: Mapping[str, Any]) -> bool:
    return voucher["currency"] == "SAR" and 0 < Decimal(voucher["amount"]) <= MOST


@dataclass(frozen=True)
class VouchersCheck:
    """Holds the content of each booking against the voucher."""

    name: str = field(default="vouchers", init=False)

    def __call__(self, record: Record) -> CheckResult:
        """INVALID for another purpose, amount, currency or account; UNKNOWN when nothing was booked."""
        booked = [effect for effect in record.effects if (effect.service, effect.operation) == ("accounting", "book")]
        wanted = {each["voucher_id"]: _content(each) for each in record.input["vouchers"]}
        findings = []
        for effect in booked:
            said = (effect.detail[name] for name in ("kind", "memo", "currency"))
            found = (*said, [tuple(line.values()) for line in effect.detail["lines"]])
            if found != wanted.get(effect.reference):
                told = f"{found} was booked, {wanted.get(effect.reference)} was written"
                findings.append(Finding(effect.reference, told, story_of(record, effect.reference)))
        verdict = Verdict.INVALID if findings else Verdict.VALID if booked else Verdict.UNKNOWN
        told = f"{len(booked)} bookings were read, {len(findings)} are not as they were written"
        return CheckResult(self.name, verdict, told, tuple(findings))


def _content(voucher: Mapping[str, Any]) -> tuple[Any, ...]:
    amount = voucher["amount"]
    lines = [("expenses", amount, "0.00"), ("petty-cash", "0.00", amount)]
    return "petty-cash", voucher["purpose"], voucher["currency"], lines
