"""A UBL invoice for tests, to be changed in one place, and what is said of it then."""

from __future__ import annotations

from workflows.invoices.model import Invoice
from workflows.invoices.uploads.ubl_input import read_ubl_invoice

NAMESPACES = (
    'xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" '
    'xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" '
    'xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"'
)

LINE = """\
  <cac:InvoiceLine>
    <cbc:ID>1</cbc:ID>
    <cbc:InvoicedQuantity unitCode="EA">2</cbc:InvoicedQuantity>
    <cbc:LineExtensionAmount currencyID="SAR">100.00</cbc:LineExtensionAmount>
    <cac:TaxTotal>
      <cbc:TaxAmount currencyID="SAR">15.00</cbc:TaxAmount>
      <cbc:RoundingAmount currencyID="SAR">115.00</cbc:RoundingAmount>
    </cac:TaxTotal>
    <cac:Item>
      <cbc:Name>Consulting</cbc:Name>
      <cac:ClassifiedTaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>15.00</cbc:Percent></cac:ClassifiedTaxCategory>
    </cac:Item>
    <cac:Price><cbc:PriceAmount currencyID="SAR">50</cbc:PriceAmount></cac:Price>
  </cac:InvoiceLine>
"""

DOCUMENT = f"""\
<?xml version="1.0" encoding="UTF-8"?>
<Invoice {NAMESPACES}>
  <cbc:UBLVersionID>2.1</cbc:UBLVersionID>
  <cbc:ID>INV-1</cbc:ID>
  <cbc:IssueDate>2026-11-02</cbc:IssueDate>
  <cbc:IssueTime>09:00:00</cbc:IssueTime>
  <cbc:DueDate>2026-12-01</cbc:DueDate>
  <cbc:InvoiceTypeCode name="0100000">388</cbc:InvoiceTypeCode>
  <cbc:DocumentCurrencyCode>SAR</cbc:DocumentCurrencyCode>
  <cbc:TaxCurrencyCode>SAR</cbc:TaxCurrencyCode>
  <cac:AccountingCustomerParty><cac:Party>
    <cac:PartyTaxScheme>
      <cbc:CompanyID>300000000000003</cbc:CompanyID>
    </cac:PartyTaxScheme>
    <cac:PartyLegalEntity><cbc:RegistrationName>Nour Trading</cbc:RegistrationName></cac:PartyLegalEntity>
    <cac:Contact><cbc:ElectronicMail>billing@nour.example</cbc:ElectronicMail></cac:Contact>
  </cac:Party></cac:AccountingCustomerParty>
  <cac:TaxTotal>
    <cbc:TaxAmount currencyID="SAR">15.00</cbc:TaxAmount>
    <cac:TaxSubtotal>
      <cbc:TaxableAmount currencyID="SAR">100.00</cbc:TaxableAmount>
      <cbc:TaxAmount currencyID="SAR">15.00</cbc:TaxAmount>
      <cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>15</cbc:Percent></cac:TaxCategory>
    </cac:TaxSubtotal>
  </cac:TaxTotal>
  <cac:TaxTotal><cbc:TaxAmount currencyID="SAR">15.00</cbc:TaxAmount></cac:TaxTotal>
  <cac:LegalMonetaryTotal>
    <cbc:LineExtensionAmount currencyID="SAR">100.00</cbc:LineExtensionAmount>
    <cbc:TaxExclusiveAmount currencyID="SAR">100.00</cbc:TaxExclusiveAmount>
    <cbc:TaxInclusiveAmount currencyID="SAR">115.00</cbc:TaxInclusiveAmount>
    <cbc:PrepaidAmount currencyID="SAR">0.00</cbc:PrepaidAmount>
    <cbc:PayableAmount currencyID="SAR">115.00</cbc:PayableAmount>
  </cac:LegalMonetaryTotal>
{LINE}</Invoice>
"""

BUYER = "cac:AccountingCustomerParty/cac:Party"
TOTALS = "cac:LegalMonetaryTotal"
FIRST = "cac:InvoiceLine[1]"


def changed(*changes: tuple[str, str]) -> bytes:
    """The document with the first occurrence of each text replaced."""
    document = DOCUMENT
    for old, new in changes:
        assert old in document, old
        document = document.replace(old, new, 1)
    return document.encode()


def invoice(*changes: tuple[str, str]) -> Invoice:
    upload = read_ubl_invoice(changed(*changes), file="a.xml")
    assert upload.problems == ()
    [read] = upload.invoices
    return read.invoice


def refused(*changes: tuple[str, str]) -> set[tuple[int, str]]:
    upload = read_ubl_invoice(changed(*changes), file="a.xml")
    assert upload.invoices == ()
    assert {problem.invoice_id for problem in upload.problems} <= {"INV-1", "INV/1", ""}
    assert all(problem.message and problem.file == "a.xml" for problem in upload.problems)
    return {(problem.row, problem.field) for problem in upload.problems}


def row(text: str, nth: int = 1) -> int:
    """The line of the document on which this text stands for the nth time."""
    lines = [number for number, line in enumerate(DOCUMENT.splitlines(), 1) if text in line]
    return lines[nth - 1]
