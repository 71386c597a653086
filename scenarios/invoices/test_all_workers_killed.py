"""All workers die at once, twice: for a while nobody serves, and everything that waited goes on afterwards."""

from __future__ import annotations

import pytest

from chaos.outages import outages
from chaos.plan import Plan
from harness.experiment.claim import Evidence, TryClaim
from harness.seed import Seed
from harness.verdict import Verdict
from scenarios.invoices.claim import invoice_claim


def plan(seed: Seed) -> Plan:
    """Two outages of the whole fleet, far enough apart that the fleet is back between them."""
    return outages(seed, "worker-kill-all", (1.0, 3.0), {"first-outage": 2.5, "second-outage": 12.0})


CLAIM = invoice_claim(
    "all-workers-killed",
    "When every worker dies at once, the invoices wait, and each goes on where it was.",
    plan,
    count=50,
    rate_per_second=4.0,
    evidence=Evidence(
        operations_ok=70, faults_landed=2, faults_felt=1, effects={"smtp/mail": 30, "accounting/book": 50}
    ),
)


@pytest.mark.nightly
def test_all_workers_killed(try_claim: TryClaim) -> None:
    assert try_claim(CLAIM) is Verdict.VALID
