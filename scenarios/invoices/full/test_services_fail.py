"""Each outside service answers and does not do what it is asked for: it is out of order, or asks for patience.

Each fails for less than the 15 s that five attempts last, so nobody has to resume anything; longer outages are
`accounting-down`. 503 says that it was not done, 429 that it was asked too often: both are tried again, with the same
key. Mail has its own word for it, 451. Accounting is slow, too: what it is asked waits, and a worker waits with it.
"""

from __future__ import annotations

import pytest

from chaos.plan import Plan
from harness.experiment.claim import Evidence, TryClaim
from harness.seed import Seed
from harness.verdict import Verdict
from scenarios.invoices.claim import invoice_claim
from scenarios.invoices.full.in_turn import Outage, in_turn


def plan(seed: Seed) -> Plan:
    """Accounting answers 503, 429 and late, the payment provider 503, the mail server 451; in some order."""
    rate = seed.stream("rates").uniform
    return in_turn(
        seed,
        (
            _errors("accounting-out-of-order", "accounting", 1.0, 503),
            _errors("accounting-overrun", "accounting", rate(0.5, 0.9), 429),
            _errors("payments-out-of-order", "payments", rate(0.5, 0.9), 503),
            _errors("mail-put-off", "smtp", rate(0.5, 0.9), 503),
            Outage("accounting-slow", "service-slow", {"service": "accounting", "latency_seconds": 1.5}),
        ),
    )


def _errors(fault_id: str, service: str, rate: float, status: int) -> Outage:
    return Outage(fault_id, "service-errors", {"service": service, "error_rate": round(rate, 2), "status": status})


CLAIM = invoice_claim(
    "services-fail",
    "A service that is out of order or asks for patience is asked again, and what it does then, it does once.",
    plan,
    stacks=("full", "dev"),
    count=100,
    rate_per_second=1.4,
    evidence=Evidence(
        operations_ok=118,
        faults_landed=5,
        faults_felt=5,
        effects={"smtp/mail": 52, "accounting/book": 85},
        begun_during_faults={"process": 16},
    ),
)


@pytest.mark.full
def test_services_fail(try_claim: TryClaim) -> None:
    assert try_claim(CLAIM) is Verdict.VALID
