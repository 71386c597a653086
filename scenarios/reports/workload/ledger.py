"""Opening books from the seed: what accounting has booked, what the provider has settled, what our books know.

Each invoice has a story, told one after the other, so that a company of ``len(STORIES)`` invoices has all of them.
Around every instant of ``INSTANTS`` stand entries just before it, at it and just after it. All instants are fixed, so
that the same seed gives the same bytes, and what a report has to say follows from them alone.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from scenarios.reports.workload.postings import digits_of
from scenarios.reports.workload.stories import DAY, STORIES, Ledger, Story, over_paid

INSTANTS = tuple(datetime(2025, month, day, 21, tzinfo=UTC) for month, day in ((1, 31), (6, 30), (12, 31)))
"""Midnight in Riyadh, at the end of a month, of a half-year and of a year."""

CUSTOMERS = (
    *("شركة نجد للهندسة", "مكتب الحكمة للمحاماة", "مؤسسة الوردة الصحراوية"),
    *("Desert Rose Hotels, Ltd.", "Café Riyadh", "=SUM(A1:A9)", 'Al "Amal" & Sons <Trading>'),
)
CURRENCIES = ("SAR", "SAR", "SAR", "AED", "USD", "KWD", "JPY")
RATES = ("0.15", "0.15", "0.05", "0.00")
OVERDUE_DAYS = (0, 1, 30, 31, 60, 61, 90, 91)
"""On both sides of every bound of the aging."""

TICK = timedelta(microseconds=1)


def draw_ledger(draw: random.Random, count: int) -> Ledger:
    """The books of a company.

    :param count: invoices beside those that stand around the instants.
    """
    ledger = Ledger()
    for number, (name, tell) in enumerate(list(STORIES.items()) * (count // len(STORIES) + 1)):
        if number < count:
            story = _drawn(draw, ledger, f"AR-{number + 1}", INSTANTS[0] - timedelta(days=draw.randint(-300, 60)))
            tell(story)
            if name != "unknown":
                story.known(draw.choice(CUSTOMERS), story.booked_at + timedelta(days=draw.randint(0, 60)))
    _around_the_instants(draw, ledger)
    for order in (ledger.entries, ledger.settlements):
        draw.shuffle(order)
    return ledger


def _around_the_instants(draw: random.Random, ledger: Ledger) -> None:
    """Paid on the tick on which it is booked; at one bound of the aging or beyond it, and due to the tick."""
    for number, (instant, off) in enumerate((instant, off) for instant in INSTANTS for off in (-TICK, 0 * TICK, TICK)):
        story = _drawn(draw, ledger, f"EDGE-{number + 1}", instant + off)
        over_paid(story)
        story.pay(story.part("0.1"), 2, 0)
        story.known(draw.choice(CUSTOMERS), instant)
    for number, (days, off) in enumerate((days, off) for days in OVERDUE_DAYS for off in (-TICK, 0 * TICK)):
        due = INSTANTS[1] - days * DAY + off
        story = _drawn(draw, ledger, f"AGE-{number + 1}", min(due, INSTANTS[1] - DAY))
        story.bill()
        story.known(draw.choice(CUSTOMERS), due)


def _drawn(draw: random.Random, ledger: Ledger, invoice_id: str, booked_at: datetime) -> Story:
    currency = draw.choice(CURRENCIES)
    net = Decimal(draw.randint(1_000, 9_999_999)).scaleb(-digits_of(currency))
    return Story(ledger, invoice_id, currency, net, draw.choice(RATES), booked_at)
