"""Accounting is down for longer than the retries last: vouchers are held, and booked once they are resumed.

One of them was booked before that, and its answer lost: resumed, it must be found booked.
"""

from __future__ import annotations

import pytest

from chaos.plan import CutPoint, Plan, PlannedFault, seconds
from harness.experiment.claim import Evidence, TryClaim
from harness.record.cuts import ACK_DROPPED
from harness.seed import Seed
from harness.verdict import Verdict
from scenarios.kit.family import claim_on
from scenarios.petty_cash.effects import EFFECTS
from scenarios.petty_cash.family import FAMILY
from scenarios.petty_cash.workload import VoucherWorkload

COUNT = 60

# Beyond the 15 s that five attempts last.
OUTAGE_SECONDS = (24.0, 30.0)


def plan(seed: Seed) -> Plan:
    """The answer to a booking is dropped, and then accounting answers nobody, while vouchers come in."""
    down = {"service": "accounting", "error_rate": 1.0, "for_seconds": seconds(seed.stream("faults"), *OUTAGE_SECONDS)}
    cut = CutPoint(EFFECTS.names[0], ACK_DROPPED, lane=1)
    return Plan((PlannedFault("accounting-down", "service-errors", down, cut=cut),))


CLAIM = claim_on(
    FAMILY,
    "petty-cash-held",
    "An outage longer than the retries costs no voucher: what is held is booked once when it is resumed.",
    plan,
    lambda seed: VoucherWorkload(seed, count=COUNT, rate_per_second=3.0),
    evidence=Evidence(
        operations_ok=COUNT,
        faults_landed=1,
        faults_felt=1,
        effects={"accounting/book": COUNT // 2},
        answers={"accounting/book/dropped": 1, "accounting/book/replayed": 1},
    ),
    held_at_least=5,
)


@pytest.mark.nightly
def test_petty_cash_held(try_claim: TryClaim) -> None:
    assert try_claim(CLAIM) is Verdict.VALID
