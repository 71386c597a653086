"""A workbook says what the report says, to the last minor unit, and runs nothing. Read back with python-calamine."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from python_calamine import CalamineWorkbook

from workflows.kit.money import LARGEST_MINOR_UNITS, MINOR_DIGITS, Money
from workflows.reports.contents import workbook
from workflows.reports.contents.columns import MEASURES, Cell, account_cells, line_cells, sums_cells
from workflows.reports.contents.sheets import LONGEST_TEXT, cell_text
from workflows.reports.contents.testing_lines import AS_OF, balance, line, summary_of
from workflows.reports.contents.testing_strategies import many_lines
from workflows.reports.contents.workbook import workbook_of, write_workbook
from workflows.reports.model import AccountBalance, ReportLine

BALANCES = (balance("bank", "0.5", "3"), balance("receivable", "115", "10"))
HEADER_ROW = 9
"""Of the sums; what follows are the currencies."""


def written(folder: Path, lines: Iterable[ReportLine], balances: Sequence[AccountBalance] = BALANCES) -> Path:
    lines, path = list(lines), folder / "report.xlsx"
    write_workbook(path, summary_of(lines, balances), iter(lines))
    return path


def read(path: Path) -> dict[str, list[list[Any]]]:
    book = CalamineWorkbook.from_path(str(path))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def as_read(cells: Sequence[Cell]) -> list[Any]:
    return [_as_read(cell) for cell in cells]


def _as_read(cell: Cell) -> Any:
    if isinstance(cell, Money):
        return cell.amount
    return Decimal(cell) if isinstance(cell, int) else cell_text(cell or "")


def exactly(cells: Sequence[Any]) -> list[Any]:
    """A number as the shortest decimal that makes the double that was read."""
    return [Decimal(repr(cell)) if isinstance(cell, float) else cell for cell in cells]


@settings(max_examples=40)
@given(many_lines)
def test_every_cell_reads_back(lines: list[ReportLine]) -> None:
    with TemporaryDirectory() as folder:
        sheets = read(written(Path(folder), lines))
        summary = summary_of(lines, BALANCES)
        short = Path(folder) / "short.xlsx"
        short.write_bytes(workbook_of(summary, lines))
        assert read(short) == sheets
    assert list(sheets) == ["Summary", "Invoices", "Accounts"]
    assert list(map(exactly, sheets["Invoices"][1:])) == [as_read(line_cells(each, AS_OF)) for each in lines]
    assert list(map(exactly, sheets["Accounts"][1:])) == [as_read(account_cells(each)) for each in BALANCES]
    assert list(map(exactly, sheets["Summary"][HEADER_ROW:])) == [as_read(sums_cells(each)) for each in summary.sums]


@settings(max_examples=20)
@given(many_lines)
def test_nothing_runs_and_the_same_report_is_the_same_file(lines: list[ReportLine]) -> None:
    with TemporaryDirectory() as first, TemporaryDirectory() as second:
        path = written(Path(first), lines)
        assert path.read_bytes() == written(Path(second), lines).read_bytes()
        short, again = (workbook_of(summary_of(lines, BALANCES), lines) for _ in range(2))
        assert short == again
        with zipfile.ZipFile(path) as parts:
            sheets = [parts.read(name) for name in parts.namelist() if name.startswith("xl/worksheets/")]
            assert not [name for name in parts.namelist() if "link" in name or "Macro" in name]
    assert not any(re.search(rb"<f[ >]|<r>", sheet) for sheet in sheets)
    texts = [cell for rows in read_texts(sheets) for cell in rows]
    assert not [text for text in texts if text.startswith(("=", "+", "@"))]


@pytest.mark.parametrize(("most_in_memory", "same"), [(1, True), (2, False)])
def test_only_a_short_workbook_is_made_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most_in_memory: int, same: bool
) -> None:
    monkeypatch.setattr(workbook, "MOST_IN_MEMORY", most_in_memory)
    lines = [line("INV-1"), line("INV-2")]
    # Texts stand once in a workbook from memory, and where they are used in one that was written row by row.
    assert (workbook_of(summary_of(lines, BALANCES), lines) == written(tmp_path, lines).read_bytes()) is same


def read_texts(sheets: Iterable[bytes]) -> Iterable[list[str]]:
    return [re.findall(r"<t[^>]*>([^<]*)", sheet.decode()) for sheet in sheets]


@pytest.mark.parametrize("currency", MINOR_DIGITS)
@pytest.mark.parametrize("units", [1, 8501, LARGEST_MINOR_UNITS - 1, LARGEST_MINOR_UNITS, 1 - LARGEST_MINOR_UNITS])
def test_the_largest_amounts_are_exact_numbers(tmp_path: Path, currency: str, units: int) -> None:
    amount = Money.of_minor_units(units, currency)
    row = read(written(tmp_path, [line(total=str(amount.amount), currency=currency)]))["Invoices"][1]
    assert Decimal(repr(row[8])) == amount.amount


@pytest.mark.parametrize(
    ("given_text", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("<r><t>x</t></r>", "'<r><t>x</t></r>"),
        ("a\x00\x1f\ufffe\u202eb\nc", "ab c"),
        ("شركة نور", "شركة نور"),
        ("x" * LONGEST_TEXT, "x" * LONGEST_TEXT),
        ("x" * (LONGEST_TEXT + 1), "x" * (LONGEST_TEXT - 1) + "…"),
        ("😀" * LONGEST_TEXT, "😀" * (LONGEST_TEXT // 2) + "…"),
    ],
)
def test_hostile_texts(tmp_path: Path, given_text: str, shown: str) -> None:
    assert read(written(tmp_path, [line(customer=given_text)]))["Invoices"][1][1] == shown


def test_the_summary_says_what_it_is_of(tmp_path: Path) -> None:
    rows = read(written(tmp_path, [line(), line("INV-2", customer=None)]))["Summary"]
    facts = [row[:2] for row in rows[3:7]]
    assert facts == [
        ["Report", "R-1"],
        ["As of (UTC)", "2026-06-30 21:00:00"],
        ["Invoices", 2.0],
        ["Not known to our books", 1.0],
    ]
    headings = [heading.split("\n")[0] for heading in rows[HEADER_ROW - 1]]
    assert headings[:11] == ["Currency", "Invoices", *(english for _, english, _ in MEASURES)]


def test_properties_come_from_the_report(tmp_path: Path) -> None:
    with zipfile.ZipFile(written(tmp_path, [])) as parts:
        core = parts.read("docProps/core.xml").decode()
        assert {entry.date_time[0] for entry in parts.infolist()} == {1980}
    assert core.count("2026-06-30T21:00:00Z") == 2
    assert "Receivables report R-1" in core


def test_an_empty_report_has_its_sheets(tmp_path: Path) -> None:
    sheets = read(written(tmp_path, [], ()))
    assert [len(rows) for rows in sheets.values()] == [HEADER_ROW, 1, 1]


def test_more_lines_than_a_sheet_has_rows_go_on_in_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 4)
    sheets = read(written(tmp_path, [line(f"INV-{number}") for number in range(7)]))
    found = {name: [row[0] for row in rows[1:]] for name, rows in sheets.items() if name.startswith("Invoices")}
    assert found == {
        "Invoices": ["INV-0", "INV-1", "INV-2"],
        "Invoices 2": ["INV-3", "INV-4", "INV-5"],
        "Invoices 3": ["INV-6"],
    }


@pytest.mark.parametrize("lines", [[], [line(), line("INV-2")]])
def test_lines_that_were_not_summed_leave_no_file(tmp_path: Path, lines: list[ReportLine]) -> None:
    with pytest.raises(ValueError, match=f"sums up 1 lines; {len(lines)} were given"):
        write_workbook(tmp_path / "report.xlsx", summary_of([line()]), lines)
    assert not list(tmp_path.iterdir())


def test_a_source_that_breaks_off_leaves_no_file(tmp_path: Path) -> None:
    def breaking() -> Iterable[ReportLine]:
        yield line()
        raise ConnectionError("gone")

    with pytest.raises(ConnectionError):
        write_workbook(tmp_path / "report.xlsx", summary_of([line()]), breaking())
    assert not list(tmp_path.iterdir())
