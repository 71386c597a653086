"""PostgreSQL is restarted in good order: every connection ends, and everybody has to make a new one.

One outage and nothing else, so that what does not come back afterwards is known to be the fault of who did not return.
`postgres-fails` has the harder ways.
"""

from __future__ import annotations

import pytest

from chaos.plan import Plan, PlannedFault, seconds
from harness.experiment.claim import Evidence, TryClaim
from harness.seed import Seed
from harness.verdict import Verdict
from scenarios.invoices.claim import invoice_claim

# Nobody cancels what was paid: who waits for a payment to be booked before cancelling waits long when none is.
HABITS = {"prompt": 66, "parts": 14, "cancels": 14, "forgets": 6}


def plan(seed: Seed) -> Plan:
    """One restart while invoices come in, that takes 2 to 4 s."""
    draw = seed.stream("faults")
    restart = {"process": "postgres", "down_seconds": seconds(draw, 2.0, 4.0)}
    at_seconds = seconds(draw, 4.0, 6.0)
    return Plan((PlannedFault("restart-postgres", "process-restart", restart, after_seconds=at_seconds),))


CLAIM = invoice_claim(
    "books-restarted",
    "Books that are back are used again, by every process and without anybody's help.",
    plan,
    stacks=("full",),
    count=50,
    rate_per_second=3.0,
    habits=HABITS,
    evidence=Evidence(
        operations_ok=80,
        faults_landed=1,
        faults_felt=1,
        effects={"smtp/mail": 35, "accounting/book": 60},
        begun_during_faults={"process": 6},
    ),
)


@pytest.mark.full
@pytest.mark.nightly
def test_books_restarted(try_claim: TryClaim) -> None:
    assert try_claim(CLAIM) is Verdict.VALID
