"""A PDF or a workbook that says anything else than the books, by one cell, is found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal

import pytest

from harness.verdict import Verdict
from scenarios.invoices.checks.content.testing_pdf import pdf_of
from scenarios.reports.checks.contents import ContentsCheck
from scenarios.reports.checks.testing_reports import (
    FIRST,
    REPORTS,
    SECOND,
    good_record,
    pages_of,
    with_file,
    workbook_of,
)
from scenarios.reports.oracle.pages import HEADERS
from scenarios.reports.oracle.sheets import Cell, sheets_of

Sheets = dict[str, list[list[Cell]]]


def sheets() -> Sheets:
    return {name: [list(row) for row in rows] for name, rows in sheets_of(FIRST, REPORTS[FIRST]).items()}


def lines() -> list[str]:
    return list(pages_of(FIRST, REPORTS[FIRST])[0])


def test_what_says_what_the_books_say_is_valid() -> None:
    result = ContentsCheck()(good_record())
    assert (result.verdict, result.counts) == (Verdict.VALID, {"pdf files": 2, "workbook files": 2})


def test_without_any_file_nothing_is_known() -> None:
    record = good_record()
    assert ContentsCheck()(replace(record, shown={})).verdict is Verdict.UNKNOWN


def _halala(book: Sheets) -> None:
    row = book["Invoices"][3]
    assert isinstance(row[8], Decimal)
    row[8] += Decimal("0.01")


def _as_text(book: Sheets) -> None:
    book["Accounts"][1][2] = str(book["Accounts"][1][2])


def _line_lost(book: Sheets) -> None:
    book["Invoices"].pop(4)


def _line_twice(book: Sheets) -> None:
    book["Invoices"].append(book["Invoices"][-1])


def _order(book: Sheets) -> None:
    book["Invoices"][1:3] = book["Invoices"][2:0:-1]


def _beside(book: Sheets) -> None:
    book["Summary"][0].append("draft")


def _sheet_lost(book: Sheets) -> None:
    del book["Accounts"]


@pytest.mark.parametrize(
    ("broken", "where"),
    [
        (_halala, "Invoices, row 4, column 9"),
        (_as_text, "Accounts, row 2, column 3"),
        (_line_lost, "Invoices, row 5"),
        (_line_twice, "Invoices, row"),
        (_order, "Invoices, row 2, column 1"),
        (_beside, "Summary, row 1, column 3"),
        (_sheet_lost, "has the sheets Summary, Invoices; it must have"),
    ],
)
def test_a_cell_that_is_another_is_found(broken: Callable[[Sheets], None], where: str) -> None:
    book = sheets()
    broken(book)
    assert where in finding("workbook", workbook_of(book))


def finding(name: str, content: bytes) -> str:
    result = ContentsCheck()(with_file(name, content))
    assert result.verdict is Verdict.INVALID
    (found,) = result.findings
    assert found.subject == FIRST
    return found.message


@pytest.mark.parametrize("name", ["pdf", "workbook"])
def test_the_files_of_another_report_and_what_is_no_file_are_found(name: str) -> None:
    other = {
        "pdf": pdf_of(*pages_of(SECOND, REPORTS[SECOND])),
        "workbook": workbook_of(sheets_of(SECOND, REPORTS[SECOND])),
    }
    assert finding(name, other[name])
    assert "cannot be read" in finding(name, b"nothing of the kind")


def _figure(found: list[str]) -> Sequence[Sequence[str]]:
    place = next(number for number, line in enumerate(found) if "." in line and line[-1].isdigit())
    found[place] = found[place][:-1] + str((int(found[place][-1]) + 1) % 10)
    return [found]


def _arabic(found: list[str]) -> Sequence[Sequence[str]]:
    return [[line.replace("الذمم", "الذمة") for line in found]]


def _lost(found: list[str]) -> Sequence[Sequence[str]]:
    return [found[:40] + found[41:]]


def _more(found: list[str]) -> Sequence[Sequence[str]]:
    return [[*found[:-3], "draft", *found[-3:]]]


def _no_foot(found: list[str]) -> Sequence[Sequence[str]]:
    return [found[:-1]]


@pytest.mark.parametrize("broken", [_figure, _arabic, _lost, _more, _no_foot])
def test_a_word_of_the_pdf_that_is_another_is_found(broken: Callable[[list[str]], Sequence[Sequence[str]]]) -> None:
    assert "the pdf" in finding("pdf", pdf_of(*broken(lines())))


@pytest.mark.parametrize("again", [True, False])
def test_a_table_may_go_on_to_another_page_under_its_header(again: bool) -> None:
    body, foot = lines()[:-3], lines()[-3:]
    first = [*body[:-14], foot[0], foot[1].replace("of 1", "of 2"), foot[2].replace("من 1", "من 2")]
    second = [*([HEADERS[1]] if again else []), *body[-14:], foot[0], "Page 2 of 2", "صفحة 2 من 2"]
    assert ContentsCheck()(with_file("pdf", pdf_of(first, second))).verdict is Verdict.VALID
