"""The claim that a synthetic run is judged by: the checks of every claim on invoices, with evidence to match."""

from __future__ import annotations

from chaos.plan import Plan
from harness.experiment.claim import Claim, Evidence
from scenarios.invoices.claim import invoice_claim
from scenarios.invoices.synthetic.finishing import CLAIM, PROMISE
from scenarios.invoices.synthetic.run import RATE_PER_SECOND, Made


def claim_on(made: Made) -> Claim:
    """The claim on a run of this size."""
    evidence = Evidence(
        operations_ok=made.invoices,
        faults_landed=made.faults,
        faults_felt=made.faults,
        effects={"smtp/mail": made.invoices // 2, "accounting/book": made.invoices},
    )
    plan = Plan(())
    return invoice_claim(
        CLAIM, PROMISE, lambda seed: plan, count=made.invoices, rate_per_second=RATE_PER_SECOND, evidence=evidence
    )
