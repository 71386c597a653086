"""What a PDF to a customer must say, piece by piece in the order of reading: the invoice, and what takes it back.

A piece is a text, or a figure that counts by its value (12 and 12.00 are one quantity). The standard fonts of PDF have
no letters outside Latin-1 (exactly: Windows-1252), so such letters are replaced, each by one other sign: of a name in
Arabic a document shows only how long it is. ``printed`` says the same of a text, and texts are compared as printed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from scenarios.invoices.oracle import wording
from scenarios.invoices.oracle.bills import Bill, BillLine

REPLACED = "\N{BLACK SQUARE}"

_PLAIN = re.compile(r"[0-9]{1,40}(\.[0-9]{1,40})?")
_SIGNIFICANT_DIGITS = 4


@dataclass(frozen=True)
class Figure:
    """A number that counts by its value."""

    value: Fraction

    def is_in(self, text: str) -> bool:
        """Whether a text says this number."""
        return bool(_PLAIN.fullmatch(text)) and Fraction(text) == self.value

    def __str__(self) -> str:
        return f"{float(self.value):g}"


@dataclass(frozen=True)
class Percentage:
    """A rate in percent: written exactly, or rounded to four significant digits or more."""

    value: Fraction

    def is_in(self, text: str) -> bool:
        """Whether a text says this rate."""
        number = text.removesuffix("%").strip()
        if not text.endswith("%") or not _PLAIN.fullmatch(number):
            return False
        unit = Fraction(1, 10 ** len(number.partition(".")[2]))
        difference = abs(Fraction(number) - self.value)
        rounded = len(number.replace(".", "").lstrip("0")) >= _SIGNIFICANT_DIGITS and difference * 2 <= unit
        return not difference or rounded

    def __str__(self) -> str:
        return f"{float(self.value):g} %"


Piece = str | Figure | Percentage


@dataclass(frozen=True)
class Document:
    """One PDF. ``header`` stands over the table and again at the beginning of each page that the table goes on to."""

    head: tuple[str, ...]
    header: tuple[str, ...]
    table: tuple[Piece, ...]

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """All of it, as it would stand on one long page."""
        return (*self.head, *self.header, *self.table)


def invoice_document(bill: Bill) -> Document:
    """The invoice."""
    title = wording.INVOICE_SUBJECT.format(invoice_id=bill.invoice_id)
    period = wording.INVOICE_PERIOD.format(issued=wording.instant(bill.issued_at), due=wording.instant(bill.due_at))
    return _document(bill, title, period)


def credit_note_document(bill: Bill, reason: str, issued_at: datetime) -> Document:
    """What takes the whole invoice back."""
    title = wording.CREDIT_NOTE_SUBJECT.format(invoice_id=bill.invoice_id)
    issued = wording.instant(issued_at)
    return _document(bill, title, *(line.format(issued=issued, reason=reason) for line in wording.CREDIT_NOTE_LINES))


def _document(bill: Bill, title: str, *lines: str) -> Document:
    customer = (
        line.format(name=bill.customer_name, email=bill.customer_email, tax_number=bill.tax_number)
        for line in wording.CUSTOMER_LINES
    )
    sums = (wording.NET, f"{bill.net:f}", wording.TAX, f"{bill.tax:f}", wording.TOTAL, f"{bill.total:f}")
    return Document(
        head=(title, *customer, *lines),
        header=tuple(cell.format(currency=bill.currency) for cell in wording.TABLE_HEADER),
        table=(*(cell for line in bill.lines for cell in _cells(line)), *sums),
    )


def _cells(line: BillLine) -> Iterator[Piece]:
    yield line.description
    yield Figure(line.quantity)
    yield Figure(line.unit_price)
    yield Percentage(line.tax_rate * 100)
    yield f"{line.total:f}"


def printed(text: str) -> str:
    """A text as the standard fonts print it, without any blanks: where its lines break is not promised."""
    joined = "".join(text.split())
    return joined if joined.isascii() else "".join(letter if _has_sign(letter) else REPLACED for letter in joined)


def _has_sign(letter: str) -> bool:
    try:
        letter.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True
