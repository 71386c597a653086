"""What stands in a workbook, cell by cell, read with python-calamine under bounds."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from python_calamine import CalamineWorkbook

LARGEST_BYTES = 20_000_000
LARGEST_PART_BYTES = 200_000_000
_FORMULA = re.compile(rb"<f[\s/>]")

Cell = str | Decimal | datetime | None
Sheets = Mapping[str, Sequence[Sequence[Cell]]]
"""Name of a sheet -> its rows, without empty cells and rows at their ends."""


class Unreadable(Exception):
    """It is no workbook of plain values."""


def read_sheets(content: bytes) -> Sheets:
    """All cells of a workbook; a number is the shortest decimal that makes the double that the file holds.

    :raises Unreadable: it is none.
    """
    if len(content) > LARGEST_BYTES:
        raise Unreadable(f"has {len(content)} bytes; at most {LARGEST_BYTES} are read")
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        formulas = _formulas(content)
        sheets = {
            name: workbook.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in workbook.sheet_names
        }
    except Exception as error:
        # Whatever a broken file makes the reader stumble over is a finding about the file.
        raise Unreadable(f"cannot be read as a workbook: {type(error).__name__}: {error}"[:300]) from error
    if formulas:
        raise Unreadable(f"has formulas in {', '.join(formulas)}: a spreadsheet would run them")
    return {name: trimmed([[_cell(value) for value in row] for row in rows]) for name, rows in sheets.items()}


def _formulas(content: bytes) -> list[str]:
    """The parts of the file in which a cell has a formula (ECMA-376, 18.3.1.40), whatever value is kept beside it."""
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        sheets = [part for part in parts.infolist() if part.filename.startswith("xl/worksheets/")]
        return [each.filename for each in sheets if _FORMULA.search(parts.open(each).read(LARGEST_PART_BYTES))]


def trimmed(rows: Sequence[Sequence[Cell]]) -> Sequence[Sequence[Cell]]:
    """The rows without what is empty at their ends."""
    found = [_without_end(row) for row in rows]
    while found and not found[-1]:
        found.pop()
    return found


def _without_end(row: Sequence[Cell]) -> Sequence[Cell]:
    cells = list(row)
    while cells and cells[-1] is None:
        cells.pop()
    return cells


def _cell(value: Any) -> Cell:
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int | float):
        return Decimal(repr(value))
    if isinstance(value, datetime):
        return value
    return str(value) or None
