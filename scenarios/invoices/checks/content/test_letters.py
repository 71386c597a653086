"""A mail that says anything else than it must, or to anybody else, is found."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from harness.record.record import Record
from harness.verdict import Verdict
from scenarios.invoices.checks.content.letters import LettersCheck
from scenarios.invoices.checks.content.testing_contents import CANCELLED, OVERDUE, PAID, changed, detail_of, good_record

INVOICE, REMINDER = f"mail Invoice {PAID}", f"mail Reminder 1 of invoice {OVERDUE}"
AFTERWARDS, CREDIT_NOTE = f"mail Reminder 2 of invoice {OVERDUE}", f"mail Credit note for invoice {CANCELLED}"


def messages(record: Record) -> str:
    result = LettersCheck()(record)
    assert result.verdict is Verdict.INVALID
    return "\n".join(finding.message for finding in result.findings)


def said(effect_id: str, old: str, new: str) -> Record:
    """The good record with other words in one mail."""
    record = good_record()
    text = detail_of(record, effect_id)["text"]
    assert old in text
    return changed(record, effect_id, text=text.replace(old, new))


def test_the_good_record_is_valid() -> None:
    result = LettersCheck()(good_record())
    assert (result.verdict, result.counts) == (Verdict.VALID, {"invoice": 3, "reminder": 2, "credit-note": 1})


@pytest.mark.parametrize("effect_id", [INVOICE, REMINDER, CREDIT_NOTE])
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("recipient", "stranger@example.com"),
        ("recipient", "billing@customer.example, stranger@example.com"),
        ("to", "stranger@example.com"),
        ("sender", "somebody@example.com"),
        ("from", "somebody@example.com"),
        ("message_id", "<another@traf3li.example>"),
    ],
)
def test_the_envelope_and_the_headers_must_be_right(effect_id: str, field: str, value: str) -> None:
    assert f"{field} is {value!r}" in messages(changed(good_record(), effect_id, **{field: value}))


def test_a_second_sending_of_the_same_bytes_to_a_stranger_is_found() -> None:
    record = good_record()
    first = next(effect for effect in record.effects if effect.effect_id == INVOICE)
    again = replace(first, effect_id="again", detail={**first.detail, "recipient": "stranger@example.com"})
    assert "recipient is 'stranger@example.com'" in messages(replace(record, effects=(*record.effects, again)))


@pytest.mark.parametrize(
    ("effect_id", "old", "new"),
    [
        (INVOICE, "230.00", "200.00"),
        (INVOICE, "SAR", "USD"),
        (INVOICE, "شركة الرياض", "Najd Trading"),
        (INVOICE, "2026-01-31 08:00", "2026-01-01 08:00"),
        (INVOICE, PAID, CANCELLED),
        (INVOICE, "\n\n", "\n\nClick here. "),
        (REMINDER, "is due", "was due"),
        (AFTERWARDS, "was due", "is due"),
        (REMINDER, "2026-01-01 08:00", "2026-01-31 08:00"),
        (REMINDER, "110.00 SAR", "110 SAR"),
        (REMINDER, "110.00 SAR", "SAR"),
        (CREDIT_NOTE, "115.00", "15.00"),
        (CREDIT_NOTE, "has been cancelled", "has been opened"),
    ],
)
def test_every_word_of_the_text_is_judged(effect_id: str, old: str, new: str) -> None:
    assert "the text is" in messages(said(effect_id, old, new))


@pytest.mark.parametrize("amount", ["115.00", "105.00", "0.00", "110.01"])
def test_a_reminder_says_what_is_open(amount: str) -> None:
    found = messages(said(REMINDER, "110.00", amount))
    assert f"says that {amount} are open of 115.00; PAY-{OVERDUE}-1 of 5.00 had come" in found


def racing(**times: Any) -> Record:
    """The good record with the overdue invoice's payment booked, or answered, at another time."""
    record = good_record()
    effects = tuple(
        replace(effect, at_seconds=times["booked"])
        if effect.effect_id == f"book PAY-{OVERDUE}-1" and "booked" in times
        else effect
        for effect in record.effects
    )
    webhooks = tuple(
        replace(each, ended_seconds=times["answered"]) if each.reference == OVERDUE and "answered" in times else each
        for each in record.webhooks
    )
    return replace(record, effects=effects, webhooks=webhooks)


@pytest.mark.parametrize("amount", ["115.00", "110.00"])
def test_a_payment_that_races_with_a_reminder_may_count_or_not(amount: str) -> None:
    record = racing(answered=104.4)
    text = detail_of(record, REMINDER)["text"].replace("110.00", amount)
    assert LettersCheck()(changed(record, REMINDER, text=text)).verdict is Verdict.VALID


def test_a_payment_that_came_after_a_reminder_does_not_count() -> None:
    assert "no payment had come" in messages(racing(booked=104.6, answered=104.7))


def test_a_subject_that_no_letter_has_is_found() -> None:
    assert "no letter of this invoice has it" in messages(changed(good_record(), INVOICE, subject="You have won"))
    late = changed(good_record(), REMINDER, subject=f"Reminder 3 of invoice {OVERDUE}")
    assert "no letter of this invoice has it" in messages(late)


def test_a_mail_about_no_invoice_is_found() -> None:
    record = good_record()
    effects = tuple(replace(e, reference="INV-9999") if e.effect_id == INVOICE else e for e in record.effects)
    assert "there is no such invoice" in messages(replace(record, effects=effects))


@pytest.mark.parametrize(
    ("effect_id", "date", "words"),
    [
        (INVOICE, "Thu, 01 Jan 1970 00:00:00 +0000", "not between"),
        (INVOICE, "Sat, 31 Jan 2026 08:00:00 +0000", "not between"),
        (INVOICE, "yesterday", "is none"),
        (REMINDER, "Thu, 01 Jan 2026 08:00:05 +0000", "it was planned for"),
        (CREDIT_NOTE, "Thu, 01 Jan 2026 07:58:00 +0000", "not between"),
    ],
)
def test_the_date_is_that_of_the_act(effect_id: str, date: str, words: str) -> None:
    assert words in messages(changed(good_record(), effect_id, date=date))


def test_without_mail_nothing_was_checked() -> None:
    record = replace(good_record(), effects=())
    assert LettersCheck()(record).verdict is Verdict.UNKNOWN


def test_a_file_that_nobody_knows_the_dating_of_is_unknown_or_worse() -> None:
    record = good_record()
    upload, *others = record.operations
    undated = replace(record, operations=(replace(upload, detail={"accepted": [PAID], "refused": []}), *others))
    assert LettersCheck()(undated).verdict is not Verdict.VALID
