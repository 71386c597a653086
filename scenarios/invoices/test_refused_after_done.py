"""A booking is made and its acknowledgement lost, and when it is asked for again it is refused; many cancel then.

A refusal of the second attempt does not say that the first had no effect. Who cancels such an invoice gets it undone
all the same: the claim in the books is taken back when it was made, and is never made when it was not.
"""

from __future__ import annotations

import pytest

from chaos.plan import CutPoint, Plan, PlannedFault, seconds
from harness.experiment.claim import Evidence, TryClaim
from harness.record.cuts import ACK_DROPPED
from harness.seed import Seed
from harness.verdict import Verdict
from scenarios.invoices.claim import invoice_claim
from scenarios.invoices.workload.customers import FORGETS, HABITS

# Two of three cancel: of six whose booking is struck, one at least does so surely enough. Some must be reminded, too.
MANY_CANCEL = {**HABITS, "cancels": 150, "part-then-cancels": 50, FORGETS: 20}

# Beyond the first back-off of 1 s, after which the booking is asked for again.
REFUSED_SECONDS = (1.8, 2.2)

INVOICES_STRUCK, PAYMENTS_STRUCK = 6, 2


def plan(seed: Seed) -> Plan:
    """The answers to a few bookings are dropped, one after the other, and accounting refuses everything after each."""
    draw = seed.stream("faults")
    kinds = [*["booking:invoice"] * INVOICES_STRUCK, *["booking:payment"] * PAYMENTS_STRUCK]
    draw.shuffle(kinds)
    return Plan(
        tuple(
            PlannedFault(
                f"refused-{number}",
                "service-refuses",
                {"service": "accounting", "for_seconds": seconds(draw, *REFUSED_SECONDS)},
                cut=CutPoint(kind, ACK_DROPPED, lane=1),
            )
            for number, kind in enumerate(kinds, start=1)
        )
    )


CLAIM = invoice_claim(
    "refused-after-done",
    "A booking that was made and then refused is undone when its invoice is cancelled: the books are at zero.",
    plan,
    count=80,
    rate_per_second=3.0,
    habits=MANY_CANCEL,
    evidence=Evidence(
        operations_ok=80,
        faults_landed=INVOICES_STRUCK + PAYMENTS_STRUCK,
        faults_felt=INVOICES_STRUCK,
        effects={"smtp/mail": 30, "accounting/book": 40},
        # Some whose booking was given up had been booked, and some had not.
        answers={
            "accounting/book/dropped": INVOICES_STRUCK,
            "accounting/book/refused": INVOICES_STRUCK,
            "accounting/withdraw/replayed": 1,
            "accounting/withdraw/accepted": 1,
        },
    ),
    held_at_least=2,
)


@pytest.mark.nightly
def test_refused_after_done(try_claim: TryClaim) -> None:
    assert try_claim(CLAIM) is Verdict.VALID
