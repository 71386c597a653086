"""What the load's company bills is taken by the application, adds up, and comes from the seed alone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from harness.errors import UsageError
from harness.seed import Seed
from load.company import (
    COMPANY_MIX,
    EVERYDAY_MIX,
    HABITS,
    PAYLOADS,
    Mix,
    PlannedInvoice,
    as_csv,
    draw_invoice,
    parse_mix,
)
from workflows.invoices.csv_input import read_invoices
from workflows.invoices.rules import reasons_against
from workflows.money import Money

NOW = datetime(2026, 11, 25, 9, 30, 12, 345, tzinfo=UTC)
EVERYTHING = Mix(dict.fromkeys(HABITS, 1), double_upload_percent=50, double_click_percent=50, ask_percent=50)


def drawn(count: int, *, seed: int = 1, mix: Mix = EVERYTHING, payload: str = "medium") -> list[PlannedInvoice]:
    draws = Seed(seed).stream("invoices")
    return [draw_invoice(draws, f"LD-{n}", mix=mix, payload=payload, now=NOW) for n in range(count)]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_the_application_reads_exactly_what_was_planned(payload: str) -> None:
    for planned in drawn(20, payload=payload):
        upload = read_invoices(as_csv(planned.invoice).encode(), file="x.csv")
        assert not upload.problems
        assert [read.invoice for read in upload.invoices] == [planned.invoice]
        assert not reasons_against(planned.invoice)


def test_every_customer_pays_all_or_cancels() -> None:
    invoices = drawn(300)
    assert {planned.habit for planned in invoices} == set(HABITS)
    for planned in invoices:
        paid = sum((payment.amount for payment in planned.payments), Money.zero("SAR"))
        assert paid < planned.invoice.total if planned.cancelled else paid == planned.invoice.total
        assert all(payment.amount > Money.zero("SAR") for payment in planned.payments)


def test_the_seed_gives_the_invoices() -> None:
    assert drawn(20) == drawn(20)
    assert drawn(20) != drawn(20, seed=2)


def test_the_mix_is_kept() -> None:
    mix = parse_mix("paid=3, cancelled=1, double-click=25")
    invoices = drawn(2000, mix=mix)
    assert sum(planned.cancelled for planned in invoices) == pytest.approx(500, abs=80)
    assert sum(planned.double_click for planned in invoices) == pytest.approx(500, abs=80)
    assert not any(planned.asked for planned in invoices)


def test_the_mixes_of_the_locustfiles_can_be_read() -> None:
    assert set(parse_mix(COMPANY_MIX).habits) == set(HABITS)
    assert parse_mix(EVERYDAY_MIX).double_upload_percent == 0


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("payed=1", "'payed' is unknown; known are paid"),
        ("paid=many", "paid=NUMBER"),
        ("paid=1,ask=101", "up to 100"),
        ("ask=5", "no habit"),
        ("", "no habit"),
    ],
    ids=["unknown", "no-number", "percent", "no-habit", "empty"],
)
def test_a_mix_that_means_nothing_is_refused(text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        parse_mix(text)
