"""Ways to damage what stands in the effects and answers of an innocent run, entered beside the others."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from harness.record.record import Effect, Record
from scenarios.invoices.synthetic.testing_damages import seen_by
from scenarios.invoices.synthetic.testing_run_damages import DAMAGES

ALL_DAMAGES = DAMAGES
"""The damages of all three modules: importing this one has entered those of content and of the run."""


def _changed(record: Record, service: str, operation: str, **detail: Any) -> Record:
    """Other details in the first effect of this kind."""
    old = _first(record, service, operation)
    new = replace(old, detail={**old.detail, **detail})
    return replace(record, effects=tuple(new if each is old else each for each in record.effects))


def _first(record: Record, service: str, operation: str) -> Effect:
    return next(each for each in record.effects if (each.service, each.operation) == (service, operation))


def _answered(record: Record, place: int, **fields: Any) -> Record:
    """Another receipt in the first (0) or last (-1) answer that holds one."""
    kept = [number for number, each in enumerate(record.webhooks) if each.answer is not None]
    tries = list(record.webhooks)
    old = tries[kept[place]]
    tries[kept[place]] = replace(old, answer={**(old.answer or {}), **fields})
    return replace(record, webhooks=tuple(tries))


def _shown(record: Record, **fields: Any) -> Record:
    subject, shown = next(iter(record.shown.items()))
    return replace(record, shown={**record.shown, subject: {**shown, **fields}})


def _returned(record: Record, **fields: Any) -> Record:
    first, *others = record.executions
    return replace(record, executions=(replace(first, result={**first.result, **fields}), *others))


@seen_by("letters")
def _a_mail_goes_to_a_stranger(record: Record) -> Record:
    return _changed(record, "smtp", "mail", recipient="stranger@example.com")


@seen_by("letters")
def _a_mail_says_another_amount(record: Record) -> Record:
    text = _first(record, "smtp", "mail").detail["text"]
    return _changed(record, "smtp", "mail", text=text.replace(" for ", " for 1"))


@seen_by("documents")
def _a_mail_brings_the_pdf_of_another(record: Record) -> Record:
    mails = [each for each in record.effects if each.operation == "mail"]
    other = next(each for each in mails if each.reference != mails[0].reference)
    [attachment] = mails[0].detail["attachments"]
    swapped = {**other.detail["attachments"][0], "filename": attachment["filename"]}
    return _changed(record, "smtp", "mail", attachments=[swapped])


@seen_by("refunds")
def _one_unit_goes_back(record: Record) -> Record:
    return _changed(record, "payments", "refund", amount="0.01")


@seen_by("refunds")
def _a_payment_settles_in_another_currency(record: Record) -> Record:
    return _changed(record, "payments", "settled", currency="XXX")


@seen_by("receipts")
def _a_receipt_is_written_in_other_digits(record: Record) -> Record:
    return _answered(record, 0, outstanding="0.0000")


@seen_by("receipts")
def _a_receipt_calls_another_sum_open(record: Record) -> Record:
    return _answered(record, -1, outstanding="0.01")


@seen_by("receipts")
def _a_receipt_is_of_another_payment(record: Record) -> Record:
    return _answered(record, 0, payment_id="PAY-NOBODY-1")


@seen_by("receipts")
def _a_repeat_gets_another_receipt(record: Record) -> Record:
    again = next(each for each in record.webhooks if each.delivery == 2 and each.answer is not None)
    new = replace(again, answer={**(again.answer or {}), "outstanding": "0.01"})
    return replace(record, webhooks=tuple(new if each is again else each for each in record.webhooks))


@seen_by("shown")
def _the_net_is_shown_for_the_total(record: Record) -> Record:
    return _shown(record, total=next(iter(record.shown.values()))["net"])


@seen_by("shown")
def _another_customer_is_shown(record: Record) -> Record:
    return _shown(record, customer={"name": "Nobody", "email": "nobody@example.com", "tax_number": "0"})


@seen_by("results")
def _a_workflow_returns_no_reason_and_no_payments(record: Record) -> Record:
    return _returned(record, reasons=[""], payments=[])


@seen_by("results")
def _a_workflow_returns_another_currency(record: Record) -> Record:
    return _returned(record, paid={**record.executions[0].result["paid"], "currency": "XXX"})


@seen_by("trail")
def _a_status_is_told_twice(record: Record) -> Record:
    return _shown(record, trail=[entry for entry in next(iter(record.shown.values()))["trail"] for _ in range(2)])
