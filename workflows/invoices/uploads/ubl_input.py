"""Reads an uploaded UBL 2.1 invoice: the invoice, or everything that is wrong with it, in one pass.

One document is one invoice, the same model as a block of rows of a CSV file and held to the same rules. The dialects of
the Saudi e-invoice (ZATCA) and of EN 16931 are taken: what they carry beyond our model is passed over, unless it would
change the amount owed (``ubl_sums``). Signatures are not verified. Credit notes and corrections are other documents and
are refused here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from decimal import Decimal

from workflows.invoices.model import Customer, Invoice, InvoiceLine
from workflows.invoices.uploads import ubl_dates
from workflows.invoices.uploads.ubl_document import DocumentRefused, Element, read_document
from workflows.invoices.uploads.ubl_sums import check_document, check_line, percent
from workflows.invoices.uploads.ubl_values import Findings
from workflows.invoices.uploads.upload import LARGEST_FILE_BYTES, MOST_LINES_PER_INVOICE, Problem, ReadInvoice, Upload
from workflows.kit import fields

_INVOICE_KINDS = ("380", "388")
"""UNTDID 1001: commercial invoice, tax invoice. 381 and 383 are credit and debit notes."""

_VERSIONS = ("2.0", "2.1")
_BUYER = "cac:AccountingCustomerParty/cac:Party"


def read_ubl_invoice(content: bytes, *, file: str) -> Upload:
    """Read a whole document.

    :param content: XML in UTF-8, at most :data:`~workflows.invoices.uploads.upload.LARGEST_FILE_BYTES`.
    :param file: the name to put into the problems.
    """
    if len(content) > LARGEST_FILE_BYTES:
        message = f"the document has {len(content)} bytes; at most {LARGEST_FILE_BYTES} are taken"
        return Upload((), (Problem(file, 1, "", message),))
    try:
        root = read_document(content)
    except DocumentRefused as refused:
        return Upload((), (Problem(file, refused.row, "", refused.message),))
    stated_ids = root.named("cbc:ID")
    findings = Findings(file, stated_ids[0].text[:64] if stated_ids else "")
    invoice = _invoice(root, findings)
    if invoice is None or findings.problems:
        return Upload((), findings.problems)
    return Upload((ReadInvoice(root.row, invoice),), ())


def _invoice(root: Element, findings: Findings) -> Invoice | None:
    findings.read(root, "cbc:UBLVersionID", _one_of(_VERSIONS), required=False)
    findings.read(root, "cbc:InvoiceTypeCode", _one_of(_INVOICE_KINDS), required=False)
    invoice_id = findings.read(root, "cbc:ID", fields.identifier)
    customer = _customer(root, findings)
    issued, due = ubl_dates.issued_at(root, findings), ubl_dates.due_at(root, findings)
    currency = _currency(root, findings)
    lines = _lines(root, currency, findings)
    if invoice_id is None or customer is None or issued is None or due is None or currency is None or lines is None:
        return None
    invoice = Invoice(invoice_id, customer, currency, issued, due, lines)
    check_document(root, invoice, findings)
    return invoice


def _one_of(known: tuple[str, ...]) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in known:
            raise ValueError(f"is {text[:20]!r}; taken are {' and '.join(known)}")
        return text

    return read


def _currency(root: Element, findings: Findings) -> str | None:
    if findings.find(root, "cbc:DocumentCurrencyCode", required=False) is None:
        return None if root.named("cbc:DocumentCurrencyCode") else fields.DEFAULT_CURRENCY
    return findings.read(root, "cbc:DocumentCurrencyCode", fields.currency)


def _customer(root: Element, findings: Findings) -> Customer | None:
    # The registered name is the buyer's (BT-44 of EN 16931); the other is what the buyer trades as.
    registered = f"{_BUYER}/cac:PartyLegalEntity/cbc:RegistrationName"
    known_as = f"{_BUYER}/cac:PartyName/cbc:Name"
    path = registered if findings.find(root, registered, required=False) else known_as
    name = findings.read(root, path, fields.text)
    email = findings.read(root, f"{_BUYER}/cac:Contact/cbc:ElectronicMail", fields.email)
    # Any text is taken here: a wrong tax number is a business matter, answered by the status "invalid".
    tax_number = findings.read(root, f"{_BUYER}/cac:PartyTaxScheme/cbc:CompanyID", fields.text)
    if name is None or email is None or tax_number is None:
        return None
    return Customer(name, email, tax_number)


def _lines(root: Element, currency: str | None, findings: Findings) -> tuple[InvoiceLine, ...] | None:
    elements = root.named("cac:InvoiceLine")
    if not elements:
        findings.refuse(root, "is missing", below="cac:InvoiceLine")
        return None
    if len(elements) > MOST_LINES_PER_INVOICE:
        message = f"the invoice has {len(elements)} lines; at most {MOST_LINES_PER_INVOICE} are taken"
        findings.refuse(elements[MOST_LINES_PER_INVOICE], message)
        return None
    _check_ids(elements, findings)
    lines = [_line(element, currency, findings) for element in elements]
    whole = tuple(line for line in lines if line is not None)
    return whole if len(whole) == len(lines) else None


def _check_ids(elements: list[Element], findings: Findings) -> None:
    ids = [findings.read(element, "cbc:ID", fields.text) for element in elements]
    times = Counter(ids)
    for element, line_id in zip(elements, ids, strict=True):
        if line_id is not None and times[line_id] > 1:
            findings.refuse(element, f"{line_id[:20]!r} is the id of {times[line_id]} lines", below="cbc:ID")


def _line(element: Element, currency: str | None, findings: Findings) -> InvoiceLine | None:
    description = findings.read(element, "cac:Item/cbc:Name", fields.text)
    quantity = findings.read(element, "cbc:InvoicedQuantity", fields.number_up_to(fields.LARGEST_FACTOR))
    unit_price = findings.figure(element, "cac:Price/cbc:PriceAmount", currency)
    tax_rate = findings.read(element, "cac:Item/cac:ClassifiedTaxCategory/cbc:Percent", percent)
    findings.read(element, "cac:Price/cbc:BaseQuantity", _one, required=False)
    if description is None or quantity is None or unit_price is None or tax_rate is None or currency is None:
        findings.figure(element, "cbc:LineExtensionAmount", currency)
        return None
    line = InvoiceLine(description, quantity, unit_price, tax_rate, currency)
    check_line(element, line, findings)
    return line


def _one(text: str) -> None:
    if fields.number_up_to(fields.LARGEST_FACTOR)(text) != Decimal(1):
        raise ValueError(f"is {text}; a price is taken for one unit only")
