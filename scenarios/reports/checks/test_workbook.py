"""What stands in a workbook is read back cell by cell; what is none is said, and crashes nothing."""

from __future__ import annotations

import io
from datetime import datetime
from decimal import Decimal

import pytest
from xlsxwriter import Workbook

from scenarios.reports.checks.workbook import Unreadable, read_sheets, trimmed


def test_every_kind_of_cell_is_read() -> None:
    content = io.BytesIO()
    with Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet("One")
        sheet.write_string(0, 0, "نجد")
        sheet.write_number(0, 1, 12.1)
        sheet.write_number(0, 3, 9999999999999.99)
        sheet.write_string(1, 0, "'=1+1")
        sheet.write_datetime(1, 1, datetime(2025, 6, 30, 21), book.add_format({"num_format": "yyyy-mm-dd hh:mm"}))
        sheet.write_blank(5, 5, None, book.add_format({"bold": True}))
        book.add_worksheet("Two")
    assert read_sheets(content.getvalue()) == {
        "One": [
            ["نجد", Decimal("12.1"), None, Decimal("9999999999999.99")],
            ["'=1+1", datetime(2025, 6, 30, 21)],
        ],
        "Two": [],
    }


def test_a_formula_is_found_whatever_value_is_kept_beside_it() -> None:
    content = io.BytesIO()
    with Workbook(content, {"in_memory": True}) as book:
        book.add_worksheet("One").write_string(0, 0, "a < f")
        book.add_worksheet("Two").write_formula(0, 0, "=1+1", None, 2)
    with pytest.raises(Unreadable, match=r"has formulas in xl/worksheets/sheet2\.xml:"):
        read_sheets(content.getvalue())


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"%PDF-1.7", b"a,b\n1,2\n"])
def test_what_is_no_workbook_is_said(content: bytes) -> None:
    with pytest.raises(Unreadable, match="cannot be read"):
        read_sheets(content)


def test_only_what_is_empty_at_the_end_goes() -> None:
    assert trimmed([[None, "a", None], [None], ["b"], [None, None]]) == [[None, "a"], [], ["b"]]
