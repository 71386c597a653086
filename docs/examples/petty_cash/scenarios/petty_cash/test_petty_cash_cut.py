"""Every booking of petty cash is cut in every way: each voucher is booked once all the same."""

from __future__ import annotations

import pytest

from chaos.cuts import draw_cuts
from chaos.plan import Plan
from harness.experiment.claim import Evidence, TryClaim
from harness.judge.checks.cuts import CutsCheck
from harness.record.cuts import WAYS
from harness.seed import Seed
from harness.verdict import Verdict
from scenarios.kit.family import claim_on
from scenarios.petty_cash.effects import EFFECTS
from scenarios.petty_cash.family import FAMILY
from scenarios.petty_cash.workload import VoucherWorkload

COUNT = 120


def plan(seed: Seed) -> Plan:
    """Each way of cutting, once."""
    return Plan(draw_cuts(seed.stream("faults"), EFFECTS.names, lanes=1, paused_seconds=(7.0, 8.0)))


CLAIM = claim_on(
    FAMILY,
    "petty-cash-cut",
    "Wherever the booking of a voucher is cut off from who asked for it, the voucher is booked once.",
    plan,
    lambda seed: VoucherWorkload(seed, count=COUNT, rate_per_second=3.0),
    evidence=Evidence(
        operations_ok=COUNT,
        faults_landed=len(WAYS),
        faults_felt=len(WAYS) - 1,
        effects={"accounting/book": COUNT // 2},
    ),
    checks=(CutsCheck(EFFECTS.names),),
)


@pytest.mark.nightly
def test_petty_cash_cut(try_claim: TryClaim) -> None:
    assert try_claim(CLAIM) is Verdict.VALID
