from __future__ import annotations

from datetime import timedelta

from workflows.invoices.letters import credit_note_mail, invoice_mail, reminder_mail
from workflows.invoices.messages import Mailing, Reminding
from workflows.invoices.model import DocumentReference
from workflows.invoices.testing_samples import sample_invoice
from workflows.kit.money import Money

DOCUMENT = DocumentReference("0" * 64, 4)


def test_every_letter_has_a_key_of_its_own_and_the_date_it_is_told() -> None:
    invoice = sample_invoice()
    mailing = Mailing("INV-1", DOCUMENT, invoice.issued_at)
    planned = invoice.due_at + timedelta(days=1)
    reminding = Reminding("INV-1", 2, DOCUMENT, planned, Money.parse("15.00", "SAR"))
    mails = [
        invoice_mail(invoice, mailing, b"pdf", "invoice-INV-1"),
        reminder_mail(invoice, reminding, b"pdf", "invoice-INV-1"),
        credit_note_mail(invoice, mailing, b"pdf", "invoice-INV-1"),
    ]
    keys = [mail.message_key for mail in mails]
    assert keys == ["invoice-INV-1.mail", "invoice-INV-1.reminder-2", "invoice-INV-1.credit-note"]
    assert [mail.date for mail in mails] == [invoice.issued_at, planned, invoice.issued_at]
    assert {mail.reference for mail in mails} == {"INV-1"}
    assert "15.00 SAR of invoice INV-1 is outstanding; it was due" in mails[1].text
