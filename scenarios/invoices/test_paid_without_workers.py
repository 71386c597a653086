"""Payments come while no worker is there: updates are registered and not yet accepted when it happens."""

from __future__ import annotations

import pytest

from chaos.plan import HoldPoint, Plan, PlannedFault, seconds
from harness.experiment.claim import Evidence, TryClaim
from harness.seed import Seed
from harness.verdict import Verdict
from scenarios.invoices.claim import invoice_claim


def plan(seed: Seed) -> Plan:
    """The fleet is away long enough that webhooks time out and come again."""
    draw = seed.stream("faults")
    return Plan(
        (
            PlannedFault(
                "no-workers",
                "worker-kill-all",
                {"down_seconds": seconds(draw, 9.0, 11.0)},
                hold=HoldPoint("accounting", "book", draw.randint(20, 30), "before_effect"),
            ),
        )
    )


CLAIM = invoice_claim(
    "paid-without-workers",
    "A payment that comes while no worker is there is counted once, when one is there again.",
    plan,
    count=50,
    rate_per_second=4.0,
    evidence=Evidence(
        operations_ok=60,
        faults_landed=1,
        faults_felt=1,
        effects={"smtp/mail": 30, "accounting/book": 50},
        begun_during_faults={"pay": 5},
    ),
    latency_bounds_seconds={"process": 5.0},
)


@pytest.mark.nightly
def test_paid_without_workers(try_claim: TryClaim) -> None:
    assert try_claim(CLAIM) is Verdict.VALID
