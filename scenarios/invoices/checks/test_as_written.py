"""What the application writes is what the oracle expects, for whatever invoices: each computes it in its own way.

The mails go through the application's SMTP gateway and the world's reader, the PDFs through what reads them.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from pypdfium2 import PdfDocument

from scenarios.invoices.checks.content.documents import differs
from scenarios.invoices.checks.content.pdf import read_pages
from scenarios.invoices.oracle.arithmetic import DECIMALS, round_half_up
from scenarios.invoices.oracle.bills import Bill, bills
from scenarios.invoices.oracle.documents import credit_note_document, invoice_document
from scenarios.invoices.oracle.letters import letters
from scenarios.invoices.oracle.printing import printed
from scenarios.invoices.oracle.rows import HEADER
from scenarios.world.mails import read_mail
from workflows.gateways.mail import SmtpMail
from workflows.gateways.ports import Mail
from workflows.invoices.letters import credit_note_mail, invoice_mail, reminder_mail
from workflows.invoices.messages import CreditNote, Mailing, Reminding
from workflows.invoices.model import DocumentReference, Invoice
from workflows.invoices.pdf import render_credit_note, render_pdf
from workflows.invoices.uploads.csv_input import read_invoices
from workflows.kit.money import Money

GATEWAY = SmtpMail("localhost", 25, "invoices@traf3li.example")
DOCUMENT = DocumentReference("0" * 64, 1)
REASON = "ordered twice <b>& paid</b>"

EXAMPLE = """\
invoice_id,customer_name,customer_email,customer_tax_number,currency,issued_at,due_at,line,description,quantity,\
unit_price,tax_rate,line_total,invoice_total
INV-0007,شركة الرياض للتجارة,billing@customer.example,300000000000003,SAR,2026-01-01T05:00:00Z,2026-02-01T05:00:00Z,1,\
خدمة استشارية Nour & Co,1,1250.00,0.15,1437.50,1437.50
"""

# Whatever can be uploaded as a text: no control characters, no blanks but single ones between words.
OTHERS = "شركة الرياض €αβΩ\N{EN DASH}“”•✓".replace(" ", "")
letters_of_all_kinds = st.one_of(
    st.characters(min_codepoint=33, max_codepoint=126),
    st.characters(exclude_categories=("C", "Z"), max_codepoint=0x2FFF),
    st.characters(exclude_categories=("C", "Z"), codec="utf-8"),
    st.sampled_from(OTHERS),
)
texts = st.lists(st.text(letters_of_all_kinds, min_size=1, max_size=40), min_size=1, max_size=6).map(" ".join)
lines = st.tuples(
    texts,
    st.decimals("0.001", 1000, places=3),
    st.decimals("0.01", 10**5, places=2),
    st.sampled_from(["0", "0.05", "0.15", "0.1", "0.0825", "0.123456"]),
)
instants = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))


@st.composite
def files(draw: st.DrawFn) -> str:
    """A file of one invoice that may be sent."""
    currency = draw(st.sampled_from(sorted(DECIMALS)))
    issued_at, name = draw(instants), draw(texts)
    head = {
        "invoice_id": draw(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", fullmatch=True)),
        "customer_name": name,
        "customer_email": "billing@customer.example",
        "customer_tax_number": "300000000000003",
        "currency": currency,
        "issued_at": issued_at.isoformat(),
        "due_at": (issued_at + timedelta(seconds=draw(st.integers(1, 10**7)))).isoformat(),
    }
    rows, total = [], Decimal(0)
    for number, (description, quantity, price, rate) in enumerate(draw(st.lists(lines, min_size=1, max_size=40)), 1):
        net = round_half_up(Fraction(quantity) * Fraction(price), currency)
        line_total = net + round_half_up(Fraction(net) * Fraction(rate), currency)
        total += line_total
        cells = {"line": str(number), "description": description, "quantity": f"{quantity:f}"}
        rows.append({**head, **cells, "unit_price": f"{price:f}", "tax_rate": rate, "line_total": f"{line_total:f}"})
    # An invoice over nothing is refused; one more line makes it worth something.
    if not total:
        last = {"line": str(len(rows) + 1), "description": "More", "quantity": "1", "unit_price": "7", "tax_rate": "0"}
        total = round_half_up(Fraction(7), currency)
        rows.append({**head, **last, "line_total": f"{total:f}"})
    return _csv([{**row, "invoice_total": f"{total:f}"} for row in rows])


def _csv(rows: Sequence[Mapping[str, str]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, HEADER, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def both(text: str) -> tuple[Invoice, Bill]:
    """The invoice of a file as the application reads it, and as the oracle does."""
    upload = read_invoices(text.encode(), file="upload.csv")
    assert upload.problems == ()
    [bill] = bills(text)
    return upload.invoices[0].invoice, bill


@settings(max_examples=50)
@given(files(), st.integers(-10_000, 10_000).filter(bool))
def test_the_letters_are_those_of_the_oracle(text: str, offset: int) -> None:
    invoice, bill = both(text)
    mailed_at, owed = datetime(2026, 1, 1, tzinfo=UTC), Money.of_minor_units(1, bill.currency)
    planned_at = invoice.due_at + timedelta(seconds=offset)
    reminding = Reminding(invoice.invoice_id, 1, DOCUMENT, planned_at, owed)
    mailing = Mailing(invoice.invoice_id, DOCUMENT, mailed_at)
    written: list[Mail] = [
        invoice_mail(invoice, mailing, b"", "w"),
        reminder_mail(invoice, reminding, b"", "w"),
        credit_note_mail(invoice, mailing, b"", "w"),
    ]
    for mail, letter in zip(written, letters(bill, [float(offset)]), strict=True):
        detail = read_mail(GATEWAY.compose(mail), GATEWAY.sender, [mail.recipient]).detail
        assert (detail["from"], detail["to"], detail["subject"]) == (GATEWAY.sender, letter.recipient, letter.subject)
        assert [each["filename"] for each in detail["attachments"]] == [letter.filename]
        if letter.kind == "reminder":
            assert mail.date.replace(microsecond=0) == letter.date
            assert letter.owed_in(detail["text"], bill.currency) == owed.amount
        else:
            assert detail["text"] == letter.text


@settings(max_examples=25)
@given(files())
def test_the_documents_are_those_of_the_oracle(text: str) -> None:
    invoice, bill = both(text)
    issued_at = datetime(2026, 1, 1, 9, 30, 20, tzinfo=UTC)
    note = CreditNote(invoice.invoice_id, REASON, issued_at)
    documents = (
        (render_pdf(invoice), invoice_document(bill)),
        (render_credit_note(invoice, note), credit_note_document(bill, REASON, issued_at)),
    )
    for content, document in documents:
        pages = read_pages(content)
        assert differs(document, pages) is None


def test_other_libraries_read_the_same() -> None:
    invoice, _ = both(EXAMPLE)
    [ours] = read_pages(render_pdf(invoice))
    content = render_pdf(invoice)
    slowly = PdfReader(io.BytesIO(content)).pages[0].extract_text()
    for words in ("INV-0007", "300000000000003", "billing@customer.example", "1,250.00", "187.50", "1,437.50"):
        assert words in slowly
    # pypdf and PDFium read a line from left to right, so Arabic words come in another order, and so do their letters.
    with closing(PdfDocument(content)) as document:
        shown = document[0].get_textpage().get_text_range()
    assert sorted(printed("".join(ours))) == sorted(printed(slowly)) == sorted(printed(shown))
