"""A worker that is killed loses no order."""

from assay import (
    Claim,
    Evidence,
    LivenessCheck,
    Plan,
    PlannedFault,
    PlanNemesis,
    ReplayCheck,
    TryClaim,
    Verdict,
)
from scenarios.ordering import COUNT, Ordering

KILL = PlannedFault("kill", "worker-kill", {"down_seconds": 1.0}, after_seconds=1.0)

CLAIM = Claim(
    name="orders",
    promise="Every order is packed.",
    workload=lambda seed: Ordering(),
    nemesis=lambda seed: PlanNemesis(Plan((KILL,))),
    checks=(LivenessCheck(frozenset(), recovery_seconds=15.0), ReplayCheck()),
    evidence=Evidence(operations_ok=COUNT, faults_landed=1),
    workers=2,
)


def test_orders(try_claim: TryClaim) -> None:
    assert try_claim(CLAIM) is Verdict.VALID
