"""When the faults of a plan have gone by, so that what comes up after that has no excuse.

Data flow: plan → **quiet instant** → due instants of the customers who forget. An estimate for planning alone:
what a fault really struck, and when, is measured.
"""

from __future__ import annotations

from chaos.plan import Plan, PlannedFault

HOLD_SECONDS = 8.0
"""About when a fault strikes that waits for an effect: while the first invoices are under way."""

WORKER_SECONDS, OTHER_SECONDS = 11.0, 20.0
"""What comes of a worker's death until the server has noticed it; of anything else until all are connected again."""

SERVICE_SECONDS = 5.0
"""What one of the world's services refused is asked again, or resumed, and then what it kept waiting is sent."""

CUT_SECONDS = 4.0
"""What a cell of the matrix of cuts takes at most, where several lanes work side by side and the machine is busy."""

LENGTHS = ("for_seconds", "down_seconds", "paused_seconds")


def quiet_after(plan: Plan) -> float:
    """Seconds after work began, 0 for a plan without faults."""
    cells = CUT_SECONDS * sum(fault.cut is not None for fault in plan.faults)
    return max((_over(fault, cells) for fault in plan.faults), default=0.0)


def _over(fault: PlannedFault, cells_seconds: float) -> float:
    begins = HOLD_SECONDS if fault.after_seconds is None else fault.after_seconds
    begins = begins if fault.cut is None else cells_seconds
    lasts = sum(float(fault.parameters.get(name, 0.0)) for name in LENGTHS)
    if fault.cut is not None or fault.kind.startswith("worker-"):
        return begins + max(lasts, WORKER_SECONDS)
    return begins + lasts + (SERVICE_SECONDS if fault.kind.startswith("service-") else OTHER_SECONDS)
