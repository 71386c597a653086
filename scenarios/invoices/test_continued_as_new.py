"""Invoices paid in many small parts go on in new runs, while payments come in and workers die."""

from __future__ import annotations

import pytest

from chaos.plan import HoldPoint, Plan, PlannedFault, seconds
from harness.experiment.claim import Evidence, TryClaim
from harness.seed import Seed
from harness.verdict import Verdict
from scenarios.invoices.claim import invoice_claim
from scenarios.invoices.workload.customers import MANY_PARTS


def plan(seed: Seed) -> Plan:
    """Two kills between a booking and its acknowledgement, when the first invoices are about to go on in a new run."""
    draw = seed.stream("faults")
    return Plan(
        tuple(
            PlannedFault(
                fault_id,
                "worker-kill",
                {"down_seconds": seconds(draw, 0.5, 2.0)},
                hold=HoldPoint("accounting", "book", draw.randint(earliest, earliest + 15), "after_commit"),
            )
            for fault_id, earliest in (("kill-in-booking", 30), ("kill-in-later-booking", 110))
        )
    )


CLAIM = invoice_claim(
    "continued-as-new",
    "A payment counted before an invoice goes on in a new run is counted after it, and no mail goes out again.",
    plan,
    count=26,
    rate_per_second=1.2,
    habits=MANY_PARTS,
    evidence=Evidence(
        operations_ok=150,
        faults_landed=2,
        faults_felt=2,
        effects={"smtp/mail": 26, "accounting/book": 150},
        went_on=15,
    ),
)


@pytest.mark.nightly
def test_continued_as_new(try_claim: TryClaim) -> None:
    assert try_claim(CLAIM) is Verdict.VALID
