"""A rolling restart in the middle of the work: workers are drained and replaced while invoices are under way."""

from __future__ import annotations

import pytest

from chaos.plan import Plan, PlannedFault, seconds
from harness.experiment.claim import Evidence, TryClaim
from harness.seed import Seed
from harness.verdict import Verdict
from scenarios.invoices.claim import invoice_claim


def plan(seed: Seed) -> Plan:
    """The fleet of three is rolled, worker by worker, while invoices come in."""
    draw = seed.stream("faults")
    return Plan(
        tuple(
            PlannedFault(
                f"drain-{slot}",
                "worker-drain",
                {"slot": slot, "down_seconds": seconds(draw, 0.5, 1.5)},
                after_seconds=round(draw.uniform(1.5, 2.5) + 4.0 * (slot - 1), 3),
            )
            for slot in (1, 2, 3)
        )
    )


CLAIM = invoice_claim(
    "workers-rolled",
    "Deploying in the middle of the day (every worker drained and replaced) costs no invoice and no second mail.",
    plan,
    count=50,
    rate_per_second=4.0,
    evidence=Evidence(
        operations_ok=60, faults_landed=3, faults_felt=2, effects={"smtp/mail": 30, "accounting/book": 50}
    ),
    latency_bounds_seconds={"process": 5.0},
)


@pytest.mark.nightly
def test_workers_rolled(try_claim: TryClaim) -> None:
    assert try_claim(CLAIM) is Verdict.VALID
