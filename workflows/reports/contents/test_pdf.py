"""A report says what it must to those who read it, in both languages, and the same every time."""

from __future__ import annotations

import io
from contextlib import closing
from dataclasses import replace
from decimal import Decimal

import pytest
from pypdf import PdfReader
from pypdfium2 import PdfDocument

from workflows.reports.contents.pdf import MOST_LINES, render_report
from workflows.reports.contents.testing_lines import balance, line, summary_of
from workflows.reports.model import ReportLine

KNOWN = [
    line("INV-1", "1234567.89", overdue_days=45, customer="شركة نور الرياض"),
    line("INV-2", "12.345", currency="KWD", overdue_days=31.9, customer="Desert Rose Hotels, Ltd."),
    line("INV-3", "5000", currency="JPY", paid="7000", overdue_days=100),
]
BALANCES = (balance("bank", "12.00", "0.50"), balance("receivable", "1234567.89", "0.00"))


def rendered(lines: list[ReportLine]) -> bytes:
    return render_report(summary_of(lines, BALANCES), iter(lines))


def pages(content: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]


def shown(content: bytes) -> str:
    """The text as a second reader has it, which joins Arabic letters to words in their order."""
    with closing(PdfDocument(content)) as document:
        return "\n".join(page.get_textpage().get_text_range() for page in document)


def test_the_same_report_is_the_same_file_and_another_is_not() -> None:
    content = rendered(KNOWN)
    assert content == rendered(KNOWN)
    for place, each in enumerate(KNOWN):
        other = replace(each, paid=each.total)
        assert rendered([*KNOWN[:place], other, *KNOWN[place + 1 :]]) != content


def test_sums_stand_in_the_digits_of_each_currency() -> None:
    said = " ".join(pages(rendered(KNOWN))).split()
    for amount in ("1,234,567.89", "12.345", "-2,000", "7,000", "0.000", "-1,234,567.89"):
        assert (amount in said) == (amount != "-1,234,567.89")
    for words in ("AED", "USD"):
        assert words not in said


def test_accounts_stand_with_their_balance() -> None:
    assert "bank SAR 12.00 0.50 11.50" in " ".join(" ".join(pages(rendered(KNOWN))).split())


def test_a_line_says_who_owes_what_since_when() -> None:
    said = " ".join(" ".join(pages(rendered(KNOWN))).split())
    assert "INV-2 Desert Rose Hotels, Ltd. 2026-05-29 31 KWD 12.345 12.345" in said
    assert "All 2 invoices with something outstanding" in said
    assert "INV-3" not in said  # overpaid, so nothing is outstanding; the workbook has it


def test_arabic_can_be_read() -> None:
    said = shown(rendered(KNOWN))
    for words in ("الرياض", "الذمم", "المستحق", "الحسابات"):
        assert words in said


@pytest.mark.parametrize(
    ("unknown", "told"),
    [
        (0, None),
        (1, "1 invoice is not known to our books"),
        (2, "2 invoices are not known to our books"),
    ],
)
def test_it_says_what_our_books_do_not_know(unknown: int, told: str | None) -> None:
    content = rendered([*KNOWN, *(line(f"X-{number}", customer=None) for number in range(unknown))])
    said = " ".join(pages(content)[0].split())
    assert ("not known" in said) == bool(told)
    assert (told or "") in said
    assert ("معروفة" in shown(content)) == bool(told)


def test_at_most_a_hundred_lines_and_it_says_of_how_many() -> None:
    content = rendered([line(f"INV-{number:04}", str(number + 1)) for number in range(1234)])
    said = "\n".join(pages(content))
    assert "The 100 largest of 1,234 invoices with something outstanding; the workbook has all" in " ".join(
        said.split()
    )
    assert sum(word.startswith("INV-") for word in said.split()) == MOST_LINES
    assert "INV-1233" in said
    assert "INV-1133" not in said


def test_currencies_that_are_not_drawn_are_counted() -> None:
    lines = [line(code, currency=code) for code in ("AED", "EUR", "JPY", "KWD", "SAR")]
    assert "The chart shows the 4 currencies with the most invoices, of 5" in pages(rendered(lines))[0]
    assert "The chart shows" not in pages(rendered(lines[:4]))[0]


def test_the_largest_amounts_do_not_break_a_column() -> None:
    codes = {"AED": "9999999999999.99", "KWD": "999999999999.999", "JPY": "999999999999999"}
    said = pages(rendered([line(code, most, currency=code) for code, most in codes.items()]))[0].split()
    for most in codes.values():
        assert said.count(f"{Decimal(most):,f}") >= 3


def test_an_empty_report_says_so() -> None:
    [page] = pages(render_report(summary_of([]), []))
    assert "No invoices until this instant" in page
    assert "Accounts" not in page


@pytest.mark.parametrize(
    "name", ["<b>نور</b> & Co", '#eval("x") *bold* $x$', "W" * 500, "ن" * 500, "😀 漢字", "\x00\u202e=1", ""]
)
def test_any_name_is_rendered(name: str) -> None:
    said = " ".join(pages(rendered([line(name or "INV-1", "77", customer=name)])))
    assert "77.00" in said


def test_title_and_nothing_of_a_clock() -> None:
    metadata = PdfReader(io.BytesIO(rendered(KNOWN))).metadata
    assert metadata is not None
    assert metadata.title == "Receivables report R-1"
    assert metadata.creation_date is None
