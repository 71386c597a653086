"""Workers die in the middle of a page of each source, before and after each upload and mail, and in between.

Then a source stays away for longer than the retries last: reports are held, and say all that they must once resumed.
"""

from __future__ import annotations

import pytest

from chaos.plan import HoldPoint, Plan, PlannedFault, seconds
from harness.experiment.claim import Evidence, TryClaim
from harness.seed import Seed
from harness.verdict import Verdict
from scenarios.kit.family import claim_on
from scenarios.reports.family import FAMILY
from scenarios.reports.workload.reports import ReportWorkload

COUNT = 30
RATE_PER_SECOND = 0.6

HELD_AT = (
    *(("accounting", "statement", point) for point in ("before_effect", "after_commit")),
    *(("payments", "settlements", point) for point in ("before_effect", "after_commit")),
    *(("storage", "store", point) for point in ("before_effect", "after_commit")),
    *(("smtp", "mail", point) for point in ("before_effect", "after_commit")),
)

# Beyond the 15 s that five attempts last.
OUTAGE_SECONDS = (24.0, 30.0)


def plan(seed: Seed) -> Plan:
    """A kill at each point, two by time (whoever reads our own books or renders), and then accounting stays away."""
    draw = seed.stream("faults")
    held = [
        PlannedFault(
            f"kill-{service}-{point}",
            "worker-kill",
            {"down_seconds": seconds(draw, 0.2, 1.0)},
            hold=HoldPoint(service, operation, draw.randint(8, 12) + 4 * number, point),
        )
        for number, (service, operation, point) in enumerate(HELD_AT)
    ]
    timed = [
        PlannedFault(
            f"kill-by-time-{number}",
            "worker-kill",
            {"down_seconds": seconds(draw, 0.2, 1.0)},
            after_seconds=seconds(draw, 10.0 * number, 10.0 * number + 8.0),
        )
        for number in (1, 2)
    ]
    down = {"service": "accounting", "error_rate": 1.0, "for_seconds": seconds(draw, *OUTAGE_SECONDS)}
    return Plan((*held, *timed, PlannedFault("accounting-down", "service-errors", down, after_seconds=40.0)))


CLAIM = claim_on(
    FAMILY,
    "reports-survive",
    "Whatever dies and whichever source stays away, a report says all that the books say, and is filed and sent once.",
    plan,
    lambda seed: ReportWorkload(seed, count=COUNT, rate_per_second=RATE_PER_SECOND, invoices=400),
    evidence=Evidence(
        operations_ok=COUNT,
        faults_landed=9,
        faults_felt=8,
        effects={"smtp/mail": COUNT, "storage/store": COUNT},
        answers={"accounting/statement/error": 1},
    ),
    settle_seconds=90.0,
    held_at_least=1,
)


@pytest.mark.nightly
def test_reports_survive(try_claim: TryClaim) -> None:
    assert try_claim(CLAIM) is Verdict.VALID
