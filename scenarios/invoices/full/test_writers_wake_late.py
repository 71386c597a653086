"""Two of three workers stand still in the middle of their writes, lose them to the third, and wake up when all is over.

Writes are made to meet: bookings that all take 4 s come back while the way to the books is slow, so all invoices that
were sent meanwhile wait to be recorded as sent, most of them on the two workers that are now stopped. After the
heartbeat time-out the third records them, the customers pay, and the invoices end. What the two had in hand they write
when they wake up: nobody has told them, and a thread in a database driver hears nobody.
"""

from __future__ import annotations

import pytest

from chaos.plan import Plan, PlannedFault
from harness.experiment.claim import Evidence, TryClaim
from harness.seed import Seed
from harness.verdict import Verdict
from scenarios.invoices.claim import invoice_claim
from scenarios.invoices.workload.customers import HABITS

BOOKING_SECONDS = 4.0
SLOW_FROM_SECONDS = 3.0
# The first of the bookings is through, and most of those to come are under way.
CUT_OFF_SECONDS = SLOW_FROM_SECONDS + BOOKING_SECONDS
CUT_OFF_FOR_SECONDS = 4.5
# What a stopped worker holds is given away after 5 s; a workflow that it had cached goes on elsewhere after 10 s more.
PAUSED_SECONDS = 22.0
# An invoice that ends soon is one whose record can be taken back.
PROMPT = {**HABITS, "prompt": 100}


def plan(seed: Seed) -> Plan:
    """Bookings are slow, then the books, and shortly before these are themselves again two workers are stopped."""
    draw = seed.stream("faults")
    slow = {"service": "accounting", "latency_seconds": BOOKING_SECONDS, "for_seconds": 5.0}
    late = {
        "link": "application-books",
        "for_seconds": CUT_OFF_FOR_SECONDS,
        # Longer than it lasts: what is sent meanwhile arrives when it is over, and nothing is lost on the way.
        "latencies_ms": [int(1000 * CUT_OFF_FOR_SECONDS) + 500],
        "step_seconds": CUT_OFF_FOR_SECONDS + 1.0,
    }
    paused_seconds = round(PAUSED_SECONDS + draw.uniform(0.0, 2.0), 3)
    shortly_before = round(CUT_OFF_SECONDS + CUT_OFF_FOR_SECONDS - draw.uniform(0.7, 1.2), 3)
    pauses = [
        PlannedFault(
            f"pause-{which}",
            "worker-pause",
            {"slot": slot, "paused_seconds": paused_seconds},
            after_seconds=shortly_before,
        )
        for which, slot in zip(("one", "another"), draw.sample([1, 2, 3], 2), strict=True)
    ]
    return Plan(
        (
            PlannedFault("slow-bookings", "service-slow", slow, after_seconds=SLOW_FROM_SECONDS),
            PlannedFault("slow-books", "link-slow", late, after_seconds=CUT_OFF_SECONDS),
            *pauses,
        )
    )


CLAIM = invoice_claim(
    "writers-wake-late",
    "What a stopped worker writes when it wakes up takes nothing back that was written since.",
    plan,
    stacks=("full",),
    count=70,
    rate_per_second=5.0,
    habits=PROMPT,
    evidence=Evidence(
        operations_ok=100,
        faults_landed=4,
        faults_felt=4,
        effects={"smtp/mail": 45, "accounting/book": 90},
        begun_during_faults={"process": 25},
    ),
)


@pytest.mark.full
@pytest.mark.nightly
def test_writers_wake_late(try_claim: TryClaim) -> None:
    assert try_claim(CLAIM) is Verdict.VALID
