"""The API dies between the webhook of a payment and its update: the provider's next try finds what is done."""

from __future__ import annotations

import pytest

from chaos.plan import HoldPoint, Plan, PlannedFault, seconds
from harness.experiment.claim import Evidence, TryClaim
from harness.seed import Seed
from harness.verdict import Verdict
from scenarios.invoices.claim import invoice_claim


def plan(seed: Seed) -> Plan:
    """One kill while a payment is being booked, so that its webhook is open, and one by time."""
    draw = seed.stream("faults")
    return Plan(
        (
            PlannedFault(
                "api-dies-in-payment",
                "process-kill",
                {"process": "api", "down_seconds": seconds(draw, 0.5, 2.0)},
                hold=HoldPoint("accounting", "book", draw.randint(30, 40), "before_effect"),
            ),
            PlannedFault(
                "api-dies-again",
                "process-kill",
                {"process": "api", "down_seconds": seconds(draw, 0.5, 2.0)},
                after_seconds=seconds(draw, 3.0, 5.0),
            ),
        )
    )


CLAIM = invoice_claim(
    "api-killed",
    "An API that dies with a webhook in its hands loses no payment and counts none twice.",
    plan,
    count=50,
    rate_per_second=4.0,
    evidence=Evidence(
        operations_ok=60, faults_landed=2, faults_felt=2, effects={"smtp/mail": 30, "accounting/book": 50}
    ),
)


@pytest.mark.nightly
def test_api_killed(try_claim: TryClaim) -> None:
    assert try_claim(CLAIM) is Verdict.VALID
