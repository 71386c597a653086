"""Checks every amount that a UBL invoice states against the amounts its lines have by our rounding rule.

Each line's net and tax are rounded half-up to the minor unit; everything else is a sum of these. What would change the
amount owed and has no place in our model (discounts, charges, prepayments, withheld tax) is refused unless it is zero,
so that nothing is passed over that the sender counted. Amounts in a second tax currency are not ours to check.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from workflows.invoices.model import Invoice, InvoiceLine
from workflows.invoices.uploads.ubl_document import Element
from workflows.invoices.uploads.ubl_values import Findings
from workflows.kit import fields
from workflows.kit.money import Money

_TOTALS = "cac:LegalMonetaryTotal"
_ZERO_TOTALS = ("AllowanceTotalAmount", "ChargeTotalAmount", "PrepaidAmount", "PayableRoundingAmount")
_NOT_MODELLED = ("cac:WithholdingTaxTotal", "cac:PrepaidPayment")


def percent(text: str) -> Decimal:
    """A rate in percent as a fraction without trailing zeros: ``15.00`` is 0.15."""
    rate = fields.number_up_to(Decimal(100))(text).scaleb(-2)
    # "15.00" and "15" are the same rate; kept apart, one invoice sent in two forms would be two contents.
    return rate.normalize() if rate else Decimal(0)


def check_line(element: Element, line: InvoiceLine, findings: Findings) -> None:
    """Compare what one ``cac:InvoiceLine`` states with what the line comes to."""
    try:
        net, tax, total = line.net, line.tax, line.total
    except ValueError as error:
        findings.refuse(element, str(error), below="cbc:LineExtensionAmount")
        return
    findings.expect(element, "cbc:LineExtensionAmount", net, "quantity times price is")
    _nothing_else_is_counted(element, line.currency, findings)
    if findings.find(element, "cac:TaxTotal", required=False) is not None:
        findings.expect(element, "cac:TaxTotal/cbc:TaxAmount", tax, "the tax on the net amount is")
        findings.expect(
            element, "cac:TaxTotal/cbc:RoundingAmount", total, "net and tax of the line are", required=False
        )


def check_document(root: Element, invoice: Invoice, findings: Findings) -> None:
    """Compare the totals of the document with the sums of its lines."""
    try:
        net, tax, total = invoice.net, invoice.tax, invoice.total
    except ValueError as error:
        findings.refuse(root, str(error), below=f"{_TOTALS}/cbc:PayableAmount")
        return
    _nothing_else_is_counted(root, invoice.currency, findings)
    _check_taxes(root, invoice, tax, findings)
    for name in ("LineExtensionAmount", "TaxExclusiveAmount"):
        findings.expect(root, f"{_TOTALS}/cbc:{name}", net, "the lines' net amounts add up to", required=False)
    for name in _ZERO_TOTALS:
        findings.expect(root, f"{_TOTALS}/cbc:{name}", Money.zero(invoice.currency), "taken is only", required=False)
    for name in ("TaxInclusiveAmount", "PayableAmount"):
        findings.expect(root, f"{_TOTALS}/cbc:{name}", total, "the lines add up to")
    if total == Money.zero(invoice.currency):
        findings.refuse(root, "is zero: there is nothing to bill", below=f"{_TOTALS}/cbc:PayableAmount")


def _nothing_else_is_counted(parent: Element, currency: str, findings: Findings) -> None:
    for charge in parent.named("cac:AllowanceCharge"):
        findings.expect(charge, "cbc:Amount", Money.zero(currency), "discounts and charges are not taken, only")
    for name in _NOT_MODELLED:
        for element in parent.named(name):
            findings.refuse(element, "is not taken: it changes what is owed")


def _check_taxes(root: Element, invoice: Invoice, tax: Money, findings: Findings) -> None:
    """A document states its tax once, or once more in the currency of the tax authority."""
    tax_currency = findings.read(root, "cbc:TaxCurrencyCode", str, required=False)
    stated, groups = root.named("cac:TaxTotal"), _by_rate(invoice.lines)
    own = 0
    for element in stated:
        amount = findings.find(element, "cbc:TaxAmount")
        if amount is None:
            return
        if tax_currency not in (None, invoice.currency) and amount.attributes.get("currencyID") == tax_currency:
            continue
        own += 1
        if own > 2:
            findings.refuse(element, f"states the tax in {invoice.currency} a third time")
            return
        findings.expect(element, "cbc:TaxAmount", tax, "the lines' taxes add up to")
        _check_subtotals(element, invoice.currency, groups, findings)
    if not own:
        findings.refuse(root, f"is missing in {invoice.currency}", below="cac:TaxTotal")


@dataclass
class _Group:
    net: Money
    tax: Money


def _by_rate(lines: Sequence[InvoiceLine]) -> dict[Decimal, _Group]:
    groups: dict[Decimal, _Group] = {}
    for line in lines:
        zero = Money.zero(line.currency)
        group = groups.setdefault(line.tax_rate, _Group(zero, zero))
        group.net, group.tax = group.net + line.net, group.tax + line.tax
    return groups


def _check_subtotals(tax_total: Element, currency: str, groups: dict[Decimal, _Group], findings: Findings) -> None:
    """The subtotals of one rate may be split by category; together they are what the lines of that rate come to."""
    zero = Money.zero(currency)
    stated: dict[Decimal, list[tuple[Money, Money]]] = defaultdict(list)
    subtotals = tax_total.named("cac:TaxSubtotal")
    for element in subtotals:
        rate = findings.read(element, "cac:TaxCategory/cbc:Percent", percent)
        net = findings.amount(element, "cbc:TaxableAmount", currency)
        tax = findings.amount(element, "cbc:TaxAmount", currency)
        if rate is None or net is None or tax is None:
            return
        stated[rate].append((net, tax))
    for rate in stated.keys() | groups.keys() if subtotals else ():
        group = groups.get(rate, _Group(zero, zero))
        try:
            net = sum((each[0] for each in stated[rate]), zero)
            tax = sum((each[1] for each in stated[rate]), zero)
        except ValueError as error:
            findings.refuse(tax_total, str(error), below="cac:TaxSubtotal")
            continue
        if (net, tax) != (group.net, group.tax):
            findings.refuse(
                tax_total,
                f"of {(rate * 100).normalize():f} % add up to {net.amount} net and {tax.amount} tax; "
                f"the lines to {group.net.amount} and {group.tax.amount}",
                below="cac:TaxSubtotal",
            )
