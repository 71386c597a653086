"""The receivers of every effect die and come back: their keys survive, so nothing is done twice for it."""

from __future__ import annotations

import pytest

from chaos.outages import outages
from chaos.plan import Plan
from harness.experiment.claim import Evidence, TryClaim
from harness.seed import Seed
from harness.verdict import Verdict
from scenarios.invoices.claim import invoice_claim


def plan(seed: Seed) -> Plan:
    """Two restarts of the world in the middle of the work."""
    return outages(seed, "process-kill", (1.0, 3.0), {"first-restart": 3.0, "second-restart": 11.0}, process="world")


CLAIM = invoice_claim(
    "world-restarted",
    "A receiver that dies and comes back still knows its keys, and everything goes on.",
    plan,
    count=50,
    rate_per_second=4.0,
    evidence=Evidence(
        operations_ok=60, faults_landed=2, faults_felt=2, effects={"smtp/mail": 30, "accounting/book": 50}
    ),
)


@pytest.mark.nightly
def test_world_restarted(try_claim: TryClaim) -> None:
    assert try_claim(CLAIM) is Verdict.VALID
