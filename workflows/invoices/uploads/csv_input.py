"""Reads an uploaded CSV file of invoices: the good ones, and every problem of the others, in one pass.

One row per line of an invoice; the rows of one invoice are adjacent and repeat its header columns. An invoice with any
bad row is refused whole; the other invoices of the file are kept. An id that begins twice in one file is refused
altogether, because nobody can tell which of the two is meant. Whether an invoice may be *sent* is decided later
(``rules``); whether it is already known is decided by the books.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import groupby

from workflows.invoices.model import Customer, Invoice, InvoiceLine
from workflows.invoices.uploads.csv_cells import Row
from workflows.invoices.uploads.upload import LARGEST_FILE_BYTES, MOST_LINES_PER_INVOICE, Problem, ReadInvoice, Upload
from workflows.kit import fields
from workflows.kit.money import Money

INVOICE_COLUMNS = (
    *("invoice_id", "customer_name", "customer_email", "customer_tax_number"),
    *("currency", "issued_at", "due_at", "invoice_total"),
)
"""Columns that every row of an invoice repeats."""

LINE_COLUMNS = ("line", "description", "quantity", "unit_price", "tax_rate", "line_total")

COLUMNS = (*INVOICE_COLUMNS[:-1], *LINE_COLUMNS, "invoice_total")
"""The header, in the order of the documentation; a file may use any order."""

MOST_ROWS = 50_000


def read_invoices(content: bytes, *, file: str) -> Upload:
    """Read a whole file.

    :param content: UTF-8 text, with or without a byte order mark, at most :data:`LARGEST_FILE_BYTES`.
    :param file: the name to put into the problems.
    """
    problems: list[Problem] = []
    try:
        rows = list(_rows(_text(content), file, problems))
    except _Refused as refused:
        return Upload((), (*problems, Problem(file, refused.row, refused.field, refused.message)))
    if not rows and not problems:
        return Upload((), (Problem(file, 1, "", "there is no row below the header, so no invoice"),))
    blocks = [list(block) for _, block in groupby(rows, key=lambda row: row.invoice_id)]
    starts = Counter(block[0].invoice_id for block in blocks)
    invoices = []
    for block in blocks:
        if block[0].invoice_id and starts[block[0].invoice_id] > 1:
            block[0].refuse("invoice_id", "begins more than once in this file; the rows of an invoice are adjacent")
        invoice = _invoice(block)
        found = [problem for row in block for problem in row.problems]
        problems.extend(found)
        if invoice is not None and not found:
            invoices.append(ReadInvoice(block[0].number, invoice))
    return Upload(tuple(invoices), tuple(sorted(problems, key=lambda problem: problem.row)))


class _Refused(Exception):
    """The file cannot be read any further."""

    def __init__(self, row: int, field: str, message: str) -> None:
        super().__init__(message)
        self.row, self.field, self.message = row, field, message


def _text(content: bytes) -> str:
    if len(content) > LARGEST_FILE_BYTES:
        raise _Refused(1, "", f"the file has {len(content)} bytes; at most {LARGEST_FILE_BYTES} are taken")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _Refused(content.count(b"\n", 0, error.start) + 1, "", "the file is not UTF-8 text") from None


def _rows(text: str, file: str, problems: list[Problem]) -> Iterator[Row]:
    """Yield the rows below the header; a record that spans several lines counts as the line it begins on."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        if wrong := _header_problems(header, file):
            problems.extend(wrong)
            return
        begin, count = reader.line_num + 1, 0
        for record in reader:
            number, begin = begin, reader.line_num + 1
            if not any(cell.strip() for cell in record):
                continue
            count += 1
            if count > MOST_ROWS:
                raise _Refused(number, "", f"the file has more than {MOST_ROWS} rows; split it")
            # Missing cells read as empty, so that the row still belongs to its invoice and refuses it.
            padded = [cell.strip() for cell in record] + [""] * (len(header) - len(record))
            row = Row(file, number, dict(zip(header, padded, strict=False)))
            if len(record) != len(header):
                row.refuse("", f"has {len(record)} cells where the header has {len(header)}")
            yield row
    except csv.Error as error:
        raise _Refused(max(1, reader.line_num), "", f"the file is not well-formed CSV here: {error}") from error


def _header_problems(header: Sequence[str], file: str) -> list[Problem]:
    times = Counter(header)
    return [
        *(Problem(file, 1, name, "the column is missing") for name in COLUMNS if name not in times),
        *(Problem(file, 1, name, "unknown column") for name in times if name not in COLUMNS),
        *(Problem(file, 1, name, "the column stands there twice") for name in times if times[name] > 1),
    ]


def _invoice(block: Sequence[Row]) -> Invoice | None:
    """Build one invoice from its rows; problems go to the rows."""
    first = block[0]
    for row in block[1:]:
        for column in INVOICE_COLUMNS:
            if row.cells[column] != first.cells[column]:
                row.refuse(column, f"differs from line {first.number}, where this invoice begins")
    if len(block) > MOST_LINES_PER_INVOICE:
        first.refuse("line", f"the invoice has {len(block)} lines; at most {MOST_LINES_PER_INVOICE} are taken")
    invoice_id = first.read("invoice_id", fields.identifier)
    name, email = first.read("customer_name", fields.text), first.read("customer_email", fields.email)
    # Any text is taken here: a wrong tax number is a business matter, answered by the status "invalid".
    tax_number = first.read("customer_tax_number", fields.text)
    issued_at, due_at = first.read("issued_at", fields.instant), first.read("due_at", fields.instant)
    currency = first.read("currency", fields.currency)
    if currency is None:
        first.read("invoice_total", fields.amount)
    lines = [_line(row, position, currency) for position, row in enumerate(block, start=1)]
    if invoice_id is None or name is None or email is None or tax_number is None:
        return None
    if issued_at is None or due_at is None or currency is None or None in lines:
        return None
    invoice = Invoice(
        invoice_id,
        Customer(name, email, tax_number),
        currency,
        issued_at,
        due_at,
        tuple(line for line in lines if line is not None),
    )
    _check_total(first, invoice)
    return invoice


def _line(row: Row, position: int, currency: str | None) -> InvoiceLine | None:
    """A line of an invoice; in a currency that nobody knows its amounts are only numbers."""
    if row.cells["line"] != str(position):
        row.refuse("line", f"is {row.cells['line'][:20]!r}; the lines of an invoice are numbered 1, 2, 3: {position}")
    description = row.read("description", fields.text)
    quantity = row.read("quantity", fields.number_up_to(fields.LARGEST_FACTOR))
    unit_price = row.read("unit_price", fields.number_up_to(fields.LARGEST_FACTOR))
    tax_rate = row.read("tax_rate", fields.number_up_to(Decimal(1)))
    if currency is None:
        row.read("line_total", fields.amount)
        return None
    stated = row.read("line_total", fields.money_in(currency))
    if description is None or quantity is None or unit_price is None or tax_rate is None or stated is None:
        return None
    line = InvoiceLine(description, quantity, unit_price, tax_rate, currency)
    try:
        net, tax, total = line.net, line.tax, line.total
    except ValueError as error:
        row.refuse("line_total", str(error))
        return None
    if stated != total:
        row.refuse("line_total", f"is {stated.amount}; {net.amount} net + {tax.amount} tax = {total.amount}")
    return line


def _check_total(first: Row, invoice: Invoice) -> None:
    stated = first.read("invoice_total", fields.money_in(invoice.currency))
    try:
        expected = invoice.total
    except ValueError as error:
        first.refuse("invoice_total", str(error))
        return
    if stated is not None and stated != expected:
        first.refuse("invoice_total", f"is {stated.amount}; the lines add up to {expected.amount}")
    elif expected == Money.zero(invoice.currency):
        first.refuse("invoice_total", "is zero: there is nothing to bill")
