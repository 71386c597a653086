"""Workers are killed while a load generator makes the work, and measures what that costs.

The narrow form of `load-mixed`, for the stack that everybody has: what it cost is in ``load/report.html``.
"""

from __future__ import annotations

import pytest

from chaos.plan import Plan, PlannedFault, seconds
from harness.experiment.claim import Evidence, TryClaim
from harness.judge.checks.generator import GeneratorCheck
from harness.load.drive.drive import LocustDrive
from harness.seed import Seed
from harness.verdict import Verdict
from scenarios.invoices.claim import invoice_claim

# The load ends 50 s after work began, and a slow machine takes half a minute more to have caught up with it.
QUIET_SECONDS = 70.0


def plan(seed: Seed) -> Plan:
    """One worker dies, then all of them; before the first there is something to compare with."""
    draw = seed.stream("faults")
    one = {"slot": draw.randint(1, 3), "down_seconds": 3.0}
    return Plan(
        (
            PlannedFault("one-dies", "worker-kill", one, after_seconds=seconds(draw, 16.0, 17.0)),
            PlannedFault("all-die", "worker-kill-all", {"down_seconds": 3.0}, after_seconds=27.0),
        )
    )


CLAIM = invoice_claim(
    "killed-under-load",
    "While a load generator keeps its rate, killed workers lose no invoice and book none twice.",
    plan,
    count=110,
    rate_per_second=3.0,
    quiet_seconds=QUIET_SECONDS,
    drive=LocustDrive("load/mixed.py"),
    checks=(GeneratorCheck(),),
    evidence=Evidence(
        operations_ok=130,
        faults_landed=2,
        faults_felt=1,
        effects={"smtp/mail": 70, "accounting/book": 110},
        begun_during_faults={"process": 10},
    ),
)


@pytest.mark.nightly
def test_killed_under_load(try_claim: TryClaim) -> None:
    assert try_claim(CLAIM) is Verdict.VALID
