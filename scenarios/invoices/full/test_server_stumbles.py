"""The server fails its callers from within: its database refuses it some calls, and it takes too few calls itself.

Of the updates of history a few come back as a time-out, half of them though they were written (`ExecuteAndTimeout`):
the server must find out what it did. Then the namespace is held to few calls a second, as on a cluster that is shared.
That takes up to 65 s to come and as long to go (`chaos/server/namespace_rate_limit.py`), and may be felt all that time:
invoices come in until the limit is lifted, and are held where their patience ends, to be resumed. So who forgets to pay
is reminded in the quiet between the two.
"""

from __future__ import annotations

import pytest

from chaos.plan import Plan, PlannedFault, seconds
from harness.experiment.claim import Evidence, TryClaim
from harness.seed import Seed
from harness.verdict import Verdict
from scenarios.invoices.claim import invoice_claim

# History is restarted twice for the first of the two, and all are connected again by then.
QUIET_SECONDS = 42.0
LIMIT_AFTER_SECONDS = 62.0


def plan(seed: Seed) -> Plan:
    """Some hundredths of history's updates fail for 6 to 10 s; a limit that the work is above of lasts as long."""
    draw = seed.stream("faults")

    def share() -> float:
        return round(draw.uniform(0.01, 0.02), 4)

    stumbling = {
        "methods": {"UpdateWorkflowExecution": {"Timeout": share(), "ExecuteAndTimeout": share()}},
        "seed": draw.randint(1, 1_000_000),
        "for_seconds": seconds(draw, 6.0, 10.0),
    }
    limit = {"per_second": draw.randint(10, 14), "for_seconds": seconds(draw, 6.0, 10.0)}
    return Plan(
        (
            PlannedFault("updates-time-out", "persistence-faults", stumbling, after_seconds=4.0),
            PlannedFault("too-many-calls", "namespace-rate-limit", limit, after_seconds=LIMIT_AFTER_SECONDS),
        )
    )


CLAIM = invoice_claim(
    "server-stumbles",
    "Whatever the server fails at from within, what it had written counts once, and what it refused is asked again.",
    plan,
    stacks=("full",),
    count=190,
    rate_per_second=1.4,
    quiet_seconds=QUIET_SECONDS,
    evidence=Evidence(
        operations_ok=210,
        faults_landed=2,
        faults_felt=2,
        effects={"smtp/mail": 95, "accounting/book": 165},
        begun_during_faults={"process": 40},
    ),
)


@pytest.mark.full
@pytest.mark.always
def test_server_stumbles(try_claim: TryClaim) -> None:
    assert try_claim(CLAIM) is Verdict.VALID
