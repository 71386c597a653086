"""A PDF that says anything else than it must, or comes with the wrong mail, is found."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from harness.record.record import Record
from harness.verdict import Verdict
from scenarios.invoices.checks.content.documents import DocumentsCheck, differs
from scenarios.invoices.checks.content.testing_contents import (
    BILLS,
    CANCELLED,
    OVERDUE,
    PAID,
    REASON,
    changed,
    detail_of,
    good_record,
    pages_of,
)
from scenarios.invoices.checks.content.testing_pdf import pdf_of
from scenarios.invoices.oracle.documents import credit_note_document, invoice_document

INVOICE, REMINDER = f"mail Invoice {PAID}", f"mail Reminder 1 of invoice {OVERDUE}"
CREDIT_NOTE = f"mail Credit note for invoice {CANCELLED}"
ASKED_AT = datetime(2026, 1, 1, 8, 0, 3, tzinfo=UTC)


def messages(record: Record) -> str:
    result = DocumentsCheck()(record)
    assert result.verdict is Verdict.INVALID
    return "\n".join(finding.message for finding in result.findings)


def bringing(effect_id: str, content: bytes) -> Record:
    """The good record with another content attached to one mail."""
    record, digest = good_record(), hashlib.sha256(content).hexdigest()
    [attachment] = detail_of(record, effect_id)["attachments"]
    attachment = {**attachment, "sha256": digest, "size": len(content)}
    record = changed(record, effect_id, attachments=[attachment])
    return replace(record, attachments={**record.attachments, digest: content})


def lines_of_invoice(invoice_id: str) -> list[str]:
    return list(pages_of(invoice_document(BILLS[invoice_id]))[0])


@pytest.mark.parametrize(
    ("drawn", "right"),
    [
        (("ور ", "نُ", "نُ", "110", " ", "٢٤"), True),
        (("ور ", "نُ", "نُ", "1", "10", " ", "٢٤"), True),
        (("ار ", "نُ", "نُ", "110", " ", "٢٤"), False),
        (("ور ", "نُ", "نُ", "101", " ", "٢٤"), False),
        (("ور ", "نُ", "نُ", "10", " ", "٢٤"), False),
        (("ور ", "نُ", "نُ", "110", " ", "٤٢"), False),
    ],
    ids=["whole", "broken", "another letter", "another number", "a digit less", "another Arabic number"],
)
def test_a_text_with_vowel_signs_has_its_letters_and_its_numbers(drawn: Sequence[str], right: bool) -> None:
    document = invoice_document(replace(BILLS[PAID], customer_name="نُور 110 ٢٤"))
    [lines] = pages_of(document)
    at = list(lines).index("نُور 110 ٢٤")
    assert (differs(document, [[*lines[:at], *drawn, *lines[at + 1 :]]]) is None) is right


def test_the_good_record_is_valid() -> None:
    result = DocumentsCheck()(good_record())
    assert (result.verdict, result.counts) == (Verdict.VALID, {"mails": 6, "documents": 4})


@pytest.mark.parametrize(
    "content",
    [b"%PDF-1.4 empty", b"", b"Dear customer", b"%PDF-1.4\n" + b"<" * 5_000],
    ids=["empty", "nothing", "text", "brackets"],
)
def test_what_is_no_pdf_is_a_finding_and_no_crash(content: bytes) -> None:
    assert "cannot be read as a PDF" in messages(bringing(INVOICE, content))


def test_each_line_of_the_pdf_is_judged() -> None:
    lines = lines_of_invoice(PAID)
    for number, line in enumerate(lines):
        wrong = "99.99" if line.replace(".", "").isdigit() else line[:-1] + ("x" if line[-1] != "x" else "y")
        says = "the PDF says" if number < len(lines) - 3 else "does not end with its number"
        assert says in messages(bringing(INVOICE, pdf_of([*lines[:number], wrong, *lines[number + 1 :]]))), line
        assert says in messages(bringing(INVOICE, pdf_of([*lines[:number], *lines[number + 1 :]]))), line


def test_a_pdf_that_shows_the_net_for_the_total_is_found() -> None:
    lines = lines_of_invoice(PAID)
    total = lines.index("Total SAR") + 1
    assert lines[total] == "230.00"
    found = messages(bringing(INVOICE, pdf_of([*lines[:total], "200.00", *lines[total + 1 :]])))
    assert "Total SAR'; the oracle says '230.00'" in found


def test_an_arabic_name_is_judged_letter_by_letter() -> None:
    lines = lines_of_invoice(PAID)
    name = lines.index("شركة الرياض")
    backwards = "".join(reversed(lines[name]))
    for wrong in ("شركة الرياص", "شركه الرياض", "الرياض شركة", "■■■■ ■■■■■■", backwards):
        found = messages(bringing(INVOICE, pdf_of([*lines[:name], wrong, *lines[name + 1 :]])))
        assert "the oracle says 'شركة الرياض'" in found, wrong


def test_each_page_ends_with_its_number() -> None:
    lines = lines_of_invoice(PAID)
    assert lines[-2:] == ["Page 1 of 1", "صفحة 1 من 1"]
    wrong = [*lines[:-2], "Page 1 of 2", "صفحة 1 من 2"]
    assert "page 1 of 1 of the PDF does not end with its number" in messages(bringing(INVOICE, pdf_of(wrong)))


def test_what_stands_beside_it_is_found() -> None:
    found = messages(bringing(INVOICE, pdf_of([*lines_of_invoice(PAID), "Please pay to another account"])))
    assert "does not end with its number" in found
    lines = lines_of_invoice(PAID)
    found = messages(bringing(INVOICE, pdf_of([*lines[:-3], "Please pay to another account", *lines[-3:]])))
    assert "goes on with 'Please pay to another account'" in found


def test_the_invoice_of_somebody_else_is_found() -> None:
    assert "does not end with its number" in messages(bringing(INVOICE, pdf_of(lines_of_invoice(OVERDUE))))
    lines = [*lines_of_invoice(OVERDUE)[:-3], *lines_of_invoice(PAID)[-3:]]
    assert "the PDF says 'INV-0003' after" in messages(bringing(INVOICE, pdf_of(lines)))


def test_a_reminder_brings_the_very_same_bytes() -> None:
    again = pdf_of(lines_of_invoice(OVERDUE), [])
    assert "brings another PDF" in messages(bringing(REMINDER, again))


def credit_note(change: Callable[[list[str]], Sequence[str]]) -> str:
    lines = list(pages_of(credit_note_document(BILLS[CANCELLED], REASON, ASKED_AT))[0])
    return messages(bringing(CREDIT_NOTE, pdf_of(change(lines))))


def test_a_credit_note_says_why_and_that_it_takes_back_all() -> None:
    assert "the oracle says 'ordered twice'" in credit_note(
        lambda lines: [line.replace("twice", "late") for line in lines]
    )
    assert "All lines" in credit_note(lambda lines: [line for line in lines if not line.startswith("All lines")])
    assert "08:00 UTC" in credit_note(lambda lines: [line.replace("08:00", "09:00") for line in lines])
    foot = ["Credit note for invoice INV-0002", "Page 1 of 1", "صفحة 1 من 1"]
    assert "'Credit Note'" in credit_note(lambda lines: [*lines_of_invoice(CANCELLED)[:-3], *foot])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"filename": "INV-0002.pdf"}, "is called 'INV-0002.pdf', not 'INV-0001.pdf'"),
        ({"content_type": "text/html"}, "brings text/html instead of"),
        ({"size": 1}, "and came with 1"),
    ],
)
def test_name_and_type_of_the_attachment_must_be_right(change: dict[str, str], words: str) -> None:
    record = good_record()
    [attachment] = detail_of(record, INVOICE)["attachments"]
    assert words in messages(changed(record, INVOICE, attachments=[{**attachment, **change}]))


@pytest.mark.parametrize("count", [0, 2])
def test_a_mail_brings_one_attachment(count: int) -> None:
    record = good_record()
    attachments = list(detail_of(record, INVOICE)["attachments"])
    assert f"brings {count} attachments" in messages(changed(record, INVOICE, attachments=attachments * count))


def test_bytes_that_were_not_kept_are_unknown() -> None:
    result = DocumentsCheck()(replace(good_record(), attachments={}))
    assert result.verdict is Verdict.UNKNOWN
    assert "4 attachments were not kept" in result.summary


def test_without_mail_nothing_was_checked() -> None:
    assert DocumentsCheck()(replace(good_record(), effects=())).verdict is Verdict.UNKNOWN


def test_a_text_may_be_broken_anywhere_and_a_table_may_go_on() -> None:
    document = invoice_document(BILLS[PAID])
    lines = lines_of_invoice(PAID)[:-3]
    wrapped = [part for line in lines for part in ([line[:9], line[9:]] if line.startswith("Travel") else [line])]
    middle = len(document.head) + len(document.header) + 7
    first, last = [*lines[:middle], *document.foot(1, 2)], [*lines[middle:], *document.foot(2, 2)]
    assert differs(document, [[*wrapped, *document.foot(1, 1)]]) is None
    assert differs(document, [first, [*document.header, *last]]) is None
    assert differs(document, [first, last]) is None
    assert differs(document, [first, ["Travel", *last]]) is not None
