"""What a PDF to a customer must say, piece by piece in the order of reading: the invoice, and what takes it back.

A piece is a text, or a figure that counts by its value (12 and 12.00 are one quantity). Texts are compared as
``printing`` says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from scenarios.invoices.oracle import wording
from scenarios.invoices.oracle.bills import Bill, BillLine

_PLAIN = re.compile(r"([0-9]{1,40}|[0-9]{1,3}(,[0-9]{3}){1,12})(\.[0-9]{1,40})?")
_SIGNIFICANT_DIGITS = 4


@dataclass(frozen=True)
class Figure:
    """A number that counts by its value."""

    value: Fraction

    def is_in(self, text: str) -> bool:
        """Whether a text says this number."""
        return bool(_PLAIN.fullmatch(text)) and Fraction(text.replace(",", "")) == self.value

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
        difference = abs(Fraction(number.replace(",", "")) - self.value)
        rounded = len(number.replace(".", "").lstrip("0")) >= _SIGNIFICANT_DIGITS and difference * 2 <= unit
        return not difference or rounded

    def __str__(self) -> str:
        return f"{float(self.value):g} %"


Piece = str | Figure | Percentage
Fact = tuple[str, ...]


@dataclass(frozen=True)
class Document:
    """One PDF. ``header`` stands over the table and again at the beginning of each page that the table goes on to."""

    title: str
    head: tuple[str, ...]
    header: tuple[str, ...]
    table: tuple[Piece, ...]

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """All of it, as it would stand on one long page without a foot."""
        return (*self.head, *self.header, *self.table)

    def foot(self, page: int, pages: int) -> tuple[str, ...]:
        """What stands last on a page.

        :param page: its number, from 1.
        """
        return (self.title, *(words.format(page=page, pages=pages) for words in wording.FOOT))


def invoice_document(bill: Bill) -> Document:
    """The invoice."""
    title = wording.INVOICE_SUBJECT.format(invoice_id=bill.invoice_id)
    said = {"issued": wording.instant(bill.issued_at), "due": wording.instant(bill.due_at)}
    return _document(bill, title, wording.INVOICE_NAME, wording.INVOICE_FACTS, said)


def credit_note_document(bill: Bill, reason: str, issued_at: datetime) -> Document:
    """What takes the whole invoice back."""
    title = wording.CREDIT_NOTE_SUBJECT.format(invoice_id=bill.invoice_id)
    said = {"issued": wording.instant(issued_at), "reason": reason}
    return _document(bill, title, wording.CREDIT_NOTE_NAME, wording.CREDIT_NOTE_FACTS, said)


def _document(bill: Bill, title: str, name: Fact, facts: tuple[Fact, ...], said: Mapping[str, str]) -> Document:
    said = {**said, "invoice_id": bill.invoice_id, "currency": bill.currency}
    sums = {"net": wording.figure(bill.net), "tax": wording.figure(bill.tax), "total": wording.figure(bill.total)}
    seller = {"name": wording.SELLER, "email": wording.SELLER_EMAIL, "vat_number": wording.SELLER_VAT_NUMBER}
    customer = {"name": bill.customer_name, "email": bill.customer_email, "vat_number": bill.tax_number}
    return Document(
        title=title,
        head=(
            *(wording.SELLER, wording.SELLER_ADDRESS, wording.SELLER_ARABIC, wording.SELLER_ADDRESS_ARABIC),
            *(*name, *_filled(facts, said)),
            *(*wording.SELLER_PARTY, *_filled(wording.PARTY_FACTS, seller)),
            *(*wording.CUSTOMER_PARTY, *_filled(wording.PARTY_FACTS, customer)),
        ),
        header=tuple(label for column in wording.TABLE_HEADER for label in column),
        table=(*(cell for line in bill.lines for cell in _cells(line)), *_filled(wording.SUMS, {**said, **sums})),
    )


def _filled(facts: tuple[Fact, ...], said: Mapping[str, str]) -> Iterator[str]:
    return (words.format_map(said) for fact in facts for words in fact)


def _cells(line: BillLine) -> Iterator[Piece]:
    yield line.description
    yield Figure(line.quantity)
    yield Figure(line.unit_price)
    yield wording.figure(line.net)
    yield Percentage(line.tax_rate * 100)
    yield wording.figure(line.tax)
    yield wording.figure(line.total)
