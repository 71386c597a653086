"""Documents with discounts, charges and prepayments, which an invoice of ours has no place for: each must be refused.

A reader who passes over what he has no place for bills a customer more than the sender counted. In some of them the
sums are right and in others only the lines are counted, so that whoever forgets one of these checks has no other.
"""

from __future__ import annotations

from collections.abc import Mapping

from scenarios.invoices.samples.ubl import ubl_document
from scenarios.invoices.workload.adverse_invoices import DISCOUNTED

NET, TAX, TOTAL = "200.00", "30.00", "230.00"
"""Of its one line."""

LESS_NET, LESS_TAX, LESS_TOTAL = "190.00", "28.50", "218.50"
"""The same with a discount of 10.00."""

_TOTALS, _LINE, _PAYABLE = "  <cac:LegalMonetaryTotal>", "  <cac:InvoiceLine>", "<cbc:PayableAmount"


def with_what_is_not_billed(head: Mapping[str, str]) -> Mapping[str, str]:
    """The documents by what is told in them, of one invoice in Saudi riyals.

    :param head: the cells that say who is billed.
    """
    cells = {"line": "1", "quantity": "2", "unit_price": "100.00", "tax_rate": "0.15", "line_total": TOTAL}
    row = {**head, "invoice_id": DISCOUNTED, "currency": "SAR", **cells, "invoice_total": TOTAL}
    plain = ubl_document([row])
    return {
        "a discount that is counted": _with_discount(plain),
        "a discount that is not counted": _before(plain, _TOTALS, _allowance("false")),
        "a charge that is not counted": _before(plain, _TOTALS, _allowance("true")),
        "a line with a discount that is counted": _with_discount_on_the_line(plain),
        "a line with a discount that is not counted": _before(plain, "    <cac:Item>", _allowance("false")),
        "a sum of discounts": _before(plain, _PAYABLE, _amount("AllowanceTotalAmount", "10.00")),
        "a sum of charges": _before(plain, _PAYABLE, _amount("ChargeTotalAmount", "10.00")),
        "a prepayment that is counted": _before(
            plain.replace(f">{TOTAL}</cbc:PayableAmount>", ">200.00</cbc:PayableAmount>"), _PAYABLE, _prepaid()
        ),
        "a prepayment that is not counted": _before(plain, _PAYABLE, _prepaid()),
        "a tax that is withheld": _before(
            plain, _TOTALS, f"<cac:WithholdingTaxTotal>{_amount('TaxAmount', '10.00')}</cac:WithholdingTaxTotal>"
        ),
    }


def _with_discount(plain: str) -> str:
    head, line, lines = plain.partition(_LINE)
    told = _before(_less(head, f">{TOTAL}</cbc:TaxInclusiveAmount>"), _TOTALS, _allowance("false"))
    told = told.replace(f">{LESS_NET}</cbc:LineExtensionAmount>", f">{NET}</cbc:LineExtensionAmount>")
    return _before(told, _PAYABLE, _amount("AllowanceTotalAmount", "10.00")) + line + lines


def _with_discount_on_the_line(plain: str) -> str:
    return _before(_less(plain, f">{TOTAL}</cbc:RoundingAmount>"), "    <cac:Item>", _allowance("false"))


def _less(text: str, proof: str) -> str:
    """Every amount as it is with the discount."""
    assert proof in text, f"{proof} is not in the document, so its amounts are others than these"
    for more, less in ((NET, LESS_NET), (TAX, LESS_TAX), (TOTAL, LESS_TOTAL)):
        text = text.replace(f'currencyID="SAR">{more}<', f'currencyID="SAR">{less}<')
    return text


def _allowance(is_charge: str) -> str:
    told = f"<cbc:ChargeIndicator>{is_charge}</cbc:ChargeIndicator>{_amount('Amount', '10.00')}"
    return f"<cac:AllowanceCharge>{told}</cac:AllowanceCharge>"


def _prepaid() -> str:
    return _amount("PrepaidAmount", "30.00")


def _amount(name: str, amount: str) -> str:
    return f'<cbc:{name} currencyID="SAR">{amount}</cbc:{name}>'


def _before(text: str, place: str, piece: str) -> str:
    assert place in text, place
    return text.replace(place, f"{piece}{place}", 1)
