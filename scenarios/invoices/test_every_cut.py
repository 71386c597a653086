"""Every kind of effect is cut in every way: at each boundary a worker dies or stands still, or nobody hears of success.

The other claims cut what comes along. Here each of the eight kinds of effect meets each of the four ways of cutting it
(`harness.record.cuts`), by plan and by evidence: a cell that nothing struck makes the run UNKNOWN.
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from chaos.cuts import draw_cuts
from chaos.plan import Plan
from harness.experiment.claim import Evidence, TryClaim
from harness.experiment.site import Site
from harness.experiment.workload import Accepted, PlannedOperation, drive
from harness.judge.checks.cuts import CutsCheck
from harness.record.cuts import WAYS
from harness.seed import Seed
from harness.verdict import Verdict
from scenarios.invoices.claim import invoice_claim
from scenarios.invoices.effects import EFFECTS
from scenarios.invoices.workload.sample import company_rows

# Every kind of effect comes every other second, for as long as a busy machine may need; begun are only as many
# invoices as are needed until every cell is struck.
COUNT = 360
RATE_PER_SECOND = 1.3

# Whoever falls due is reminded; whoever cancels has a refund, its booking, the reversal and the credit note made.
HABITS = {
    "part-then-cancels": 40,
    "part-only": 25,
    "never": 10,
    "prompt": 6,
    "forgets": 4,
    "parts-delivered-twice": 10,
    "cancels": 5,
}

# One worker is never in any lane's hands, so that there is always somebody to take over.
LANES = 2
WORKERS = 3

# Beyond the heartbeat time-out of 5 s, and the first back-off of 1 s after it.
PAUSED_SECONDS = (7.0, 8.0)

# Some invoices of the file are the canaries'.
ROOM = 20

CELLS = len(EFFECTS.names) * len(WAYS)

# Work ends with the last cut, on a quick machine long before what is forgotten falls due.
SETTLE_SECONDS = 190.0


def plan(seed: Seed) -> Plan:
    """All cells, each once, dealt to the lanes in drawn order."""
    return Plan(draw_cuts(seed.stream("faults"), EFFECTS.names, lanes=LANES, paused_seconds=PAUSED_SECONDS))


async def until_all_is_cut(operations: Sequence[PlannedOperation], site: Site, *, on_accepted: Accepted) -> None:
    """Begin no more work than is needed for something to be there to cut."""
    await drive(operations, site, on_accepted=on_accepted, enough=site.faults_over)


CLAIM = invoice_claim(
    "every-cut",
    "Wherever an effect is cut off from who asked for it, it happens once: no kind of effect is lost or doubled.",
    plan,
    count=COUNT,
    rate_per_second=RATE_PER_SECOND,
    habits=HABITS,
    workers=WORKERS,
    settle_seconds=SETTLE_SECONDS,
    evidence=Evidence(
        operations_ok=150,
        faults_landed=CELLS,
        faults_felt=CELLS - len(EFFECTS.names),
        effects={"smtp/mail": 100, "accounting/book": 150, "payments/refund": 20},
    ),
    rows=lambda seed: company_rows(seed, COUNT + ROOM),
    drive=until_all_is_cut,
    checks=(CutsCheck(EFFECTS.names),),
)


@pytest.mark.nightly
def test_every_cut(try_claim: TryClaim) -> None:
    assert try_claim(CLAIM) is Verdict.VALID
