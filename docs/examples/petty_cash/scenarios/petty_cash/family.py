"""Petty cash under test as one value: what every claim on it demands, and the words for it."""

from __future__ import annotations

from harness.judge.checks.effects import Delivery, Promise
from harness.report.vocabulary import Vocabulary
from scenarios.kit.family import Family
from scenarios.petty_cash.oracle import VouchersCheck, expected_acts, expected_ends

FAMILY = Family(
    promises=(Promise("accounting", "book", Delivery.EXACTLY_ONCE),),
    expected=expected_acts,
    final_states=frozenset({"booked", "refused"}),
    vocabulary=Vocabulary("voucher", "vouchers", start="voucher", verbs={("accounting", "book"): "booked"}),
    ends=expected_ends,
    results=expected_ends,
    refused=("nonsense", "changed"),
    checks=(VouchersCheck(),),
)
