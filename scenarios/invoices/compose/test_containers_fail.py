"""Containers die, freeze, are restarted and lose their network; each way is tried once, and a link is cut besides.

What a process is to the other stacks a container is here. What only a container has is its network: taken off it, the
database runs on and is reached by nobody.
"""

from __future__ import annotations

import pytest

from chaos.plan import Plan
from harness.experiment.claim import Evidence, TryClaim
from harness.seed import Seed
from harness.verdict import Verdict
from scenarios.invoices.claim import invoice_claim
from scenarios.invoices.full.in_turn import Outage, in_turn

SHORT = (3.0, 5.0)


def plan(seed: Seed) -> Plan:
    """Five outages, one after another."""
    return in_turn(
        seed,
        (
            Outage("kill-worker", "worker-kill", seconds=(0.5, 2.0)),
            Outage("restart-postgres", "process-restart", {"process": "postgres"}, seconds=SHORT),
            Outage("cut-worker", "link-cut", {"link": "worker-frontend"}, seconds=SHORT),
            Outage("freeze-server", "process-pause", {"process": "server"}, seconds=SHORT),
            Outage("disconnect-postgres", "container-disconnect", {"process": "postgres"}, seconds=SHORT),
        ),
    )


CLAIM = invoice_claim(
    "containers-fail",
    "However a container fails for some seconds, nothing that was accepted is lost, and nothing happens twice.",
    plan,
    stacks=("compose",),
    count=50,
    rate_per_second=0.9,
    evidence=Evidence(
        operations_ok=65,
        faults_landed=5,
        faults_felt=4,
        effects={"smtp/mail": 28, "accounting/book": 48},
        begun_during_faults={"process": 4},
    ),
)


@pytest.mark.docker
def test_containers_fail(try_claim: TryClaim) -> None:
    assert try_claim(CLAIM) is Verdict.VALID
