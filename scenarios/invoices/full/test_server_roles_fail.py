"""Every role of the server dies, and one of those that clients wait for stands still, while invoices are under way.

Frontend: nobody gets through. History: nothing that was begun goes on. Matching: nobody is given work, and a payment
finds no worker to count it. A role that stands still is harder than one that dies: nothing is refused and no connection
ends, so for 10 s nobody is told; keep-alive would tell after 17 s (`workflows/kit/client.py`), which is why no pause
lasts so long. The internal worker is on no invoice's path, and that its death is felt by nobody is what it is there
for.
"""

from __future__ import annotations

import pytest

from chaos.plan import Plan
from harness.experiment.claim import Evidence, TryClaim
from harness.seed import Seed
from harness.verdict import Verdict
from scenarios.invoices.claim import invoice_claim
from scenarios.invoices.full.in_turn import Outage, in_turn

WAITED_FOR = ("frontend", "history", "matching")


def plan(seed: Seed) -> Plan:
    """Four deaths and a pause of 3 to 10 s each, one after another; the internal worker's is kept short."""
    paused = seed.stream("paused").choice(WAITED_FOR)
    return in_turn(
        seed,
        (
            *(Outage(f"kill-{role}", "process-kill", {"process": role}) for role in WAITED_FOR),
            Outage("kill-internal-worker", "process-kill", {"process": "internal-worker"}, seconds=(3.0, 4.0)),
            Outage(f"pause-{paused}", "process-pause", {"process": paused}),
        ),
    )


CLAIM = invoice_claim(
    "server-roles-fail",
    "Whichever role of the server dies or stands still, what it had accepted goes on, and nothing happens twice.",
    plan,
    stacks=("full",),
    count=100,
    rate_per_second=1.5,
    evidence=Evidence(
        operations_ok=140,
        faults_landed=5,
        # All but the internal worker's.
        faults_felt=4,
        effects={"smtp/mail": 62, "accounting/book": 108},
        begun_during_faults={"process": 16},
    ),
)


@pytest.mark.parametrize("number", range(10))
def test_every_role_dies_and_one_stands_still(number: int) -> None:
    struck = {(fault.kind, fault.parameters["process"]) for fault in plan(Seed(number)).faults}
    assert struck > {("process-kill", role) for role in (*WAITED_FOR, "internal-worker")}
    assert any(kind == "process-pause" for kind, _ in struck)


@pytest.mark.full
def test_server_roles_fail(try_claim: TryClaim) -> None:
    assert try_claim(CLAIM) is Verdict.VALID
