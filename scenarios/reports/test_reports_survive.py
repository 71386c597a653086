"""Workers die in the middle of a page of each source, while a report is rendered and filed, before and after a mail.

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

COUNT = 40
RATE_PER_SECOND = 0.8

HELD_AT = (
    ("accounting", "statement", "before_effect", "read_accounting"),
    ("payments", "settlements", "before_effect", "read_provider"),
    ("smtp", "mail", "before_effect", None),
    ("smtp", "mail", "after_commit", None),
)
"""Where a worker is killed while the world holds what it asked, and by which activity it is known."""

AT_WORK = ("read_invoices", "archive_report")
"""What asks nobody outside: a worker is killed as soon as one is seen at it."""

# Beyond the 15 s that five attempts last.
OUTAGE_SECONDS = (24.0, 30.0)


def plan(seed: Seed) -> Plan:
    """A kill at each point and at each work, and then accounting stays away."""
    draw = seed.stream("faults")
    held = [
        PlannedFault(
            f"kill-in-{operation}-{point}",
            "worker-kill",
            {"down_seconds": seconds(draw, 0.5, 2.0), **({"activity": activity} if activity else {})},
            hold=HoldPoint(service, operation, draw.randint(8, 12) + 10 * number, point),
        )
        for number, (service, operation, point, activity) in enumerate(HELD_AT)
    ]
    timed = [
        PlannedFault(
            f"kill-in-{activity}",
            "worker-kill",
            {"down_seconds": seconds(draw, 0.5, 2.0), "activity": activity},
            after_seconds=seconds(draw, 4.0 + 12.0 * number, 10.0 + 12.0 * number),
        )
        for number, activity in enumerate(AT_WORK)
    ]
    down = {"service": "accounting", "error_rate": 1.0, "for_seconds": seconds(draw, *OUTAGE_SECONDS)}
    return Plan((*held, *timed, PlannedFault("accounting-down", "service-errors", down, after_seconds=30.0)))


FAULTS = len(HELD_AT) + len(AT_WORK) + 1

CLAIM = claim_on(
    FAMILY,
    "reports-survive",
    "Whatever dies and whichever source stays away, a report says all that the books say, and is filed and sent once.",
    plan,
    lambda seed: ReportWorkload(seed, count=COUNT, rate_per_second=RATE_PER_SECOND, invoices=700),
    evidence=Evidence(
        operations_ok=COUNT,
        faults_landed=FAULTS,
        faults_felt=FAULTS - 1,
        effects={"smtp/mail": COUNT},
        answers={"accounting/statement/error": 1},
    ),
    settle_seconds=90.0,
    held_at_least=1,
)


@pytest.mark.nightly
def test_reports_survive(try_claim: TryClaim) -> None:
    assert try_claim(CLAIM) is Verdict.VALID
