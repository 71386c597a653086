from __future__ import annotations

import pytest

from workflows.invoices.uploads.csv_input import read_invoices
from workflows.invoices.uploads.test_csv_input import GOOD, text
from workflows.invoices.uploads.testing_ubl import (
    BUYER,
    DOCUMENT,
    FIRST,
    LINE,
    TOTALS,
    invoice,
    refused,
    row,
)
from workflows.invoices.uploads.ubl_input import read_ubl_invoice
from workflows.invoices.uploads.upload import LARGEST_FILE_BYTES
from workflows.kit.money import Money


def test_the_invoice_is_the_one_that_a_csv_file_says() -> None:
    csv_row = GOOD | {"due_at": "2026-12-02T00:00:00+03:00", "invoice_id": "INV-1"}
    [from_csv] = read_invoices(text(csv_row), file="a.csv").invoices
    assert invoice() == from_csv.invoice
    # What the books compare is the text of each number, so that must be the same, too.
    assert f"{invoice().lines[0].tax_rate:f}" == f"{from_csv.invoice.lines[0].tax_rate:f}" == "0.15"
    [read] = read_ubl_invoice(DOCUMENT.encode(), file="a.xml").invoices
    assert read.row == 2


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<cbc:UBLVersionID>2.1</cbc:UBLVersionID>", ""),
        ("<cbc:DocumentCurrencyCode>SAR</cbc:DocumentCurrencyCode>", ""),
        ('<cbc:InvoiceTypeCode name="0100000">388</cbc:InvoiceTypeCode>', ""),
        ("<?xml", "\ufeff<?xml"),
        ('<?xml version="1.0" encoding="UTF-8"?>\n', ""),
        ("<cbc:ID>INV-1", "<cbc:ID><!-- a comment -->INV<!-- splits nothing -->-1"),
        ("<cac:Price>", "<cac:Price><cbc:BaseQuantity>1.0</cbc:BaseQuantity>"),
        (LINE[LINE.index("    <cac:TaxTotal>") : LINE.index("    <cac:Item>")], ""),
        ("<cbc:ID>INV-1", "<cbc:ID><![CDATA[INV]]>&#45;1"),
        ('  <cac:TaxTotal><cbc:TaxAmount currencyID="SAR">15.00</cbc:TaxAmount></cac:TaxTotal>\n', ""),
        (">SAR</cbc:Tax", ">USD</cbc:Tax"),
        ("<cbc:IssueTime>09:00:00", "<cbc:IssueTime>06:00:00Z"),
        ("02</cbc:IssueDate>", "02+03:00</cbc:IssueDate>"),
    ],
)
def test_the_same_said_in_another_way_is_the_same_invoice(old: str, new: str) -> None:
    assert invoice((old, new)) == invoice()


def test_what_changes_nothing_owed_is_passed_over() -> None:
    extensions = (
        '<e:UBLExtensions xmlns:e="urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2">'
        '<e:UBLExtension><s:Signature xmlns:s="urn:foreign" s:kind="any">text<s:Inner/></s:Signature></e:UBLExtension>'
        "</e:UBLExtensions>"
    )
    notes = "<cbc:Note>first</cbc:Note><cbc:Note>second</cbc:Note><cac:AllowanceCharge>"
    zero = f'{notes}<cbc:Amount currencyID="SAR">0.00</cbc:Amount></cac:AllowanceCharge>'
    assert invoice(("  <cbc:ID>INV", f"{extensions}{zero}<cbc:ID>INV")) == invoice()


def test_the_tax_in_a_second_currency_is_not_ours() -> None:
    second = '<cac:TaxTotal><cbc:TaxAmount currencyID="AED">14.69</cbc:TaxAmount></cac:TaxTotal>'
    known = (("<cac:TaxTotal><", f"{second}<cac:TaxTotal><"), (">SAR</cbc:Tax", ">AED</cbc:Tax"))
    assert invoice(*known) == invoice()
    assert (row("<cac:TaxTotal><"), "cac:TaxTotal/cbc:TaxAmount") in refused(known[0])


@pytest.mark.parametrize(
    ("old", "new", "at"),
    [
        ("<cbc:ID>INV-1", "<cbc:ID>INV/1", "cbc:ID"),
        ("<cbc:UBLVersionID>2.1", "<cbc:UBLVersionID>3.0", "cbc:UBLVersionID"),
        (">388<", ">381<", "cbc:InvoiceTypeCode"),
        (">SAR</cbc:DocumentCurrencyCode>", ">sar</cbc:DocumentCurrencyCode>", "cbc:DocumentCurrencyCode"),
        ("2026-11-02<", "2026-02-30<", "cbc:IssueDate"),
        ("2026-11-02<", "02.11.2026<", "cbc:IssueDate"),
        ("09:00:00<", "24:00:00<", "cbc:IssueTime"),
        ("09:00:00<", "9 am<", "cbc:IssueTime"),
        ("2026-12-01<", "9999-12-31<", "cbc:DueDate"),
        ("2026-12-01<", "soon<", "cbc:DueDate"),
        ("Nour Trading", "", f"{BUYER}/cac:PartyLegalEntity/cbc:RegistrationName"),
        ("billing@nour", "@nour", f"{BUYER}/cac:Contact/cbc:ElectronicMail"),
        (">300000000000003", ">", f"{BUYER}/cac:PartyTaxScheme/cbc:CompanyID"),
        (">2</cbc:InvoicedQuantity>", ">two</cbc:InvoicedQuantity>", f"{FIRST}/cbc:InvoicedQuantity"),
        (">2</cbc:InvoicedQuantity>", ">-2</cbc:InvoicedQuantity>", f"{FIRST}/cbc:InvoicedQuantity"),
        (">2</cbc:InvoicedQuantity>", "><cbc:X/></cbc:InvoicedQuantity>", f"{FIRST}/cbc:InvoicedQuantity"),
        (">50</cbc:PriceAmount>", ">5e1</cbc:PriceAmount>", f"{FIRST}/cac:Price/cbc:PriceAmount"),
        ('"SAR">50<', '"USD">50<', f"{FIRST}/cac:Price/cbc:PriceAmount"),
        (' currencyID="SAR">50<', ">50<", f"{FIRST}/cac:Price/cbc:PriceAmount"),
        ("<cac:Price>", "<cac:Price><cbc:BaseQuantity>100</cbc:BaseQuantity>", f"{FIRST}/cac:Price/cbc:BaseQuantity"),
        (">15.00</cbc:Percent>", ">115</cbc:Percent>", f"{FIRST}/cac:Item/cac:ClassifiedTaxCategory/cbc:Percent"),
        ("Consulting", "a\tb", f"{FIRST}/cac:Item/cbc:Name"),
        (">115.00</cbc:RoundingAmount>", ">115.01</cbc:RoundingAmount>", f"{FIRST}/cac:TaxTotal/cbc:RoundingAmount"),
        (">115.00</cbc:TaxInclusiveAmount>", ">115.01</cbc:TaxInclusiveAmount>", f"{TOTALS}/cbc:TaxInclusiveAmount"),
        (">115.00</cbc:PayableAmount>", ">115.001</cbc:PayableAmount>", f"{TOTALS}/cbc:PayableAmount"),
        (">100.00</cbc:TaxExclusiveAmount>", ">99</cbc:TaxExclusiveAmount>", f"{TOTALS}/cbc:TaxExclusiveAmount"),
        (">0.00</cbc:PrepaidAmount>", ">1.00</cbc:PrepaidAmount>", f"{TOTALS}/cbc:PrepaidAmount"),
    ],
)
def test_one_bad_value_is_named(old: str, new: str, at: str) -> None:
    line = next(number for number, line in enumerate(DOCUMENT.splitlines(), 1) if old in line)
    assert refused((old, new)) == {(line, at)}


@pytest.mark.parametrize(
    ("gone", "at"),
    [
        ("<cbc:ID>INV-1</cbc:ID>", "cbc:ID"),
        ("<cbc:IssueDate>2026-11-02</cbc:IssueDate>", "cbc:IssueDate"),
        ("<cbc:DueDate>2026-12-01</cbc:DueDate>", "cbc:DueDate"),
        ('<cbc:PayableAmount currencyID="SAR">115.00</cbc:PayableAmount>', f"{TOTALS}/cbc:PayableAmount"),
        (LINE, "cac:InvoiceLine"),
    ],
)
def test_what_is_missing_is_named_at_the_element_that_lacks_it(gone: str, at: str) -> None:
    parent = "<cac:LegalMonetaryTotal>" if "/" in at else "<Invoice"
    assert refused((gone, "")) == {(row(parent), at)}


def test_without_a_tax_total_in_its_currency() -> None:
    both = DOCUMENT[
        DOCUMENT.index("  <cac:TaxTotal>\n    <cbc:TaxAmount") : DOCUMENT.index("  <cac:LegalMonetaryTotal>")
    ]
    assert refused((both, "")) == {(2, "cac:TaxTotal")}
    assert refused((both, "<cac:TaxTotal/>")) == {(row("<cac:TaxTotal>"), "cac:TaxTotal/cbc:TaxAmount")}
    third = '<cac:TaxTotal><cbc:TaxAmount currencyID="SAR">15.00</cbc:TaxAmount></cac:TaxTotal><cac:TaxTotal><'
    assert refused(("<cac:TaxTotal><", third)) == {(row("<cac:TaxTotal><"), "cac:TaxTotal")}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (">100.00</cbc:TaxableAmount>", ">99.00</cbc:TaxableAmount>"),
        ("<cbc:Percent>15</cbc:Percent>", "<cbc:Percent>5</cbc:Percent>"),
    ],
)
def test_subtotals_must_be_what_the_lines_of_their_rate_come_to(old: str, new: str) -> None:
    assert refused((old, new)) == {(row("<cac:TaxTotal>"), "cac:TaxTotal/cac:TaxSubtotal")}


def test_an_unreadable_or_immense_subtotal() -> None:
    taxable = "cac:TaxTotal/cac:TaxSubtotal/cbc:TaxableAmount"
    assert refused((">100.00</cbc:TaxableAmount>", ">x</cbc:TaxableAmount>")) == {(row("<cbc:TaxableAmount"), taxable)}
    one = DOCUMENT[DOCUMENT.index("    <cac:TaxSubtotal>") : DOCUMENT.index("  </cac:TaxTotal>\n  <cac:TaxTotal><")]
    immense = one.replace(">100.00<", ">10000000000000<")
    assert refused((one, immense * 2)) == {(row("<cac:TaxTotal>"), "cac:TaxTotal/cac:TaxSubtotal")}


def test_all_problems_are_told_at_once() -> None:
    assert refused(
        ("2026-11-02<", "today<"),
        (">SAR</cbc:DocumentCurrencyCode>", ">GBP</cbc:DocumentCurrencyCode>"),
        ("billing@nour.example", "nobody"),
        (">2</cbc:InvoicedQuantity>", ">-2</cbc:InvoicedQuantity>"),
        (">50<", ">x<"),
        (">100.00</cbc:LineExtensionAmount>\n    <cac:Tax", ">NaN</cbc:LineExtensionAmount>\n    <cac:Tax"),
    ) == {
        (row("IssueDate"), "cbc:IssueDate"),
        (row("DocumentCurrencyCode"), "cbc:DocumentCurrencyCode"),
        (row("ElectronicMail"), f"{BUYER}/cac:Contact/cbc:ElectronicMail"),
        (row("InvoicedQuantity"), f"{FIRST}/cbc:InvoicedQuantity"),
        (row("PriceAmount"), f"{FIRST}/cac:Price/cbc:PriceAmount"),
        (row("LineExtensionAmount", 2), f"{FIRST}/cbc:LineExtensionAmount"),
    }


@pytest.mark.parametrize(
    ("old", "at"),
    [
        ("<cbc:ID>INV-1</cbc:ID>", "cbc:ID"),
        ("<cbc:DueDate>2026-12-01</cbc:DueDate>", "cbc:DueDate"),
        ("<cbc:IssueTime>09:00:00</cbc:IssueTime>", "cbc:IssueTime"),
        ("<cbc:DocumentCurrencyCode>SAR</cbc:DocumentCurrencyCode>", "cbc:DocumentCurrencyCode"),
        ('<cbc:PayableAmount currencyID="SAR">115.00</cbc:PayableAmount>', f"{TOTALS}/cbc:PayableAmount"),
        ("<cbc:Name>Consulting</cbc:Name>", f"{FIRST}/cac:Item/cbc:Name"),
    ],
)
def test_an_element_that_stands_there_twice_is_refused_though_it_says_the_same(old: str, at: str) -> None:
    assert refused((old, old + old)) == {(row(old), at)}


def test_two_lines_with_one_id_and_two_rates() -> None:
    second = LINE.replace('"SAR">15.00<', '"SAR">0.00<').replace('"SAR">115.00<', '"SAR">100.00<')
    second = second.replace(">15.00</cbc:Percent>", ">0</cbc:Percent>")
    found = refused((LINE, LINE + second))
    last = row("<cac:InvoiceLine>") + LINE.count("\n")
    assert {(row("<cac:InvoiceLine>"), f"{FIRST}/cbc:ID"), (last, "cac:InvoiceLine[2]/cbc:ID")} <= found
    totals = {"LineExtensionAmount", "TaxExclusiveAmount", "TaxInclusiveAmount", "PayableAmount"}
    assert {f"{TOTALS}/cbc:{name}" for name in totals} <= {field for _, field in found}


@pytest.mark.parametrize(
    "extra",
    [
        '<cac:AllowanceCharge><cbc:Amount currencyID="SAR">1.00</cbc:Amount></cac:AllowanceCharge>',
        "<cac:WithholdingTaxTotal/>",
        "<cac:PrepaidPayment/>",
    ],
)
@pytest.mark.parametrize("before", ["  <cac:LegalMonetaryTotal>", "    <cac:Price>"])
def test_what_changes_the_amount_owed_is_refused(extra: str, before: str) -> None:
    [(line, field)] = refused((before, extra + before))
    assert line == row(before)
    assert extra[1:].partition(">")[0].strip("/") in field


def test_nothing_to_bill_is_refused() -> None:
    document = DOCUMENT.replace(">100.00<", ">0<").replace('"SAR">15.00<', '"SAR">0<').replace(">115.00<", ">0<")
    upload = read_ubl_invoice(document.replace(">2</cbc:Inv", ">0</cbc:Inv").encode(), file="a.xml")
    assert [problem.field for problem in upload.problems] == [f"{TOTALS}/cbc:PayableAmount"]


def test_amounts_too_large_to_handle_are_refused() -> None:
    million_million = "1" + "0" * 12
    changes = ((">2</cbc:Inv", f">{million_million}</cbc:Inv"), (">50</cbc:Price", f">{million_million}</cbc:Price"))
    assert (row("<cac:InvoiceLine>"), f"{FIRST}/cbc:LineExtensionAmount") in refused(*changes)
    large = LINE.replace(">2</cbc:Inv", ">160000000000</cbc:Inv").replace(">100.00<", ">8000000000000.00<")
    large = large.replace('"SAR">15.00<', '"SAR">1200000000000.00<').replace(">115.00<", ">9200000000000.00<")
    two = large + large.replace("<cbc:ID>1<", "<cbc:ID>2<")
    assert refused((LINE, two)) == {(2, f"{TOTALS}/cbc:PayableAmount")}


def test_too_many_lines_too_many_bytes_and_no_document() -> None:
    assert [field for _, field in refused((LINE, LINE * 501))] == ["cac:InvoiceLine[501]"]
    for content in (b" " * (LARGEST_FILE_BYTES + 1), b"<Invoice"):
        upload = read_ubl_invoice(content, file="a.xml")
        assert [(problem.row, problem.field) for problem in upload.problems] == [(1, "")]


def test_dates_without_a_zone_are_those_of_riyadh() -> None:
    assert invoice().issued_at.isoformat() == "2026-11-02T06:00:00+00:00"
    assert invoice().due_at.isoformat() == "2026-12-01T21:00:00+00:00"  # the day has ended in Riyadh
    assert invoice(("2026-12-01<", "2026-12-01Z<")).due_at.isoformat() == "2026-12-02T00:00:00+00:00"
    no_time = invoice(("<cbc:IssueTime>09:00:00</cbc:IssueTime>", ""))
    assert no_time.issued_at.isoformat() == "2026-11-01T21:00:00+00:00"
    too_early = (("2026-11-02<", "0001-01-01<"), ("09:00:00<", "02:00:00<"))
    assert refused(*too_early) == {(row("IssueDate"), "cbc:IssueDate")}
    assert refused(("02</cbc:IssueD", "02Z</cbc:IssueD"), ("09:00:00<", "09:00:00+03:00<")) == {
        (row("IssueTime"), "cbc:IssueTime")
    }


def test_each_line_is_rounded_on_its_own() -> None:
    changes = ((">2</cbc:Inv", ">0.333</cbc:Inv"), (">50</cbc:Price", ">0.05</cbc:Price"))
    assert (row("LineExtensionAmount", 2), f"{FIRST}/cbc:LineExtensionAmount") in refused(*changes)
    assert Money.parse("115.00", "SAR") == invoice().total
