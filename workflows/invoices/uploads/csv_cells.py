"""One row of a CSV file: its cells, and a place for what is wrong with them. Used by ``csv_input`` only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from workflows.invoices.uploads.upload import Problem

Value = TypeVar("Value")


@dataclass(frozen=True)
class Row:
    """One row, its cells stripped of surrounding blanks, and a place to put its problems."""

    file: str
    number: int
    cells: Mapping[str, str]
    problems: list[Problem] = field(default_factory=list, compare=False)

    @property
    def invoice_id(self) -> str:
        """The raw id, whether it is acceptable or not."""
        return self.cells["invoice_id"]

    def refuse(self, column: str, message: str) -> None:
        """Note a problem with this column."""
        self.problems.append(Problem(self.file, self.number, column, message, self.invoice_id[:64]))

    def read(self, column: str, reader: Callable[[str], Value]) -> Value | None:
        """Read a cell; ``None`` after noting the reader's ``ValueError``, so that one pass finds all problems."""
        try:
            return reader(self.cells[column])
        except ValueError as error:
            self.refuse(column, str(error))
            return None
