"""The mail server puts every second mail off while a worker dies in the middle of one."""

from __future__ import annotations

import pytest

from chaos.plan import HoldPoint, Plan, PlannedFault, seconds
from harness.experiment.claim import Evidence, TryClaim
from harness.seed import Seed
from harness.verdict import Verdict
from scenarios.invoices.claim import invoice_claim


def plan(seed: Seed) -> Plan:
    """Half of the mails are answered with 451 for a while, and a kill strikes one that was accepted."""
    draw = seed.stream("faults")
    return Plan(
        (
            PlannedFault(
                "mail-fails",
                "service-errors",
                {"service": "smtp", "error_rate": 0.5, "for_seconds": 5.0},
                after_seconds=seconds(draw, 2.0, 4.0),
            ),
            PlannedFault(
                "kill-in-mail",
                "worker-kill",
                {"down_seconds": seconds(draw, 0.5, 2.0)},
                hold=HoldPoint("smtp", "mail", draw.randint(18, 26), "after_commit"),
            ),
        )
    )


CLAIM = invoice_claim(
    "mail-fails",
    "Mail that is put off is sent later, under the same Message-ID and with the same bytes.",
    plan,
    count=50,
    rate_per_second=4.0,
    evidence=Evidence(
        operations_ok=60, faults_landed=2, faults_felt=2, effects={"smtp/mail": 30, "accounting/book": 50}
    ),
)


@pytest.mark.nightly
def test_mail_fails(try_claim: TryClaim) -> None:
    assert try_claim(CLAIM) is Verdict.VALID
