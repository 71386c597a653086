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
    parse_mix,
    plan_invoice,
)
from workflows.invoices.rules import reasons_against
from workflows.invoices.uploads.csv_input import read_invoices
from workflows.kit.money import Money

NOW = datetime(2026, 11, 25, 9, 30, 12, 345, tzinfo=UTC)
EVERYTHING = Mix(dict.fromkeys(HABITS, 1), double_upload_percent=50, double_click_percent=50, ask_percent=50)


def drawn(count: int, *, seed: int = 1, mix: Mix = EVERYTHING, payload: str = "medium") -> list[PlannedInvoice]:
    draws = Seed(seed).stream("invoices")
    return [plan_invoice(draws, f"LD-{n}", mix=mix, payload=payload, now=NOW) for n in range(count)]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_the_application_takes_what_was_planned(payload: str) -> None:
    least, most = PAYLOADS[payload]
    for planned in drawn(20, payload=payload):
        upload = read_invoices(planned.content, file="x.csv")
        assert not upload.problems
        assert [read.invoice for read in upload.invoices] == [planned.invoice]
        assert least <= len(planned.invoice.lines) <= most
        assert not reasons_against(planned.invoice)


def test_every_customer_pays_all_or_cancels() -> None:
    invoices = drawn(300)
    assert {planned.customer.habit for planned in invoices} == set(HABITS)
    for planned in invoices:
        paid = sum((Money.parse(each.amount, each.currency) for each in planned.customer.payments), Money.zero("SAR"))
        assert paid < planned.invoice.total if planned.cancelled else paid == planned.invoice.total


def test_who_cancels_after_a_part_has_paid_one() -> None:
    invoices = drawn(50, mix=parse_mix("part-then-cancels=1"))
    assert {len(planned.customer.payments) for planned in invoices} == {1}


def test_the_seed_gives_the_invoices() -> None:
    assert drawn(20) == drawn(20)
    assert drawn(20) != drawn(20, seed=2)


def test_the_mix_is_kept() -> None:
    mix = parse_mix("prompt=3, cancels=1, double-click=25")
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
        ("payed=1", "'payed' is unknown; known: prompt"),
        ("prompt=many", "prompt=NUMBER"),
        ("prompt=1,ask=101", "up to 100"),
        ("ask=5", "no habit"),
        ("", "no habit"),
    ],
    ids=["unknown", "no-number", "percent", "no-habit", "empty"],
)
def test_a_mix_that_means_nothing_is_refused(text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        parse_mix(text)
