"""What a faultless application answers to what nobody should try: the first of the permitted, or the one that wins."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from harness.record.record import Outcome
from scenarios.invoices.oracle.adverse import ACCEPTED, Facts, facts_of, permitted
from scenarios.invoices.synthetic.asked import ask
from scenarios.invoices.synthetic.lines import Lines
from scenarios.invoices.synthetic.timeline import API_SECONDS
from scenarios.invoices.workload.sample import as_csv, redated
from workflows.invoices.books.booked import BookedInvoice
from workflows.invoices.routes.showing import shown_of
from workflows.invoices.uploads.csv_input import read_invoices
from workflows.kit.money import Money

Json = Mapping[str, Any]


def try_all(lines: Lines, given: Json, run_ids: Mapping[str, str], at_seconds: float) -> None:
    """Ask everything adverse at this instant, and have it answered.

    :param run_ids: invoice id → run of its workflow.
    """
    for adverse, answers in answered(given, run_ids):
        outcome = outcome_of(answers).value
        detail = {"answers": answers}
        ask(lines, adverse["id"], adverse["subject"], at_seconds, at_seconds + API_SECONDS, outcome, detail)


def answered(given: Json, run_ids: Mapping[str, str]) -> Iterator[tuple[Json, list[dict[str, Any]]]]:
    """Each adverse operation of the input with permitted answers to its requests."""
    facts = facts_of(given)
    for adverse in given.get("adverse", ()):
        allowed = permitted(adverse, facts)
        words = [min(words) for words in allowed.answers]
        if allowed.once is not None:
            # Of a contested payment the first amount wins: it is what stands in the input as paid.
            words[0] = allowed.once
        run_id = run_ids.get(adverse["subject"], "")
        sends = adverse["sends"]
        yield adverse, [_answer(number, sends[number], word, run_id, facts) for number, word in enumerate(words)]


def shown_of_clashes(given: Json, dated_at: datetime) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each invoice of which several contents came at once, as the API shows the first of them, which has won."""
    for adverse in given.get("adverse", ()):
        contents = [sending for sending in adverse["sends"] if "text" in sending]
        if len(contents) > 1:
            subject, rows = adverse["subject"], list(csv.DictReader(io.StringIO(contents[0]["text"], newline="")))
            text = as_csv(redated(rows, {subject: contents[0]["due_seconds"]}, dated_at))
            (read,) = read_invoices(text.encode(), file="clash.csv").invoices
            zero = Money.zero(read.invoice.currency)
            yield subject, shown_of(BookedInvoice(read.invoice, (), zero, zero))


def outcome_of(answers: list[dict[str, Any]]) -> Outcome:
    """Of an operation whose every request was answered for sure."""
    return Outcome.OK if any(answer["status"] < 300 for answer in answers) else Outcome.FAIL


def _answer(number: int, sending: Json, word: str, run_id: str, facts: Facts) -> dict[str, Any]:
    """What is answered so that it is this word."""
    if "pay" in sending:
        return {"request": number, "status": 201, "body": {"state": word}}
    if not word.isdigit():
        accepted = [sending.get("only", "")] if word == ACCEPTED else []
        refused = [] if word == ACCEPTED else [{"field": "invoice_id", "message": "is known already"}]
        return {"request": number, "status": 200, "body": {"accepted": accepted, "refused": refused}}
    body = {"run_id": run_id} if "process" in sending else {}
    if "content_type" in sending:
        body = {"detail": "it cannot be read"}
    webhook = sending.get("webhook")
    if webhook is not None and word == "200":
        body = _receipt(webhook, facts)
    return {"request": number, "status": int(word), "body": body}


def _receipt(webhook: Json, facts: Facts) -> dict[str, str]:
    """Of a customer whose payments all count, one after the other."""
    invoice_id, payment_id = webhook["invoice_id"], webhook["payment_id"]
    owed = facts.invoices[invoice_id].total
    for payment in sorted(facts.customers[invoice_id]["payments"], key=lambda each: each["after_seconds"]):
        owed -= Decimal(payment["amount"])
        if payment["payment_id"] == payment_id:
            break
    return {"payment_id": payment_id, "outstanding": f"{owed:f}", "currency": webhook["currency"]}
