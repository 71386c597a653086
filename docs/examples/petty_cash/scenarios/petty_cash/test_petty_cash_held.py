"""Accounting is down for longer than the retries last: vouchers are held, and booked once they are resumed."""

from __future__ import annotations

import pytest

from chaos.plan import Plan, PlannedFault, seconds
from harness.experiment.claim import Evidence, TryClaim
from harness.seed import Seed
from harness.verdict import Verdict
from scenarios.kit.family import claim_on
from scenarios.petty_cash.family import FAMILY
from scenarios.petty_cash.workload import VoucherWorkload

COUNT = 60

# Beyond the 15 s that five attempts last.
OUTAGE_SECONDS = 30.0


def plan(seed: Seed) -> Plan:
    """One outage, while vouchers come in."""
    down = {"service": "accounting", "error_rate": 1.0, "for_seconds": OUTAGE_SECONDS}
    after = seconds(seed.stream("faults"), 4.0, 5.0)
    return Plan((PlannedFault("accounting-down", "service-errors", down, after_seconds=after),))


CLAIM = claim_on(
    FAMILY,
    "petty-cash-held",
    "An outage longer than the retries costs no voucher: what is held is booked once when it is resumed.",
    plan,
    lambda seed: VoucherWorkload(seed, count=COUNT, rate_per_second=3.0),
    evidence=Evidence(operations_ok=COUNT, faults_landed=1, faults_felt=1, effects={"accounting/book": COUNT // 2}),
    held_at_least=5,
)


@pytest.mark.nightly
def test_petty_cash_held(try_claim: TryClaim) -> None:
    assert try_claim(CLAIM) is Verdict.VALID
