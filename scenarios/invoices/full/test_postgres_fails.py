"""PostgreSQL dies, stands still, is restarted, is slow and takes no writes, under server and books alike.

A death is its own immediate shutdown: nothing is finished, and it recovers from its log. What stands still keeps every
connection and answers nothing. One that takes no writes is what a failover leaves for a while: it answers, and nothing
that it is told lasts. Slow is the server's link alone (`links-break` has the books'): each of the many
statements of a transaction is late both ways, so a transaction takes a second.
"""

from __future__ import annotations

import pytest

from chaos.plan import Plan
from harness.experiment.claim import Evidence, TryClaim
from harness.seed import Seed
from harness.verdict import Verdict
from scenarios.invoices.claim import invoice_claim
from scenarios.invoices.full.in_turn import Outage, in_turn


def plan(seed: Seed) -> Plan:
    """Each way of failing once, one after another, for 3 to 10 s in all."""
    draw = seed.stream("latencies")
    return in_turn(
        seed,
        (
            Outage("kill-postgres", "process-kill", {"process": "postgres"}),
            Outage("pause-postgres", "process-pause", {"process": "postgres"}),
            Outage("restart-postgres", "process-restart", {"process": "postgres"}, seconds=(3.0, 5.0)),
            Outage(
                "slow-postgres",
                "link-slow",
                {"link": "server-postgres", "latencies_ms": [draw.randint(30, 80) for _ in range(3)]},
                seconds=(4.0, 6.0),
            ),
            Outage("read-only-postgres", "postgres-read-only", seconds=(3.0, 8.0)),
        ),
    )


CLAIM = invoice_claim(
    "postgres-fails",
    "However the database fails for some seconds, nothing that was accepted is lost, and nothing happens twice.",
    plan,
    stacks=("full", "compose"),
    count=100,
    rate_per_second=1.6,
    evidence=Evidence(
        operations_ok=140,
        faults_landed=5,
        faults_felt=5,
        effects={"smtp/mail": 62, "accounting/book": 108},
        begun_during_faults={"process": 16},
    ),
)


@pytest.mark.full
@pytest.mark.always
def test_postgres_fails(try_claim: TryClaim) -> None:
    assert try_claim(CLAIM) is Verdict.VALID
