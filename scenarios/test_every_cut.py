"""Every kind of effect is cut in every way: at each boundary a worker dies or stands still, or nobody hears of success.

The other claims cut what comes along. Here each of the eight kinds of effect meets each of the four ways of cutting it
(`harness.cuts`), by plan and by evidence: a cell that nothing struck makes the run UNKNOWN.
"""

from __future__ import annotations

import pytest

from chaos.cuts import draw_cuts
from chaos.plan import Plan
from harness.checks.cuts import CutsCheck
from harness.claim import Evidence, TryClaim
from harness.cuts import WAYS
from harness.seed import Seed
from harness.verdict import Verdict
from scenarios.invoice_claim import invoice_claim
from scenarios.world.kinds import EFFECT_KINDS

# So many invoices at this rate that every kind of effect comes every second or so for as long as the lanes need.
COUNT = 300
RATE_PER_SECOND = 2.5

# Whoever falls due is reminded; whoever cancels has a refund, its booking, the reversal and the credit note made.
HABITS = {
    "part-then-cancels": 40,
    "part-only": 25,
    "never": 10,
    "prompt": 10,
    "parts-delivered-twice": 10,
    "cancels": 5,
}

# One worker is never in any lane's hands, so that there is always somebody to take over.
LANES = 2
WORKERS = 3

# Beyond the heartbeat time-out of 5 s, and the first back-off of 1 s after it.
PAUSED_SECONDS = (7.0, 8.0)

CELLS = len(EFFECT_KINDS) * len(WAYS)


def plan(seed: Seed) -> Plan:
    """All cells, each once, dealt to the lanes in drawn order."""
    return Plan(draw_cuts(seed.stream("faults"), EFFECT_KINDS, lanes=LANES, paused_seconds=PAUSED_SECONDS))


CLAIM = invoice_claim(
    "every-cut",
    "Wherever an effect is cut off from who asked for it, it happens once: no kind of effect is lost or doubled.",
    plan,
    count=COUNT,
    rate_per_second=RATE_PER_SECOND,
    habits=HABITS,
    workers=WORKERS,
    evidence=Evidence(
        operations_ok=COUNT,
        faults_landed=CELLS,
        faults_felt=CELLS - len(EFFECT_KINDS),
        effects={"smtp/mail": COUNT, "accounting/book": COUNT, "payments/refund": COUNT // 10},
    ),
    checks=(CutsCheck(EFFECT_KINDS),),
)


@pytest.mark.nightly
def test_every_cut(try_claim: TryClaim) -> None:
    assert try_claim(CLAIM) is Verdict.VALID
