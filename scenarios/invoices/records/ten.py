"""The claim of the record that is kept: ten invoices, and a worker that is killed between an effect and its answer.

It is no claim of the project (`assay run --list`): what it tries, others try harder. It is as small as a record with
everything in it can be.
"""

from __future__ import annotations

from chaos.plan import HoldPoint, Plan, PlannedFault
from harness.errors import UsageError
from harness.experiment.claim import Claim, Evidence
from harness.seed import Seed
from scenarios.invoices.claim import invoice_claim


def plan(seed: Seed) -> Plan:
    """One worker dies holding a booking that accounting has made."""
    hold = HoldPoint("accounting", "book", seed.stream("faults").randint(8, 12), "after_commit")
    return Plan((PlannedFault("kill-in-booking", "worker-kill", {"down_seconds": 0.5}, hold=hold),))


CLAIM = invoice_claim(
    "ten-invoices",
    "Ten invoices are mailed, booked and paid once, though a worker dies.",
    plan,
    count=10,
    rate_per_second=5.0,
    evidence=Evidence(
        operations_ok=15, faults_landed=1, faults_felt=1, effects={"smtp/mail": 10, "accounting/book": 12}
    ),
    workers=2,
)


def claim_of(name: str) -> Claim:
    """The claim, by its name.

    :raises UsageError: it is called otherwise.
    """
    if name != CLAIM.name:
        raise UsageError(f"no claim is called {name!r}; the record is of {CLAIM.name}")
    return CLAIM
