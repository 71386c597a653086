"""What a line and a balance are made of, by examples worked out by hand and by what holds of all books."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.gateways.ports import BookedEntry, Entry, Posting, Settlement
from workflows.kit.money import Money
from workflows.reports.lines import Told, balances_of, lines_of
from workflows.reports.messages import Source
from workflows.reports.ports import Row
from workflows.reports.rows import row_of_entry, row_of_invoice, row_of_settlement

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


def booked(
    kind: str, reference: str, *postings: tuple[str, str, str], currency: str = "SAR", entry_id: str = "E"
) -> Row:
    made = tuple(
        Posting(account, Money.parse(debit, currency), Money.parse(credit, currency))
        for account, debit, credit in postings
    )
    return row_of_entry(BookedEntry(entry_id, Entry(reference, kind, "memo", made), NOON))


def settled(reference: str, amount: str, kind: str = "settled", currency: str = "SAR") -> Row:
    return row_of_settlement(Settlement(kind, f"PAY-{amount}", reference, Money.parse(amount, currency), NOON))


def told(*rows: tuple[Source, Row]) -> list[Told]:
    return sorted((row.reference, source.value, row.content) for source, row in rows)


INVOICE = booked("invoice", "A", ("receivable", "115", "0"), ("revenue", "0", "100"), ("vat", "0", "15"))
CREDIT_NOTE = booked("credit-note", "A", ("revenue", "100", "0"), ("vat", "15", "0"), ("receivable", "0", "115"))
PAYMENT = booked("payment", "A", ("bank", "40", "0"), ("receivable", "0", "40"))
REFUND = booked("refund", "A", ("receivable", "30", "0"), ("bank", "0", "30"))
PETTY_CASH = booked("petty-cash", "A", ("expenses", "9", "0"), ("receivable", "0", "9"))


def amounts(line: Any) -> dict[str, str]:
    """Those that are not nothing."""
    names = ("net", "vat", "total", "credited", "paid", "refunded", "with_provider", "outstanding", "unbooked")
    found = {name: getattr(line, name) for name in names}
    return {name: str(amount.amount) for name, amount in found.items() if amount != Money.zero(amount.currency)}


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([INVOICE], {"net": "100.00", "vat": "15.00", "total": "115.00", "outstanding": "115.00"}),
        ([INVOICE, CREDIT_NOTE], {"net": "100.00", "vat": "15.00", "total": "115.00", "credited": "115.00"}),
        ([PAYMENT], {"paid": "40.00", "outstanding": "-40.00", "unbooked": "-40.00"}),
        (
            [PAYMENT, PAYMENT, REFUND],
            {"paid": "80.00", "refunded": "30.00", "outstanding": "-50.00", "unbooked": "-50.00"},
        ),
    ],
)
def test_what_accounting_has_booked_of_an_invoice(rows: Sequence[Row], expected: dict[str, str]) -> None:
    [line] = lines_of(told(*((Source.ACCOUNTING, row) for row in rows)))
    assert amounts(line) == expected
    assert (line.invoice_id, line.customer, line.issued_at, line.due_at) == ("A", None, None, None)


def test_an_entry_that_is_about_no_invoice_makes_no_line() -> None:
    assert list(lines_of(told((Source.ACCOUNTING, PETTY_CASH)))) == []
    [line] = lines_of(told((Source.ACCOUNTING, PETTY_CASH), (Source.ACCOUNTING, INVOICE)))
    assert amounts(line)["total"] == "115.00"
    assert "paid" not in amounts(line)


def test_the_provider_has_what_it_settled_and_did_not_give_back() -> None:
    rows = [settled("A", "50"), settled("A", "20", "refund"), settled("B", "7")]
    first, second = lines_of(told(*((Source.PROVIDER, row) for row in rows)))
    assert amounts(first) == {"with_provider": "30.00", "unbooked": "30.00"}
    assert (second.invoice_id, amounts(second)) == ("B", {"with_provider": "7.00", "unbooked": "7.00"})


def test_our_own_books_name_the_customer_and_make_no_line_alone() -> None:
    due_at = datetime(2026, 3, 1, 0, 0, 0, 1, tzinfo=UTC)
    own = row_of_invoice("A", "شركة نور", NOON, due_at)
    assert list(lines_of(told((Source.INVOICES, own)))) == []
    [line] = lines_of(told((Source.INVOICES, own), (Source.ACCOUNTING, INVOICE)))
    assert (line.customer, line.issued_at, line.due_at) == ("شركة نور", NOON, due_at)


def test_another_currency_is_another_line_of_the_same_invoice() -> None:
    own = row_of_invoice("A", "Nour", NOON, NOON)
    rows = [
        (Source.ACCOUNTING, INVOICE),
        (Source.PROVIDER, settled("A", "1.500", currency="KWD")),
        (Source.INVOICES, own),
    ]
    first, second = lines_of(told(*rows))
    assert [(each.invoice_id, each.customer, each.total.currency) for each in (first, second)] == [
        ("A", "Nour", "KWD"), ("A", "Nour", "SAR"),
    ]  # fmt: skip
    assert amounts(first) == {"with_provider": "1.500", "unbooked": "1.500"}


def test_a_kind_of_settlement_that_nobody_knows_is_not_left_out_silently() -> None:
    with pytest.raises(ValueError, match="chargeback"):
        settled("A", "1", "chargeback")


def test_rows_of_the_provider_are_told_apart_by_all_that_tells_them_apart() -> None:
    payment = Settlement("settled", "PAY-1", "A", Money.parse("1", "SAR"), NOON)
    assert row_of_settlement(payment) == row_of_settlement(payment)
    others = [settled("A", "1", "refund"), settled("A", "2"), row_of_settlement(payment)]
    assert len({row.key for row in others}) == 3


def test_a_balance_of_each_account_and_currency_with_all_kinds_of_entries() -> None:
    other = booked("invoice", "B", ("receivable", "1", "0"), ("revenue", "0", "1"), currency="JPY")
    found = balances_of(row.content for row in (INVOICE, PAYMENT, PETTY_CASH, other))
    assert [(each.account, each.debit.currency, str(each.debit.amount), str(each.credit.amount)) for each in found] == [
        ("bank", "SAR", "40.00", "0.00"),
        ("expenses", "SAR", "9.00", "0.00"),
        ("receivable", "JPY", "1", "0"),
        ("receivable", "SAR", "115.00", "49.00"),
        ("revenue", "JPY", "0", "1"),
        ("revenue", "SAR", "0.00", "100.00"),
        ("vat", "SAR", "0.00", "15.00"),
    ]


ENTRIES = st.lists(
    st.tuples(
        st.sampled_from(["invoice", "credit-note", "payment", "refund", "petty-cash"]),
        st.sampled_from(["A", "B", "C"]),
        st.integers(0, 10**6),
    ),
    max_size=30,
)


@given(ENTRIES)
def test_nothing_that_was_booked_is_lost_between_entries_and_lines(entries: Sequence[tuple[str, str, int]]) -> None:
    rows = [
        (reference, Source.ACCOUNTING.value, json.dumps([kind, [["receivable", "SAR", units, 0]]]))
        for kind, reference, units in entries
    ]
    lines = list(lines_of(sorted(rows)))
    wanted = sum(units for kind, _, units in entries if kind != "petty-cash")
    assert sum((each.outstanding.amount for each in lines), Decimal(0)) == Decimal(wanted).scaleb(-2)
    assert [each.invoice_id for each in lines] == sorted({ref for kind, ref, _ in entries if kind != "petty-cash"})
