"""Sheets of a workbook, written row by row: what may stand in a cell, and how it looks. Knows nothing of reports.

In ``constant_memory`` each row goes to a temporary file when the next one begins, and each text stands where it is
used: a sheet takes the memory of one row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workflows.kit.documents.cells import TEXT_MARK, defused
from workflows.kit.documents.text import given, unsteered
from workflows.kit.money import MINOR_DIGITS, Money
from workflows.reports.contents.columns import Cell, Column

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

LONGEST_TEXT = 32_767
"""UTF-16 units in a cell (Excel's limit)."""

_ACCENT, _PALE = "#0B5D4E", "#F1F6F4"
_FONT = {"font_name": "Arial", "font_size": 10}
_FROM_RIGHT = {"reading_order": 2, "align": "right"}
_TITLE = {"font_size": 16, "bold": True, "font_color": _ACCENT}
_LOOKS: Mapping[str, Mapping[str, Any]] = {
    "text": {},
    "text from right": _FROM_RIGHT,
    "title": _TITLE,
    "title from right": _TITLE | _FROM_RIGHT,
    "header": {"bold": True, "font_color": _ACCENT, "bg_color": _PALE, "bottom": 1, "text_wrap": True, "valign": "top"},
    "count": {"num_format": "#,##0"},
    **{
        code: {"num_format": "#,##0" + "." * bool(digits) + "0" * digits} for code, digits in MINOR_DIGITS.items()
    },
}  # fmt: skip
_TWO_LINES_POINTS = 28
_RICH = "<r>"
# In constant memory xlsxwriter takes a text that begins with it for XML of its own.


class Book:
    """A new workbook; leaving its context writes it.

    :param file: where to; into a buffer it is written in memory as a whole, with no file beside it.
    :param created: stands in the properties of the file as the instant at which it was made.
    """

    def __init__(self, file: Path | BytesIO, title: str, author: str, created: datetime) -> None:
        # Large, and of no use to who just looks at the application.
        import xlsxwriter

        if isinstance(file, BytesIO):
            self._workbook = xlsxwriter.Workbook(file, {"in_memory": True})
        else:
            self._workbook = xlsxwriter.Workbook(str(file), {"constant_memory": True, "tmpdir": str(file.parent)})
        self._workbook.use_zip64()
        at = created.astimezone(UTC).replace(tzinfo=None)
        self._workbook.set_properties({"title": unsteered(title), "author": author, "created": at})
        self._formats = {name: self._workbook.add_format({**_FONT, **look}) for name, look in _LOOKS.items()}

    def __enter__(self) -> Book:
        return self

    def __exit__(self, *failed: object) -> None:
        self._workbook.close()

    def sheet(self, name: str, columns: Sequence[Column]) -> Sheet:
        """An empty sheet, its columns as wide as these."""
        sheet = self._workbook.add_worksheet(name)
        for number, column in enumerate(columns):
            sheet.set_column(number, number, column.width)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        return Sheet(sheet, self._formats)

    def table(self, name: str, columns: Sequence[Column]) -> Sheet:
        """A sheet that begins with a header, which stays in sight and stands on every printed page."""
        sheet = self.sheet(name, columns)
        sheet.header(columns)
        sheet.worksheet.freeze_panes(1, 1)
        sheet.worksheet.repeat_rows(0)
        return sheet


class Sheet:
    """Rows, one below the other; ``next_row`` are written."""

    def __init__(self, worksheet: Worksheet, formats: Mapping[str, Format]) -> None:
        self.worksheet = worksheet
        self.next_row = 0
        self._formats = formats

    def title(self, *words: str) -> None:
        """A row of large words."""
        self._row(words, "title")

    def header(self, columns: Sequence[Column]) -> None:
        """A row of headings, the Arabic below the English."""
        self.worksheet.set_row(self.next_row, _TWO_LINES_POINTS)
        for number, column in enumerate(columns):
            self.worksheet.write_string(
                self.next_row, number, f"{column.english}\n{column.arabic}", self._formats["header"]
            )
        self.next_row += 1

    def row(self, *cells: Cell) -> None:
        """Amounts and counts as numbers, all else as text; ``None`` leaves a cell empty."""
        self._row(cells, "text")

    def _row(self, cells: Sequence[Cell], look: str) -> None:
        for number, cell in enumerate(cells):
            if isinstance(cell, Money):
                self.worksheet.write_number(self.next_row, number, float(cell.amount), self._formats[cell.currency])
            elif isinstance(cell, int):
                self.worksheet.write_number(self.next_row, number, cell, self._formats["count"])
            elif cell:
                text, from_right = given(cell_text(cell))
                self.worksheet.write_string(
                    self.next_row, number, text, self._formats[f"{look} from right" if from_right else look]
                )
        self.next_row += 1


def cell_text(text: str) -> str:
    """One line that no program runs, cut where it is too long for Excel; a cut text ends in ``…``."""
    text = defused(unsteered(text))
    if text.startswith(_RICH):
        text = TEXT_MARK + text
    units = text.encode("utf-16-le")
    if len(units) <= 2 * LONGEST_TEXT:
        return text
    return units[: 2 * (LONGEST_TEXT - 1)].decode("utf-16-le", errors="ignore") + "…"
