"""What becomes of an uploaded UBL document, and that one company is judged alike in both forms."""

from __future__ import annotations

from decimal import Decimal

import pytest

from scenarios.invoices.oracle.invoices import Fate, JudgedInvoice, judge
from scenarios.invoices.oracle.test_invoices import GOOD
from scenarios.invoices.oracle.ubl import judge_ubl
from scenarios.invoices.samples.company import generator
from scenarios.invoices.samples.generate import as_csv
from scenarios.invoices.samples.spoil import every_row, one_more, second_row
from scenarios.invoices.samples.ubl import ubl_document
from scenarios.invoices.workload.adverse_documents import with_what_is_not_billed
from workflows.invoices.model import Invoice
from workflows.invoices.rules import reasons_against
from workflows.invoices.uploads.csv_input import read_invoices
from workflows.invoices.uploads.ubl_input import read_ubl_invoice

Rows = list[dict[str, str]]
MIDNIGHT = {"due_at": "2026-02-01T00:00:00+03:00"}
BUYER = "cac:AccountingCustomerParty/cac:Party"


def rows(count: int = 1, **cells: str) -> Rows:
    """Equal lines of 115.00 each."""
    total = f"{115 * count}.00"
    return [{**GOOD, **MIDNIGHT, "line": str(n + 1), "invoice_total": total, **cells} for n in range(count)]


def judged(count: int = 1, cells: dict[str, str] | None = None) -> JudgedInvoice:
    return judge_ubl(ubl_document(rows(count, **(cells or {}))).encode())


def test_a_good_invoice_has_its_amounts() -> None:
    invoice = judged(2)
    assert (invoice.invoice_id, invoice.fate, len(invoice.rows)) == ("INV-0001", Fate.GOOD, 2)
    assert (invoice.net, invoice.tax, invoice.total) == (Decimal("200.00"), Decimal("30.00"), Decimal("230.00"))


@pytest.mark.parametrize("cells", [{"customer_tax_number": "200000000000003"}, {"due_at": "2025-12-31T00:00:00+03:00"}])
def test_what_may_not_be_sent_is_invalid_and_not_refused(cells: dict[str, str]) -> None:
    assert judged(cells=cells).fate is Fate.INVALID


def test_dates_are_those_of_riyadh_unless_they_say_otherwise() -> None:
    document = ubl_document(rows())
    at_once = document.replace("<cbc:DueDate>2026-01-31<", "<cbc:DueDate>2025-12-31<")
    assert judge_ubl(at_once.encode()).fate is Fate.INVALID
    # Midnight comes later in New York, at 08:00 in Riyadh: still not after the issue.
    assert judge_ubl(at_once.replace("2025-12-31<", "2025-12-31-05:00<").encode()).fate is Fate.INVALID
    assert judge_ubl(at_once.replace("2025-12-31<", "2025-12-31-06:00<").encode()).fate is Fate.GOOD
    earlier = at_once.replace("<cbc:IssueTime>08:00:00<", "<cbc:IssueTime>08:00:00+14:00<")
    assert judge_ubl(earlier.encode()).fate is Fate.GOOD


@pytest.mark.parametrize("document", [b"", b"<Invoice/>", b"<a", b'<Invoice xmlns="urn:other"/>'])
def test_what_is_no_invoice_is_an_error(document: bytes) -> None:
    with pytest.raises(ValueError, match="not an invoice document"):
        judge_ubl(document)


def test_an_empty_invoice_lacks_everything() -> None:
    document = b'<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>'
    fields = {problem.field for problem in judge_ubl(document).problems}
    assert {"cbc:ID", "cbc:IssueDate", "cbc:DueDate", "cac:InvoiceLine"} < fields


NOT_BILLED = with_what_is_not_billed(GOOD | MIDNIGHT)


@pytest.mark.parametrize("document", NOT_BILLED.values(), ids=NOT_BILLED)
def test_what_is_not_billed_is_refused_alike_by_the_oracle_and_by_the_application(document: str) -> None:
    application, oracle = read_ubl_invoice(document.encode(), file="a.xml"), judge_ubl(document.encode())
    assert (application.invoices, oracle.fate) == ((), Fate.REFUSED)
    assert {(each.row, each.field) for each in oracle.problems} == {
        (each.row, each.field) for each in application.problems if "Subtotal" not in each.field
    }


@pytest.mark.parametrize("place", ["  <cac:TaxTotal>", "    <cac:Item>"])
def test_a_discount_of_nothing_is_none(place: str) -> None:
    nothing = '<cac:AllowanceCharge><cbc:Amount currencyID="SAR">0.00</cbc:Amount></cac:AllowanceCharge>'
    document = ubl_document(rows()).replace(place, nothing + place, 1).encode()
    assert judge_ubl(document).fate is Fate.GOOD
    assert read_ubl_invoice(document, file="a.xml").problems == ()


def total_of(invoice: Invoice) -> tuple[str, Fate, str, Decimal]:
    fate = Fate.INVALID if reasons_against(invoice) else Fate.GOOD
    return invoice.invoice_id, fate, invoice.currency, invoice.total.amount


def expected_of(judged: JudgedInvoice) -> tuple[str, Fate, str, Decimal]:
    return judged.invoice_id, judged.fate, judged.currency, judged.total


def test_one_company_is_judged_alike_in_both_forms_by_the_oracle_and_by_the_application() -> None:
    files = generator.files(seed=7, invoices=120, formats=("csv", "ubl"))
    from_csv = read_invoices(files["invoices.csv"], file="invoices.csv")
    documents = [content for name, content in files.items() if name.startswith("ubl/")]
    from_ubl = [read_ubl_invoice(content, file="a.xml") for content in documents]
    assert (from_csv.problems, [upload.problems for upload in from_ubl]) == ((), [()] * 120)
    invoices = [read.invoice for read in from_csv.invoices]
    assert invoices == [read.invoice for upload in from_ubl for read in upload.invoices]
    oracle_csv = [expected_of(each) for each in judge(files["invoices.csv"].decode())]
    assert oracle_csv == [expected_of(judge_ubl(content)) for content in documents]
    assert oracle_csv == [total_of(invoice) for invoice in invoices]
    assert {fate for _, fate, _, _ in oracle_csv} == {Fate.GOOD}


SPOILED = {
    "currency": (every_row("currency", "GBP"), "cbc:DocumentCurrencyCode"),
    "quantity": (second_row("quantity", "three"), "cac:InvoiceLine[2]/cbc:InvoicedQuantity"),
    "negative": (second_row("unit_price", "-250.00"), "cac:InvoiceLine[2]/cac:Price/cbc:PriceAmount"),
    "line_total": (one_more("line_total"), "cac:InvoiceLine[2]/cac:TaxTotal/cbc:RoundingAmount"),
    "invoice_total": (one_more("invoice_total"), "cac:LegalMonetaryTotal/cbc:PayableAmount"),
    "issued_at": (every_row("issued_at", "2035-13-40T08:00:00+03:00"), "cbc:IssueDate"),
    "due_at": (every_row("due_at", "soon"), "cbc:DueDate"),
    "email": (every_row("customer_email", ""), f"{BUYER}/cac:Contact/cbc:ElectronicMail"),
    "name": (every_row("customer_name", ""), f"{BUYER}/cac:PartyLegalEntity/cbc:RegistrationName"),
    "tax_rate": (
        second_row("tax_rate", "15%"),
        "cac:InvoiceLine[2]/cac:Item/cac:ClassifiedTaxCategory/cbc:Percent",
    ),
}


@pytest.mark.parametrize("name", SPOILED)
def test_what_is_spoiled_is_refused_alike_in_both_forms_by_the_oracle_and_by_the_application(name: str) -> None:
    spoil, field = SPOILED[name]
    spoiled = rows(2)
    spoil(spoiled)
    document, text = ubl_document(spoiled).encode(), as_csv(spoiled)
    application, oracle = read_ubl_invoice(document, file="a.xml"), judge_ubl(document)
    assert (application.invoices, oracle.fate) == ((), Fate.REFUSED)
    assert field in {problem.field for problem in oracle.problems}
    assert {(each.row, each.field) for each in application.problems} == {
        (each.row, each.field) for each in oracle.problems
    }
    [from_csv] = judge(text)
    assert from_csv.fate is Fate.REFUSED
    assert read_invoices(text.encode(), file="a.csv").invoices == ()
