"""Which business acts had to happen, and which may have: for each invoice, by what was asked and how the money went.

Data flow: what was measured → **acts** → *effects* and *compensations*. Reminders stand in ``reminders``.
"""

from __future__ import annotations

from collections.abc import Mapping

from harness.judge.checks.effects import Acts
from harness.record.record import Outcome, Record
from scenarios.invoices.checks.facts.expected import expected_invoices, is_cancelled, was_asked
from scenarios.invoices.checks.facts.facts import facts_of
from scenarios.invoices.checks.facts.identities import BOOK, MAIL, REFUND, Act, Kind
from scenarios.invoices.oracle.expected import Expected

MAILING = "send_invoice_email"
"""The activity that mails an invoice; the attempt log is the harness's own."""


def base_acts(record: Record) -> dict[Kind, dict[str, bool]]:
    """The business acts of each kind that had to happen (``True``), and those that may have; reminders stand apart.

    An invoice that was asked for and accepted is mailed and booked; one whose acceptance is UNKNOWN may be. A payment
    that the provider settled is booked, one that it returned is not. What was done for an invoice whose cancellation
    was accepted has to be undone, each thing that the world has seen; nothing else may be undone.
    """
    acts: dict[Kind, dict[str, bool]] = {MAIL: {}, BOOK: {}, REFUND: {}}
    facts = facts_of(record)
    for invoice_id, expected in expected_invoices(record).items():
        asked = was_asked(record, invoice_id)
        if asked is Outcome.FAIL or expected.booking is None:
            continue
        cancelled = is_cancelled(record, invoice_id)
        must = asked is Outcome.OK and cancelled is False
        acts[MAIL][invoice_id] = acts[BOOK][f"invoice {invoice_id}"] = must
        for payment in expected.payments:
            fate = facts.fates.get(payment.payment_id)
            if fate == "settled" or (not payment.refused_for and (fate is None or cancelled is not False)):
                acts[BOOK][f"payment {payment.payment_id}"] = must and fate == "settled"
        if cancelled is not False:
            if may_have_been_mailed(record, invoice_id):
                acts[MAIL][f"credit-note {invoice_id}"] = False
            for kind, act in undoing(record, expected):
                acts[kind][act] = cancelled is True
    return acts


def as_acts(acts: Mapping[Kind, Mapping[str, bool]]) -> dict[Kind, Acts]:
    """The acts as the effects check wants them."""
    return {
        kind: Acts(
            frozenset(act for act, must in known.items() if must),
            frozenset(act for act, must in known.items() if not must),
        )
        for kind, known in acts.items()
    }


def may_have_been_mailed(record: Record, invoice_id: str) -> bool:
    """Whether nobody but the world can tell that the invoice was never mailed: a mail has no key to ask under.

    Its first attempt was not refused, or there was another: then a credit note does no harm. One that was lost on its
    way to the worker is in no log, but the next one has its number.
    """
    attempts = [each for each in facts_of(record).invoice(invoice_id).attempts if each.activity == MAILING]
    return len(attempts) > 1 or any(each.attempt > 1 or each.outcome != "failed" for each in attempts)


def undoing(record: Record, expected: Expected) -> list[Act]:
    """What undoes that which the world has seen of an invoice, by kind of effect and business act.

    No credit note goes out where the mail server refused it, and the invoice's mail when it was last asked for: whoever
    asked could not know of the first mail, and nobody is there to be told.
    """
    invoice_id, done = expected.invoice_id, facts_of(record).done
    answer = []
    refused = record.once(_mails_refused)
    unknown = {(invoice_id, "mail:invoice"), (invoice_id, "mail:credit-note")} <= refused
    if (MAIL, invoice_id) in done and not unknown:
        answer.append((MAIL, f"credit-note {invoice_id}"))
    if (BOOK, f"invoice {invoice_id}") in done:
        answer.append((BOOK, f"credit-note {invoice_id}"))
    for payment in expected.payments:
        if (BOOK, f"payment {payment.payment_id}") in done:
            answer += [(REFUND, f"refund {payment.payment_id}"), (BOOK, f"refund {payment.payment_id}")]
    return answer


def _mails_refused(record: Record) -> frozenset[tuple[str, str]]:
    """(invoice, kind of mail) of those that the mail server refused for good when they were last asked for."""
    mails = sorted((each for each in record.world_attempts if each.service == "smtp"), key=lambda each: each.at_seconds)
    last = {(each.reference, each.effect_kind): each.outcome for each in mails if each.effect_kind is not None}
    return frozenset((invoice_id, str(kind)) for (invoice_id, kind), outcome in last.items() if outcome == "refused")
