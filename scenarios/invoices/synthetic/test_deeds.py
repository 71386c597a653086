"""What is written of a mail is what the world would keep of it."""

from __future__ import annotations

from pathlib import Path

from scenarios.invoices.samples.generate import generate
from scenarios.invoices.synthetic.deeds import SENDER, Deeds, Documents, mailed
from scenarios.invoices.synthetic.timeline import AT_ZERO
from scenarios.world.mails import read_mail
from workflows.gateways.mail import SmtpMail
from workflows.invoices.letters import credit_note_mail, invoice_mail, reminder_mail
from workflows.invoices.messages import Mailing, Reminding
from workflows.invoices.uploads.csv_input import read_invoices


def test_a_mail_is_kept_as_the_world_keeps_it(tmp_path: Path) -> None:
    documents = Documents(tmp_path)
    for read in read_invoices(generate().encode(), file="sample.csv").invoices[:40]:
        invoice, pdf = read.invoice, b"%PDF-1.4 not really"
        deeds = Deeds(invoice, documents)
        kept = documents.keep(pdf)
        mailing = Mailing(invoice.invoice_id, kept, AT_ZERO)
        reminding = Reminding(invoice.invoice_id, 1, kept, AT_ZERO, invoice.total)
        for mail in (
            invoice_mail(invoice, mailing, pdf, deeds.workflow_id),
            reminder_mail(invoice, reminding, pdf, deeds.workflow_id),
            credit_note_mail(invoice, mailing, pdf, deeds.workflow_id),
        ):
            ours, worlds = mailed(mail), read_mail(SmtpMail("", 0, SENDER).compose(mail), SENDER, [mail.recipient])
            assert ours.detail == worlds.detail
            assert (ours.key, ours.reference, ours.keyed) == (worlds.key, worlds.reference, worlds.keyed)


def test_a_document_is_kept_once(tmp_path: Path) -> None:
    documents = Documents(tmp_path)
    assert documents.keep(b"one") == documents.keep(b"one")
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [b"one"]
