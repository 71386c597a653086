"""The application loses its way to the books, to the mail server, to accounting and to the payment provider, in turn.

Accounting is *reset at the answer*: it has booked, and nobody hears of it, so that the same key has to be used again.
The mail server is *black-holed*: its callers give up by themselves only after 20 s (`workflows/gateways/mail.py`), so
in the 3 to 10 s of the window they hang, and fail when healing ends their connections. Many invoices are cancelled
after a payment, because the application asks the payment provider only to give money back, and a link that nobody uses
nobody misses.
"""

from __future__ import annotations

import pytest

from chaos.plan import Plan
from harness.experiment.claim import Evidence, TryClaim
from harness.seed import Seed
from harness.verdict import Verdict
from scenarios.invoices.claim import invoice_claim
from scenarios.invoices.full import test_links_break
from scenarios.invoices.full.in_turn import Outage, in_turn
from scenarios.invoices.workload.customers import HABITS
from scenarios.world import world

MANY_REFUNDS = {**HABITS, "part-then-cancels": 40}


def plan(seed: Seed) -> Plan:
    """Each of the four links is out once."""
    return in_turn(
        seed,
        (
            Outage("cut-books", "link-cut", {"link": "application-books"}),
            Outage("blackhole-mail", "link-blackhole", {"link": "application-smtp"}),
            Outage("reset-accounting", "link-reset", {"link": "application-accounting", "stream": "downstream"}),
            Outage("cut-payments", "link-cut", {"link": "application-payments"}, seconds=(5.0, 10.0)),
        ),
    )


CLAIM = invoice_claim(
    "services-cut-off",
    "When the way to a service is cut, what it had done is not done again, and the rest is done later.",
    plan,
    stacks=("full",),
    count=100,
    rate_per_second=1.9,
    habits=MANY_REFUNDS,
    evidence=Evidence(
        operations_ok=138,
        faults_landed=4,
        faults_felt=4,
        effects={"smtp/mail": 60, "accounting/book": 104, "payments/refund": 12},
        begun_during_faults={"process": 16},
    ),
)


def test_with_links_break_every_link_of_the_stack_is_broken() -> None:
    services = {f"application-{service}" for service in world.services if service != "control"}
    broken = {fault.parameters["link"] for claim in (plan, test_links_break.plan) for fault in claim(Seed(1)).faults}
    assert broken == services | {"application-books", "client-frontend", "worker-frontend", "server-postgres"}


@pytest.mark.full
def test_services_cut_off(try_claim: TryClaim) -> None:
    assert try_claim(CLAIM) is Verdict.VALID
