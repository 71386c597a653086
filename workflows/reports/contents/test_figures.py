"""Sums are those of the lines, to the last minor unit and in any order."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given

from workflows.kit.money import Money
from workflows.reports.contents.columns import MEASURES
from workflows.reports.contents.figures import aging_bucket, days_overdue, summed
from workflows.reports.contents.testing_lines import AS_OF, balance, line, summary_of
from workflows.reports.contents.testing_strategies import many_lines
from workflows.reports.model import ReportLine

TICK = timedelta(microseconds=1)


@given(many_lines)
def test_sums_are_those_of_the_lines_in_any_order(lines: list[ReportLine]) -> None:
    summary = summary_of(iter(lines))
    assert summary.line_count == len(lines) == sum(sums.invoice_count for sums in summary.sums)
    assert summary.unknown_count == sum(each.customer is None for each in lines)
    assert [sums.total.currency for sums in summary.sums] == sorted({each.total.currency for each in lines})
    for sums in summary.sums:
        own = [each for each in lines if each.total.currency == sums.total.currency]
        for name, _, _ in MEASURES:
            assert getattr(sums, name).amount == sum(getattr(each, name).amount for each in own)
        assert sum(bucket.amount for bucket in sums.aging) == sums.outstanding.amount
    assert summary_of(reversed(lines)) == summary


@pytest.mark.parametrize(
    ("days", "bucket"), [(0, 0), (1, 1), (30, 1), (31, 2), (60, 2), (61, 3), (90, 3), (91, 4), (9999, 4)]
)
def test_a_day_overdue_is_whole_and_a_bucket_holds_its_upper_bound(days: int, bucket: int) -> None:
    due_at = AS_OF - timedelta(days=days)
    assert days_overdue(due_at, AS_OF) == days
    assert days_overdue(due_at, AS_OF + timedelta(days=1) - TICK) == days
    assert days_overdue(due_at, AS_OF + timedelta(days=1)) == days + 1
    assert aging_bucket(days) == bucket


def test_what_is_not_due_yet_or_nobody_knows_when_is_not_overdue() -> None:
    assert days_overdue(AS_OF + timedelta(days=40), AS_OF) == days_overdue(AS_OF + TICK, AS_OF) == 0
    assert days_overdue(None, AS_OF) == 0


def test_what_was_overpaid_counts_below_zero_where_it_is_due() -> None:
    [sums] = summary_of([line(overdue_days=45, paid="120"), line("INV-2", "50", overdue_days=31)]).sums
    assert [str(bucket.amount) for bucket in sums.aging] == ["0.00", "0.00", "45.00", "0.00", "0.00"]
    assert sums.outstanding == Money.parse("45", "SAR")
    assert sums.unbooked == Money.parse("-120", "SAR")


def test_balances_are_by_account_and_currency() -> None:
    balances = [balance("vat", "0", "1"), balance("bank", "1", "0"), balance("bank", "2", "0", "KWD")]
    found = summed("R-1", AS_OF, [], balances)
    assert [(each.account, each.debit.currency) for each in found.balances] == [
        ("bank", "KWD"),
        ("bank", "SAR"),
        ("vat", "SAR"),
    ]
    assert (found.line_count, found.unknown_count, found.sums) == (0, 0, ())


def test_a_sum_beyond_the_largest_amount_is_refused_and_never_cut() -> None:
    with pytest.raises(ValueError, match="larger than the largest amount"):
        summary_of([line("A", "9999999999999.99"), line("B", "9999999999999.99")])
