"""What becomes of an invoice at the upload."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.invoices.oracle.arithmetic import DECIMALS, round_half_up
from scenarios.invoices.oracle.invoices import Fate, JudgedInvoice, Problem, judge
from scenarios.invoices.oracle.rows import HEADER

GOOD = {
    "invoice_id": "INV-0001",
    "customer_name": "شركة الرياض",
    "customer_email": "billing@customer.example",
    "customer_tax_number": "300000000000003",
    "currency": "SAR",
    "issued_at": "2026-01-01T08:00:00+03:00",
    "due_at": "2026-01-31T08:00:00+03:00",
    "line": "1",
    "description": "Consultation",
    "quantity": "2",
    "unit_price": "50.00",
    "tax_rate": "0.15",
    "line_total": "115.00",
    "invoice_total": "115.00",
}


def csv_of(*rows: dict[str, str]) -> str:
    """A file of these rows, each a good one with some cells changed."""
    return "\n".join([",".join(HEADER), *(",".join({**GOOD, **row}[name] for name in HEADER) for row in rows), ""])


def judged(*rows: dict[str, str]) -> JudgedInvoice:
    [invoice] = judge(csv_of(*rows))
    return invoice


def test_a_good_invoice_has_its_amounts() -> None:
    invoice = judged({})
    assert (invoice.fate, invoice.rows) == (Fate.GOOD, (2,))
    assert (invoice.net, invoice.tax, invoice.total) == (Decimal("100.00"), Decimal("15.00"), Decimal("115.00"))


def test_an_empty_currency_is_riyals() -> None:
    assert judged({"currency": ""}).currency == "SAR"


def test_each_line_is_rounded_on_its_own() -> None:
    # 0.333 x 0.05 = 0.01665 -> 0.02; three lines make 0.06, where the unrounded sum would make 0.05.
    cells = {"quantity": "0.333", "unit_price": "0.05", "tax_rate": "0", "line_total": "0.02", "invoice_total": "0.06"}
    assert judged(*({**cells, "line": str(n)} for n in (1, 2, 3))).total == Decimal("0.06")


@pytest.mark.parametrize(
    "changes",
    [
        {"customer_tax_number": "200000000000003"},
        {"customer_tax_number": "30000000000003"},
        {"customer_tax_number": "30000000000000٣"},
        {"due_at": "2026-01-01T05:00:00Z"},
    ],
)
def test_what_may_not_be_sent_is_invalid_and_not_refused(changes: dict[str, str]) -> None:
    assert judged(changes).fate is Fate.INVALID


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"invoice_id": "a b"}, "invoice_id"),
        ({"customer_name": ""}, "customer_name"),
        ({"customer_email": "nobody"}, "customer_email"),
        ({"currency": "XXX"}, "currency"),
        ({"issued_at": "2026-13-01T08:00:00Z"}, "issued_at"),
        ({"due_at": "2026-01-31T08:00:00"}, "due_at"),
        ({"due_at": "2026-01-31"}, "due_at"),
        ({"line": "0"}, "line"),
        ({"description": ""}, "description"),
        ({"quantity": "-2"}, "quantity"),
        ({"unit_price": "1e3"}, "unit_price"),
        ({"tax_rate": "15%"}, "tax_rate"),
        ({"line_total": "115.01"}, "line_total"),
        ({"line_total": "115.001"}, "line_total"),
        ({"invoice_total": "114.99"}, "invoice_total"),
        ({"quantity": "0", "line_total": "0.00", "invoice_total": "0.00"}, "invoice_total"),
    ],
)
def test_a_bad_cell_is_refused_by_its_row_and_column(changes: dict[str, str], field: str) -> None:
    invoice = judged(changes)
    assert (invoice.fate, invoice.problems) == (Fate.REFUSED, (Problem(2, field),))


def test_a_bad_row_refuses_its_whole_invoice_and_no_other() -> None:
    second = {"line": "2", "customer_name": "Another", "invoice_total": "230.00"}
    invoices = judge(csv_of({"invoice_total": "230.00"}, second, {"invoice_id": "INV-0002"}))
    assert [(invoice.fate, invoice.rows) for invoice in invoices] == [(Fate.REFUSED, (2, 3)), (Fate.GOOD, (4,))]
    assert invoices[0].problems == (Problem(3, "customer_name"),)


def test_an_id_that_begins_twice_is_refused_as_a_whole() -> None:
    invoices = judge(csv_of({}, {"invoice_id": "INV-0002"}, {}))
    assert [(invoice.invoice_id, invoice.fate) for invoice in invoices] == [
        ("INV-0001", Fate.REFUSED),
        ("INV-0002", Fate.GOOD),
    ]
    assert invoices[0].problems == (Problem(2, "invoice_id"), Problem(4, "invoice_id"))


def test_a_row_is_counted_by_the_line_it_begins_on() -> None:
    text = csv_of({"description": '"two\nlines"'}, {"invoice_id": "INV-0002", "currency": "XXX"})
    assert [invoice.rows for invoice in judge(text)] == [(2,), (4,)]


@pytest.mark.parametrize("text", ["", "a,b\n", csv_of() + "one,two\n"])
def test_what_is_no_invoice_file_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="line"):
        judge(text)


lines = st.lists(
    st.tuples(
        st.decimals("0.001", 1000, places=3),
        st.decimals("0.01", 10**5, places=2),
        st.sampled_from(["0", "0.05", "0.15"]),
    ),
    min_size=1,
    max_size=4,
)


@given(lines, st.sampled_from(sorted(DECIMALS)))
def test_the_total_is_the_sum_of_its_parts(parts: list[tuple[Decimal, Decimal, str]], currency: str) -> None:
    rows = []
    for position, (quantity, price, rate) in enumerate(parts, start=1):
        net = round_half_up(Fraction(quantity) * Fraction(price), currency)
        total = net + round_half_up(Fraction(net) * Fraction(rate), currency)
        cells = {"quantity": f"{quantity:f}", "unit_price": f"{price:f}", "tax_rate": rate, "line_total": f"{total:f}"}
        rows.append({**cells, "line": str(position), "currency": currency})
    expected = sum(Decimal(row["line_total"]) for row in rows)
    invoice = judged(*({**row, "invoice_total": f"{expected:f}"} for row in rows))
    if expected:
        assert invoice.fate is Fate.GOOD
        assert invoice.net + invoice.tax == invoice.total == expected
    else:
        assert invoice.fate is Fate.REFUSED
