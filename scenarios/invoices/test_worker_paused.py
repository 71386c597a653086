"""A worker stands still longer than its heartbeats allow, its work is given away, and then it wakes up: a zombie."""

from __future__ import annotations

import pytest

from chaos.plan import HoldPoint, Plan, PlannedFault, seconds
from harness.experiment.claim import Evidence, TryClaim
from harness.seed import Seed
from harness.verdict import Verdict
from scenarios.invoices.claim import invoice_claim


def plan(seed: Seed) -> Plan:
    """Two pauses of more than the heartbeat time-out of 5 s: one by time, one with a booking in the worker's hands."""
    draw = seed.stream("faults")
    slots = draw.sample([1, 2, 3], 2)
    return Plan(
        (
            PlannedFault(
                "pause-by-time",
                "worker-pause",
                {"slot": slots[0], "paused_seconds": seconds(draw, 7.0, 8.0)},
                after_seconds=seconds(draw, 2.0, 4.0),
            ),
            PlannedFault(
                "pause-in-booking",
                "worker-pause",
                {"slot": slots[1], "paused_seconds": seconds(draw, 7.0, 8.0)},
                hold=HoldPoint("accounting", "book", draw.randint(25, 40), "after_commit"),
            ),
        )
    )


CLAIM = invoice_claim(
    "worker-paused",
    "A worker that stands still and wakes up again changes nothing that was done without it.",
    plan,
    count=50,
    rate_per_second=4.0,
    evidence=Evidence(
        operations_ok=70, faults_landed=2, faults_felt=2, effects={"smtp/mail": 30, "accounting/book": 50}
    ),
)


@pytest.mark.nightly
def test_worker_paused(try_claim: TryClaim) -> None:
    assert try_claim(CLAIM) is Verdict.VALID
