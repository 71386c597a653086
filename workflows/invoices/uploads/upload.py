"""What came of reading an uploaded file, whatever its format: the good invoices, and what is wrong with the others."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.invoices.model import Invoice

LARGEST_FILE_BYTES = 8 * 1024 * 1024
MOST_LINES_PER_INVOICE = 500


@dataclass(frozen=True)
class Problem:
    """One thing wrong with an uploaded file.

    :param row: 1-based line of the file; in CSV the header is line 1, in XML it is the line the element begins on.
    :param field: the column, or the path of the element such as ``cac:InvoiceLine[2]/cbc:InvoicedQuantity``; empty when
        it concerns the whole row or file.
    :param message: what is wrong and what is expected.
    :param invoice_id: the invoice concerned, empty when it concerns the whole file.
    """

    file: str
    row: int
    field: str
    message: str
    invoice_id: str = ""


@dataclass(frozen=True)
class ReadInvoice:
    """A good invoice and the line of the file where it begins."""

    row: int
    invoice: Invoice


@dataclass(frozen=True)
class Upload:
    """What a file held: both may be non-empty. The problems are in the order of the file."""

    invoices: tuple[ReadInvoice, ...]
    problems: tuple[Problem, ...]
