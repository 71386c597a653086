"""What becomes of an uploaded UBL 2.1 invoice: refused, invalid or good, and what it is worth.

Goes another way than the application on purpose: the document is flattened into a list of values by path, and amounts
are whole minor units. It speaks of invoices as a workload sends them. Not covered: documents that are hostile or not in
UBL's namespaces (``ValueError`` is the answer at best), and parts of UBL that the workload never writes. What changes
what is owed and has no place in an invoice of ours (discounts, charges, prepayments, withheld tax) must be refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from fractions import Fraction

from scenarios.invoices.oracle.arithmetic import DECIMALS, DEFAULT_CURRENCY, from_minor, minor_units, plain_number
from scenarios.invoices.oracle.invoices import Fate, JudgedInvoice, Problem
from scenarios.invoices.oracle.ubl_reading import Values, read_ubl

RIYADH = timezone(timedelta(hours=3))
"""Where a date without a zone is one."""

_BUYER = "cac:AccountingCustomerParty/cac:Party"
_NAME = f"{_BUYER}/cac:PartyLegalEntity/cbc:RegistrationName"
_EMAIL = f"{_BUYER}/cac:Contact/cbc:ElectronicMail"
_TAX_NUMBER = f"{_BUYER}/cac:PartyTaxScheme/cbc:CompanyID"
_PAYABLE = "cac:LegalMonetaryTotal/cbc:PayableAmount"
_LINE_VALUES = {
    "quantity": "cbc:InvoicedQuantity",
    "price": "cac:Price/cbc:PriceAmount",
    "percent": "cac:Item/cac:ClassifiedTaxCategory/cbc:Percent",
    "net": "cbc:LineExtensionAmount",
}


def judge_ubl(document: bytes) -> JudgedInvoice:
    """What becomes of the invoice. ``rows`` are the lines of the document where its lines begin.

    :raises ValueError: it is not an invoice document at all.
    """
    values, rows = read_ubl(document)
    invoice_id = _text(values, "cbc:ID")
    problems = set(_unreadable(values, len(rows)))
    if not problems:
        problems |= set(_wrong_sums(values, len(rows)))
    if problems:
        return JudgedInvoice(invoice_id, Fate.REFUSED, rows, tuple(sorted(problems)))
    currency = _currency(values)
    net, tax = _totals(values, len(rows))
    return JudgedInvoice(
        invoice_id,
        Fate.GOOD if _may_be_sent(values) else Fate.INVALID,
        rows,
        currency=currency,
        net=from_minor(net, currency),
        tax=from_minor(tax, currency),
        total=from_minor(net + tax, currency),
    )


def _text(values: Values, path: str) -> str:
    return values[path][0].text if path in values else ""


def _currency(values: Values) -> str:
    return _text(values, "cbc:DocumentCurrencyCode") or DEFAULT_CURRENCY


def _unreadable(values: Values, count: int) -> Iterator[Problem]:
    """Values that are missing or cannot be read."""
    readable = {
        "cbc:ID": re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", _text(values, "cbc:ID")),
        "cbc:IssueDate": issued(values),
        "cbc:DueDate": due(values),
        "cbc:DocumentCurrencyCode": _currency(values) in DECIMALS,
        _NAME: _text(values, _NAME),
        _EMAIL: re.fullmatch(r"[^@\s]+@[^@\s]+", _text(values, _EMAIL)),
        _TAX_NUMBER: _text(values, _TAX_NUMBER),
        _PAYABLE: _number(values, _PAYABLE) is not None,
    }
    for line in range(1, count + 1):
        name = f"cac:InvoiceLine[{line}]/cac:Item/cbc:Name"
        readable[name] = _text(values, name)
        readable |= {path: _number(values, path) is not None for path in _line_paths(line).values()}
    yield from (_problem(values, path) for path, good in readable.items() if not good)
    if not count:
        yield Problem(0, "cac:InvoiceLine")


def _wrong_sums(values: Values, count: int) -> Iterator[Problem]:
    """Amounts that are not what the lines come to. An invoice over nothing is wrong, too."""
    unit = Fraction(1, 10 ** DECIMALS[_currency(values)])
    net, tax = _totals(values, count)
    expected = {
        "cac:TaxTotal/cbc:TaxAmount": tax,
        "cac:LegalMonetaryTotal/cbc:LineExtensionAmount": net,
        "cac:LegalMonetaryTotal/cbc:TaxExclusiveAmount": net,
        "cac:LegalMonetaryTotal/cbc:TaxInclusiveAmount": net + tax,
        _PAYABLE: net + tax,
    }
    for line in range(1, count + 1):
        line_net, line_tax = _line_units(values, line)
        expected[_line_paths(line)["net"]] = line_net
        expected[f"cac:InvoiceLine[{line}]/cac:TaxTotal/cbc:TaxAmount"] = line_tax
        expected[f"cac:InvoiceLine[{line}]/cac:TaxTotal/cbc:RoundingAmount"] = line_net + line_tax
    yield from _not_billed(values)
    for path, units in expected.items():
        # A document states its tax once more for the tax authority, in whichever currency that wants.
        for value in values.get(path, ())[:1]:
            if plain_number(value.text) != units * unit:
                yield Problem(value.row, path)
    if not net + tax:
        yield _problem(values, _PAYABLE)


_AMOUNTS_NOT_BILLED = re.compile(
    r"(cac:InvoiceLine\[\d+\]/)?cac:AllowanceCharge/cbc:Amount"
    r"|cac:LegalMonetaryTotal/cbc:(AllowanceTotal|ChargeTotal|Prepaid|PayableRounding)Amount"
)
_NOT_BILLED = re.compile(r"(cac:InvoiceLine\[\d+\]/)?cac:(WithholdingTaxTotal|PrepaidPayment)")


def _not_billed(values: Values) -> Iterator[Problem]:
    """What the sender counted and we have no place for: an amount that is not zero, or that it is there at all."""
    for path, told in values.items():
        amounts = _AMOUNTS_NOT_BILLED.fullmatch(path) is not None
        for value in told:
            if _NOT_BILLED.fullmatch(path) or (amounts and plain_number(value.text) != 0):
                yield Problem(value.row, path)


def _line_paths(line: int) -> dict[str, str]:
    return {name: f"cac:InvoiceLine[{line}]/{path}" for name, path in _LINE_VALUES.items()}


def _line_units(values: Values, line: int) -> tuple[int, int]:
    """Net and tax of a line, each rounded on its own, in minor units."""
    paths, currency = _line_paths(line), _currency(values)
    quantity, price, percent = (Fraction(_text(values, paths[name])) for name in ("quantity", "price", "percent"))
    net = minor_units(quantity * price, currency)
    return net, minor_units(Fraction(net, 10 ** DECIMALS[currency]) * percent / 100, currency)


def _totals(values: Values, count: int) -> tuple[int, int]:
    lines = [_line_units(values, line) for line in range(1, count + 1)]
    return sum(net for net, _ in lines), sum(tax for _, tax in lines)


def _number(values: Values, path: str) -> Fraction | None:
    return plain_number(_text(values, path))


def _problem(values: Values, path: str) -> Problem:
    return Problem(values[path][0].row if path in values else 0, path)


def _may_be_sent(values: Values) -> bool:
    issued_at, due_at = issued(values), due(values)
    tax_number = re.fullmatch(r"3[0-9]{13}3", _text(values, _TAX_NUMBER))
    return tax_number is not None and issued_at is not None and due_at is not None and due_at > issued_at


def issued(values: Values) -> datetime | None:
    """When the invoice is issued, ``None`` when that cannot be read."""
    day, time = _text(values, "cbc:IssueDate"), _text(values, "cbc:IssueTime") or "00:00:00"
    zone = day[10:]
    try:
        instant = datetime.fromisoformat(f"{day[:10]}T{time}")
        return instant if instant.tzinfo else instant.replace(tzinfo=_zone(zone))
    except ValueError:
        return None


def due(values: Values) -> datetime | None:
    """When the day on which the invoice is due has ended, ``None`` when that cannot be read."""
    day = _text(values, "cbc:DueDate")
    try:
        midnight = datetime.combine(date.fromisoformat(day[:10]), datetime.min.time(), _zone(day[10:]))
        return midnight + timedelta(days=1)
    except (ValueError, OverflowError):
        return None


def _zone(text: str) -> timezone:
    if not text:
        return RIYADH
    offset = datetime.strptime(text, "%z").utcoffset()
    return timezone(offset or timedelta(0))
