from __future__ import annotations

from decimal import Decimal

import pytest

from workflows.invoices.uploads.csv_input import COLUMNS, MOST_ROWS, read_invoices
from workflows.kit.money import Money

GOOD = {
    "invoice_id": "INV-1",
    "customer_name": "Nour Trading",
    "customer_email": "billing@nour.example",
    "customer_tax_number": "300000000000003",
    "currency": "",
    "issued_at": "2026-11-02T09:00:00+03:00",
    "due_at": "2026-12-02T06:00:00Z",
    "line": "1",
    "description": "Consulting",
    "quantity": "2",
    "unit_price": "50",
    "tax_rate": "0.15",
    "line_total": "115.00",
    "invoice_total": "115.00",
}


def text(*rows: dict[str, str], header: tuple[str, ...] = COLUMNS) -> bytes:
    lines = [",".join(header), *(",".join(row[name] for name in header) for row in rows)]
    return "\r\n".join(lines).encode()


def problems(*rows: dict[str, str]) -> list[tuple[int, str]]:
    return [(problem.row, problem.field) for problem in read_invoices(text(*rows), file="a.csv").problems]


def test_an_invoice_of_two_lines() -> None:
    two = GOOD | {"line": "2", "quantity": "1.5", "unit_price": "3.33", "tax_rate": "0", "line_total": "5.00"}
    rows = [row | {"invoice_total": "120.00"} for row in (GOOD, two)]
    file = read_invoices(b"\xef\xbb\xbf" + text(*rows), file="a.csv")
    assert file.problems == ()
    [read] = file.invoices
    assert read.row == 2
    assert read.invoice.total == Money.parse("120.00", "SAR")
    assert read.invoice.lines[1].net == Money.parse("5.00", "SAR")  # 4.995 rounds half-up
    assert read.invoice.issued_at.isoformat() == "2026-11-02T06:00:00+00:00"


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("customer_name", ""),
        ("customer_name", "a\tb\x0b"),
        ("description", "x" * 501),
        ("customer_email", "nobody"),
        ("customer_email", "a@b@c.example"),
        ("invoice_id", "INV/1"),
        ("invoice_id", "INV-\u0661"),
        ("invoice_id", "-INV-1"),
        ("invoice_id", ""),
        ("currency", "XXX"),
        ("currency", "sar"),
        ("issued_at", "2026-11-02"),
        ("issued_at", "2026-11-02T09:00:00"),
        ("due_at", "2026-02-30T09:00:00Z"),
        ("due_at", "0001-01-01T00:00:00+14:00"),
        ("line", "2"),
        ("quantity", "two"),
        ("quantity", "-2"),
        ("quantity", "1e2"),
        ("unit_price", "NaN"),
        ("unit_price", "Infinity"),
        ("tax_rate", "1.15"),
        ("line_total", "115.01"),
        ("line_total", "115.001"),
        ("invoice_total", "114.00"),
        ("invoice_total", "-inf"),
    ],
)
def test_one_bad_cell_is_named(column: str, value: str) -> None:
    assert problems(GOOD | {column: value}) == [(2, column)]


def test_all_problems_are_told_at_once_and_good_invoices_are_kept() -> None:
    bad = GOOD | {"invoice_id": "INV-2", "currency": "XXX", "quantity": "-1", "unit_price": "x", "due_at": "soon"}
    file = read_invoices(text(bad, GOOD | {"invoice_id": "INV-3"}), file="a.csv")
    assert {problem.field for problem in file.problems} == {"currency", "quantity", "unit_price", "due_at"}
    assert {problem.invoice_id for problem in file.problems} == {"INV-2"}
    assert [read.invoice.invoice_id for read in file.invoices] == ["INV-3"]


def test_in_an_unknown_currency_nobody_says_how_many_digits_an_amount_has() -> None:
    fine = GOOD | {"currency": "XXX", "line_total": "115.123", "invoice_total": "115.123"}
    assert problems(fine) == [(2, "currency")]
    for column in ("line_total", "invoice_total"):
        assert problems(fine | {column: "much"}) == [(2, "currency"), (2, column)]


def test_a_bad_line_refuses_its_whole_invoice() -> None:
    assert problems(GOOD, GOOD | {"line": "2", "line_total": "1"}) == [(2, "invoice_total"), (3, "line_total")]


def test_rows_of_one_invoice_repeat_its_header() -> None:
    rows = [row | {"invoice_total": "230.00"} for row in (GOOD, GOOD | {"line": "2", "customer_name": "Other"})]
    assert problems(*rows) == [(3, "customer_name")]


def test_an_id_that_begins_twice_is_refused_altogether() -> None:
    file = read_invoices(text(GOOD, GOOD | {"invoice_id": "INV-2"}, GOOD), file="a.csv")
    assert [(problem.row, problem.field) for problem in file.problems] == [(2, "invoice_id"), (4, "invoice_id")]
    assert [read.invoice.invoice_id for read in file.invoices] == ["INV-2"]


def test_the_header_is_checked() -> None:
    header = (*COLUMNS[1:], "discount", "line")
    row = GOOD | {"discount": "1"}
    found = read_invoices(text(row, header=header), file="a.csv")
    assert {(problem.row, problem.field) for problem in found.problems} == {
        (1, "invoice_id"),
        (1, "discount"),
        (1, "line"),
    }
    assert found.invoices == ()
    assert len(read_invoices(b"", file="a.csv").problems) == len(COLUMNS)


def test_columns_may_stand_in_any_order() -> None:
    file = read_invoices(text(GOOD, header=tuple(reversed(COLUMNS))), file="a.csv")
    assert (len(file.invoices), file.problems) == (1, ())


def test_rows_are_counted_as_lines_of_the_file() -> None:
    spread = GOOD | {"description": '"two\nlines"'}
    found = problems(spread, GOOD | {"invoice_id": "INV-2", "quantity": "x"})
    assert found == [(2, "description"), (4, "quantity")]


@pytest.mark.parametrize(
    ("content", "row"),
    [
        (text(GOOD) + b"\r\n\xff", 3),
        (text(GOOD) + b'\r\n"never closed', 3),
        (b"x" * 9_000_000, 1),
        (text() + b"\r\n,,\r\n", 1),
        (text(GOOD) + b"\r\na" * (MOST_ROWS + 1), MOST_ROWS + 2),
    ],
    ids=["not UTF-8", "open quote", "too large", "nothing in it", "too many rows"],
)
def test_a_file_that_cannot_be_read_is_refused_whole(content: bytes, row: int) -> None:
    file = read_invoices(content, file="a.csv")
    assert file.invoices == ()
    assert file.problems[-1].row == row


def test_short_and_long_rows_are_refused() -> None:
    content = text(GOOD) + b",extra\r\nINV-2,short"
    found = {(problem.row, problem.field) for problem in read_invoices(content, file="a.csv").problems}
    assert {(2, ""), (3, "")} <= found


def test_a_price_may_be_finer_than_the_minor_unit() -> None:
    row = GOOD | {"currency": "JPY", "quantity": "1000", "unit_price": "0.1234", "tax_rate": "0.1"}
    [read] = read_invoices(text(row | {"line_total": "135", "invoice_total": "135"}), file="a.csv").invoices
    assert read.invoice.lines[0].unit_price == Decimal("0.1234")
    assert read.invoice.total == Money.parse("135", "JPY")


def test_nothing_to_bill_is_refused() -> None:
    assert problems(GOOD | {"quantity": "0", "line_total": "0", "invoice_total": "0"}) == [(2, "invoice_total")]


def test_an_invoice_has_at_most_500_lines() -> None:
    rows = [GOOD | {"line": str(number), "invoice_total": "57615.00"} for number in range(1, 502)]
    assert problems(*rows) == [(2, "line")]


def test_amounts_too_large_to_handle_are_refused() -> None:
    immense = GOOD | {"quantity": "1000000000000", "unit_price": "1000000000000"}
    assert (2, "line_total") in problems(immense)
    large = GOOD | {"quantity": "160000000000", "line_total": "9200000000000.00"}
    assert problems(large, large | {"line": "2"}) == [(2, "invoice_total")]
