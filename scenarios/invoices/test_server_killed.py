"""The Temporal server dies and comes back with its database file."""

from __future__ import annotations

import pytest

from chaos.outages import outages
from chaos.plan import Plan
from harness.experiment.claim import Evidence, TryClaim
from harness.seed import Seed
from harness.verdict import Verdict
from scenarios.invoices.claim import invoice_claim


def plan(seed: Seed) -> Plan:
    """Two deaths of the dev server, of a second or two each."""
    return outages(seed, "process-kill", (1.0, 2.5), {"first-death": 3.0, "second-death": 11.0}, process="temporal")


CLAIM = invoice_claim(
    "server-killed",
    "A Temporal server that dies and comes back has forgotten nothing that it had accepted.",
    plan,
    # On the Postgres stack there is no process of that name but one for each of its roles.
    stacks=("dev",),
    count=50,
    rate_per_second=4.0,
    evidence=Evidence(
        operations_ok=60, faults_landed=2, faults_felt=1, effects={"smtp/mail": 30, "accounting/book": 50}
    ),
)


@pytest.mark.nightly
def test_server_killed(try_claim: TryClaim) -> None:
    assert try_claim(CLAIM) is Verdict.VALID
