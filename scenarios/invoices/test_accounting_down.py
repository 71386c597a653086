"""Accounting is down for longer than the retries last: the invoices are held, and go on when resumed.

The first customers pay just before their invoices close, in the middle of the outage: what was taken in time counts,
however long its booking takes.
"""

from __future__ import annotations

import pytest

from chaos.plan import Plan, PlannedFault, seconds
from harness.experiment.claim import Evidence, TryClaim
from harness.seed import Seed
from harness.verdict import Verdict
from scenarios.invoices.claim import invoice_claim


def plan(seed: Seed) -> Plan:
    """An outage of accounting of more than the 15 s of patience that five attempts have."""
    draw = seed.stream("faults")
    return Plan(
        (
            PlannedFault(
                "accounting-down",
                "service-errors",
                {"service": "accounting", "error_rate": 1.0, "for_seconds": 30.0},
                after_seconds=seconds(draw, 5.0, 6.0),
            ),
        )
    )


CLAIM = invoice_claim(
    "accounting-down",
    "An outage longer than the retries costs no invoice: what is held goes on when it is resumed.",
    plan,
    count=50,
    rate_per_second=4.0,
    first_habits=("late",) * 3,
    evidence=Evidence(
        operations_ok=60, faults_landed=1, faults_felt=1, effects={"smtp/mail": 30, "accounting/book": 50}
    ),
    held_at_least=5,
)


@pytest.mark.nightly
def test_accounting_down(try_claim: TryClaim) -> None:
    assert try_claim(CLAIM) is Verdict.VALID
