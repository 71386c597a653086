"""Every mail of a report is cut in every way: it comes all the same, under one Message-ID, and says what it must."""

from __future__ import annotations

import pytest

from chaos.cuts import draw_cuts
from chaos.plan import Plan
from harness.experiment.claim import Evidence, TryClaim
from harness.judge.checks.cuts import CutsCheck
from harness.record.cuts import WAYS
from harness.seed import Seed
from harness.verdict import Verdict
from scenarios.kit.family import claim_on
from scenarios.reports.effects import EFFECTS
from scenarios.reports.family import FAMILY
from scenarios.reports.workload.reports import ReportWorkload

COUNT = 30
CELLS = len(EFFECTS.names) * len(WAYS)


def plan(seed: Seed) -> Plan:
    """Each kind of effect in each way of cutting, once."""
    return Plan(draw_cuts(seed.stream("faults"), EFFECTS.names, lanes=1, paused_seconds=(7.0, 8.0)))


CLAIM = claim_on(
    FAMILY,
    "reports-cut",
    "Wherever a mail of a report is cut off from who asked for it, it comes under one key and says what it must.",
    plan,
    lambda seed: ReportWorkload(seed, count=COUNT, rate_per_second=0.5, invoices=40),
    evidence=Evidence(
        operations_ok=COUNT,
        faults_landed=CELLS,
        faults_felt=CELLS - len(EFFECTS.names),
        effects={"smtp/mail": COUNT},
    ),
    settle_seconds=90.0,
    checks=(CutsCheck(EFFECTS.names),),
)


@pytest.mark.nightly
def test_reports_cut(try_claim: TryClaim) -> None:
    assert try_claim(CLAIM) is Verdict.VALID
