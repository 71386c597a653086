"""The main job: a company's whole sample file, while everything on the embedded default dies that can die."""

from __future__ import annotations

import pytest

from chaos.plan import HoldPoint, Plan, PlannedFault, seconds
from harness.experiment.claim import Evidence, TryClaim
from harness.seed import Seed
from harness.verdict import Verdict
from scenarios.invoices.claim import invoice_claim

# All 332 invoices of the sample but the three canaries: 12 of them are refused at the upload, 10 turn out invalid.
COUNT = 329
RATE_PER_SECOND = 4.6

# Who forgets is reminded once the last invoice was begun and a slow machine, which by then is half a minute behind, has
# sent at least the first ones.
QUIET_SECONDS = COUNT / RATE_PER_SECOND + 15.0


def plan(seed: Seed) -> Plan:
    """Six faults over the minute of work: three kills, the whole fleet, a pause, and accounting failing."""
    draw = seed.stream("faults")

    def down() -> dict[str, float]:
        return {"down_seconds": seconds(draw, 0.5, 2.0)}

    def at(earliest: float) -> float:
        return seconds(draw, earliest, earliest + 4.0)

    return Plan(
        (
            PlannedFault("kill-by-time", "worker-kill", {**down(), "slot": draw.randint(1, 3)}, after_seconds=at(4.0)),
            PlannedFault(
                "kill-in-booking", "worker-kill", down(), hold=HoldPoint("accounting", "book", 100, "after_commit")
            ),
            PlannedFault(
                "kill-in-mail",
                "worker-kill",
                down(),
                hold=HoldPoint("smtp", "mail", draw.randint(90, 110), "after_commit"),
            ),
            PlannedFault(
                "pause-in-mail",
                "worker-pause",
                {"slot": draw.randint(1, 3), "paused_seconds": seconds(draw, 7.0, 9.0)},
                hold=HoldPoint("smtp", "mail", draw.randint(140, 160), "after_commit"),
            ),
            PlannedFault(
                "accounting-fails",
                "service-errors",
                {"service": "accounting", "error_rate": 0.3, "for_seconds": 3.0},
                after_seconds=at(40.0),
            ),
            PlannedFault(
                "kill-all-in-booking",
                "worker-kill-all",
                down(),
                hold=HoldPoint("accounting", "book", draw.randint(300, 340), "after_commit"),
            ),
        )
    )


CLAIM = invoice_claim(
    "main-job",
    "Whatever dies, every invoice is mailed, booked once and paid once, and none is lost.",
    plan,
    count=COUNT,
    rate_per_second=RATE_PER_SECOND,
    quiet_seconds=QUIET_SECONDS,
    evidence=Evidence(
        operations_ok=500, faults_landed=6, faults_felt=5, effects={"smtp/mail": 240, "accounting/book": 450}
    ),
)


@pytest.mark.nightly
def test_main_job(try_claim: TryClaim) -> None:
    assert try_claim(CLAIM) is Verdict.VALID
