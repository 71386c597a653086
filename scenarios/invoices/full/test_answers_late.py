"""Temporal takes what the API asks of it, and the answer comes so late that an impatient caller would have given up.

Seconds pass before the API hears that an invoice was started, though it was started long ago. The API waits for as long
as one request may take (8 s), and who asks again, asks for the same thing under the same id.
"""

from __future__ import annotations

import pytest

from chaos.plan import Plan, PlannedFault, seconds
from harness.experiment.claim import Evidence, TryClaim
from harness.seed import Seed
from harness.verdict import Verdict
from scenarios.invoices.claim import invoice_claim


def plan(seed: Seed) -> Plan:
    """The link of the API is slow for some seconds: an answer takes 3 to 3.6 s, which is half of what is waited."""
    draw = seed.stream("faults")
    slow = {
        "link": "client-frontend",
        "for_seconds": seconds(draw, 5.0, 8.0),
        "latencies_ms": [draw.randint(1500, 1800)],
        "step_seconds": 2.0,
    }
    return Plan((PlannedFault("slow-client", "link-slow", slow, after_seconds=seconds(draw, 3.0, 5.0)),))


CLAIM = invoice_claim(
    "answers-late",
    "An invoice whose start is answered seconds late is started once, mailed once and booked once.",
    plan,
    stacks=("full",),
    count=50,
    rate_per_second=3.0,
    evidence=Evidence(
        operations_ok=80,
        faults_landed=1,
        faults_felt=1,
        effects={"smtp/mail": 35, "accounting/book": 60},
        begun_during_faults={"process": 10},
    ),
)


@pytest.mark.full
@pytest.mark.nightly
def test_answers_late(try_claim: TryClaim) -> None:
    assert try_claim(CLAIM) is Verdict.VALID
