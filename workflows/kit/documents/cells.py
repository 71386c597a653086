"""Cells of exports that stay text: what a spreadsheet would take for a formula is marked as text.

Excel, LibreOffice and others run a cell that begins with one of ``= + - @``, also of a CSV file, and with a tab or a
line break before it. A number is none of these, whatever its sign.
"""

from __future__ import annotations

import re

TEXT_MARK = "'"
"""Spreadsheets take a cell that begins with it as text and do not show it."""

_FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?", re.ASCII)


def defused(cell: str) -> str:
    """The cell, marked as text if a spreadsheet might run it; numbers and all other texts as they are."""
    return f"{TEXT_MARK}{cell}" if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell) else cell
