"""A worker killed in the middle of a mail, a booking or anything else loses nothing and doubles nothing."""

from __future__ import annotations

import pytest

from chaos.plan import HoldPoint, Plan, PlannedFault, seconds
from harness.experiment.claim import Evidence, TryClaim
from harness.seed import Seed
from harness.verdict import Verdict
from scenarios.invoices.claim import invoice_claim

pytestmark = pytest.mark.long

COUNT = 60
RATE_PER_SECOND = 4.0


def plan(seed: Seed) -> Plan:
    """Two kills exactly between an effect and its acknowledgement, one by time, and accounting failing meanwhile."""
    draw = seed.stream("faults")
    kill = "worker-kill"
    return Plan(
        (
            PlannedFault(
                "kill-in-mail",
                kill,
                {"down_seconds": seconds(draw, 0.5, 2.0)},
                hold=HoldPoint("smtp", "mail", draw.randint(8, 16), "after_commit"),
            ),
            PlannedFault(
                "kill-in-booking",
                kill,
                {"down_seconds": seconds(draw, 0.5, 2.0)},
                hold=HoldPoint("accounting", "book", draw.randint(30, 45), "after_commit"),
            ),
            PlannedFault(
                "kill-by-time",
                kill,
                {"down_seconds": seconds(draw, 0.5, 2.0), "slot": draw.randint(1, 3)},
                after_seconds=seconds(draw, 9.0, 12.0),
            ),
            PlannedFault(
                "accounting-fails",
                "service-errors",
                {"service": "accounting", "error_rate": 0.5, "for_seconds": 3.0},
                after_seconds=seconds(draw, 2.0, 5.0),
            ),
        )
    )


CLAIM = invoice_claim(
    "worker-killed",
    "Killing workers in mid-payment loses no invoice, books none twice and mails each under one Message-ID.",
    plan,
    stacks=("dev", "full", "external", "compose"),
    count=COUNT,
    rate_per_second=RATE_PER_SECOND,
    evidence=Evidence(
        operations_ok=80,
        faults_landed=4,
        faults_felt=3,
        effects={"smtp/mail": 40, "accounting/book": 70},
        answers={"smtp/mail/refused": 1, "accounting/book/error": 1},
    ),
)


def test_worker_killed(try_claim: TryClaim) -> None:
    assert try_claim(CLAIM) is Verdict.VALID
