"""A company's day under load while things break: five minutes at 2.1 invoices a second, made by locust.

The other claims ask whether each promise is kept; here the same is asked while a load generator measures what the
faults cost: baseline, dip, and how soon the baseline is reached again (`load/report.html` in the run's folder). So the
faults leave each other room, and the first comes once there is something to compare with. The rate leaves room, too:
where the stack is busy before anything breaks, what an outage leaves behind, payment providers that ask again and again
among it, grows faster than it is worked off. The page's part "Inside the system" shows how much room there was.
"""

from __future__ import annotations

from typing import Any

import pytest

from chaos.plan import Plan, PlannedFault, seconds
from harness.experiment.claim import Evidence, TryClaim
from harness.judge.checks.generator import GeneratorCheck
from harness.load.drive.drive import LocustDrive
from harness.seed import Seed
from harness.verdict import Verdict
from scenarios.invoices.claim import invoice_claim
from scenarios.invoices.workload.sample import company_rows

COUNT, RATE_PER_SECOND = 627, 2.1
FIRST_SECONDS, ROOM_SECONDS = 30.0, 38.0


def plan(seed: Seed) -> Plan:
    """Seven faults of as many kinds, one after another, in an order that is drawn."""
    draw = seed.stream("faults")

    def some() -> float:
        return seconds(draw, 4.0, 8.0)

    latencies = [draw.randint(100, 400) for _ in range(3)]
    faults: list[tuple[str, str, dict[str, Any]]] = [
        ("workers-die", "worker-kill-all", {"down_seconds": some()}),
        ("worker-stands-still", "worker-pause", {"slot": draw.randint(1, 3), "paused_seconds": some()}),
        ("history-dies", "process-kill", {"process": "history", "down_seconds": some()}),
        ("postgres-dies", "process-kill", {"process": "postgres", "down_seconds": some()}),
        ("clients-cut-off", "link-cut", {"link": "client-frontend", "for_seconds": some()}),
        ("database-far", "link-slow", {"link": "server-postgres", "latencies_ms": latencies, "for_seconds": some()}),
        ("accounting-fails", "service-errors", {"service": "accounting", "error_rate": 1.0, "for_seconds": some()}),
    ]
    in_order = draw.sample(faults, len(faults))
    return Plan(
        tuple(
            PlannedFault(fault_id, kind, parameters, after_seconds=FIRST_SECONDS + number * ROOM_SECONDS)
            for number, (fault_id, kind, parameters) in enumerate(in_order)
        )
    )


CLAIM = invoice_claim(
    "load-mixed",
    "At a company's load, too, nothing is lost or done twice while workers, server, database, links and services fail.",
    plan,
    stacks=("full",),
    count=COUNT,
    rate_per_second=RATE_PER_SECOND,
    rows=lambda seed: company_rows(seed, COUNT + 55),
    drive=LocustDrive("load/mixed.py"),
    checks=(GeneratorCheck(),),
    settle_seconds=120.0,
    evidence=Evidence(
        operations_ok=1300,
        faults_landed=7,
        faults_felt=6,
        effects={"smtp/mail": 500, "accounting/book": 1000},
        begun_during_faults={"process": 60},
    ),
)


def test_the_plan_breaks_six_things_of_four_kinds_or_more() -> None:
    faults = plan(Seed(1)).faults
    assert len(faults) == 7
    assert len({fault.kind for fault in faults}) == 6
    assert max(fault.after_seconds or 0.0 for fault in faults) < COUNT / RATE_PER_SECOND - 30


@pytest.mark.full
@pytest.mark.nightly
@pytest.mark.timeout(900)
def test_load_mixed(try_claim: TryClaim) -> None:
    assert try_claim(CLAIM) is Verdict.VALID
