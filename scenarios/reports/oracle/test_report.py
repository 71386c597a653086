"""The oracle's figures, by examples worked out by hand and by what holds of every company."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.seed import Seed
from scenarios.reports.oracle.report import Amounts, bucket_of, report_of
from scenarios.reports.workload.ledger import INSTANTS, draw_ledger
from scenarios.reports.workload.postings import entry, settlement
from scenarios.reports.workload.stories import STORIES

BEFORE, AT, AFTER = (datetime(2025, 6, 30, 21, tzinfo=UTC) + timedelta(microseconds=off) for off in (-1, 0, 1))


def books(*events: Mapping[str, Any], file: str = "invoice_id\n") -> Mapping[str, Any]:
    return {
        "entries": [each for each in events if "lines" in each],
        "settlements": [each for each in events if "at" in each],
        "file": file,
    }


def booked(kind: str, at: datetime, *parts: tuple[str, str], reference: str = "A-1") -> Mapping[str, Any]:
    return entry(reference, kind, "memo", "SAR", [(account, Decimal(amount)) for account, amount in parts], at)


def invoice(at: datetime, reference: str = "A-1") -> Mapping[str, Any]:
    return booked("invoice", at, ("receivable", "115"), ("revenue", "-100"), ("vat", "-15"), reference=reference)


def payment(at: datetime, amount: str, kind: str = "payment") -> Mapping[str, Any]:
    return booked(kind, at, ("bank", amount), ("receivable", f"{-Decimal(amount)}"))


def test_every_kind_of_entry_has_its_column() -> None:
    note = booked("credit-note", AT, ("receivable", "-23"), ("revenue", "20"), ("vat", "3"))
    refund, other = payment(AT, "-4", "refund"), booked("petty-cash", AT, ("expenses", "7"), ("petty-cash", "-7"))
    at_provider = [settlement(kind, "P", "A-1", Decimal(amount), "SAR", AT) for kind, amount in PROVIDER]
    report = report_of(books(invoice(AT), note, payment(AT, "60"), refund, other, *at_provider), AT)
    (line,) = report.lines
    assert line.amounts == Amounts(*map(Decimal, ("100", "15", "115", "23", "60", "4", "45")))
    assert (line.amounts.outstanding, line.amounts.unbooked) == (Decimal(36), Decimal(-11))
    assert {(each.account, each.debit, each.credit) for each in report.balances} == {
        ("bank", Decimal(60), Decimal(4)),
        ("expenses", Decimal(7), Decimal(0)),
        ("petty-cash", Decimal(0), Decimal(7)),
        ("receivable", Decimal(119), Decimal(83)),
        ("revenue", Decimal(20), Decimal(100)),
        ("vat", Decimal(3), Decimal(15)),
    }


PROVIDER = (("settled", "50"), ("refund", "5"))


@pytest.mark.parametrize(("at", "counts"), [(BEFORE, True), (AT, True), (AFTER, False)])
def test_what_is_booked_or_settled_at_the_instant_counts(at: datetime, counts: bool) -> None:
    for event in (invoice(at), settlement("settled", "P", "A-1", Decimal(1), "SAR", at)):
        assert len(report_of(books(event), AT).lines) == counts


def test_a_payment_without_an_invoice_has_a_line_all_the_same() -> None:
    (line,) = report_of(books(payment(BEFORE, "60"), invoice(AFTER)), AT).lines
    assert line.amounts == Amounts(paid=Decimal(60))


def test_lines_stand_by_their_ids_and_know_their_customers() -> None:
    file = "invoice_id,customer_name,issued_at,due_at\nA-2,نجد,2025-01-01T00:00:00Z,2025-05-31T21:00:00Z\n"
    report = report_of(books(*(invoice(AT, each) for each in ("A-9", "A-10", "A-2")), file=file), AT)
    assert [(line.invoice_id, line.customer) for line in report.lines] == [
        ("A-10", None),
        ("A-2", "نجد"),
        ("A-9", None),
    ]
    assert report.unknown_count == 2
    (sums,) = report.sums
    assert (sums.invoice_count, sums.aging) == (3, tuple(map(Decimal, ("230", "115", "0", "0", "0"))))


@pytest.mark.parametrize(
    ("days", "bucket"), [(-5, 0), (0, 0), (1, 1), (30, 1), (31, 2), (60, 2), (61, 3), (90, 3), (91, 4), (900, 4)]
)
def test_overdue_days_are_whole_days(days: int, bucket: int) -> None:
    due = AT - timedelta(days=days)
    assert bucket_of(due, AT) == bucket_of(due, AT + timedelta(days=1) - timedelta(microseconds=1)) == bucket


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 40))
def test_debits_are_credits_and_sums_are_lines(seed: int, count: int) -> None:
    drawn = draw_ledger(Seed(seed).stream("data"), count)
    for as_of in INSTANTS:
        report = report_of({"entries": drawn.entries, "settlements": drawn.settlements, "file": drawn.file()}, as_of)
        assert sum(each.debit - each.credit for each in report.balances) == 0
        assert sum(each.invoice_count for each in report.sums) == len(report.lines)
        owed = sum(line.amounts.outstanding for line in report.lines)
        receivable = sum(each.debit - each.credit for each in report.balances if each.account == "receivable")
        assert owed == receivable == sum(sum(each.aging) for each in report.sums)


def test_a_company_has_every_story_and_lines_on_all_sides() -> None:
    ledger = draw_ledger(Seed(1).stream("data"), len(STORIES))
    again = draw_ledger(Seed(1).stream("data"), len(STORIES))
    assert ledger == again
    last = report_of({"entries": ledger.entries, "settlements": ledger.settlements, "file": ledger.file()}, INSTANTS[2])
    amounts = [line.amounts for line in last.lines]
    assert last.unknown_count
    assert any(each.outstanding < 0 for each in amounts)
    assert {each.unbooked.compare(Decimal(0)) for each in amounts} == {-1, 0, 1}
    assert any(not each.total and each.with_provider for each in amounts)
    for instant in INSTANTS:
        near = {datetime.fromisoformat(each["booked_at"]) - instant for each in ledger.entries}
        assert near >= {timedelta(microseconds=off) for off in (-1, 0, 1)}
