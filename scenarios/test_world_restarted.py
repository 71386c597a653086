"""The receivers of every effect die and come back: their keys survive, so nothing is done twice for it."""

from __future__ import annotations

import pytest

from chaos.plan import Plan, PlannedFault
from harness.claim import Evidence, TryClaim
from harness.seed import Seed
from harness.verdict import Verdict
from scenarios.invoice_claim import invoice_claim


def plan(seed: Seed) -> Plan:
    """Two restarts of the world in the middle of the work."""
    draw = seed.stream("faults")
    return Plan(
        tuple(
            PlannedFault(
                fault_id,
                "process-kill",
                {"process": "world", "down_seconds": round(draw.uniform(1.0, 3.0), 3)},
                after_seconds=round(draw.uniform(earliest, earliest + 2.0), 3),
            )
            for fault_id, earliest in (("first-restart", 3.0), ("second-restart", 11.0))
        )
    )


CLAIM = invoice_claim(
    "world-restarted",
    "A receiver that dies and comes back still knows its keys, and everything goes on.",
    plan,
    count=50,
    rate_per_second=4.0,
    evidence=Evidence(
        operations_ok=60, faults_landed=2, faults_felt=2, effects={"smtp/mail": 30, "accounting/book": 50}
    ),
)


@pytest.mark.nightly
def test_world_restarted(try_claim: TryClaim) -> None:
    assert try_claim(CLAIM) is Verdict.VALID
