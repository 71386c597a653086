"""Ways to damage what an innocent record says of its run: executions, attempts, histories, answers."""

from __future__ import annotations

from dataclasses import replace

from harness.record.history_facts import FailedActivity
from harness.record.record import Operation, Outcome, Record
from scenarios.invoices.checks.runs import MOST_PAYMENTS, PAYMENT
from scenarios.invoices.synthetic.testing_damages import DAMAGES as DAMAGES
from scenarios.invoices.synthetic.testing_damages import besides, effects_of, seen_by


@seen_by("liveness")
def _an_execution_never_ends(record: Record) -> Record:
    first, *others = record.executions
    return replace(record, executions=(replace(first, status="RUNNING", result=None, state="sent"), *others))


@seen_by("liveness")
def _what_was_cut_short_is_taken_up_late(record: Record) -> Record:
    cut = next(attempt for attempt in record.attempts if attempt.ended_seconds is None)
    later = [
        replace(each, started_seconds=each.started_seconds + 60.0, ended_seconds=(each.ended_seconds or 0.0) + 60.0)
        if (each.run_id, each.activity_id) == (cut.run_id, cut.activity_id) and each.attempt > cut.attempt
        else each
        for each in record.attempts
    ]
    return replace(record, attempts=tuple(later))


@seen_by("retries")
def _an_attempt_comes_too_soon(record: Record) -> Record:
    failed = next(each for each in record.attempts if each.outcome == "failed" and each.retryable)
    assert failed.ended_seconds is not None
    soon = failed.ended_seconds + 0.2
    sooner = [
        replace(each, started_seconds=soon)
        if (each.run_id, each.activity_id, each.attempt) == (failed.run_id, failed.activity_id, failed.attempt + 1)
        else each
        for each in record.attempts
    ]
    return replace(record, attempts=tuple(sooner))


@seen_by("retries")
def _a_policy_has_no_limit(record: Record) -> Record:
    return replace(record, policies=tuple(replace(policy, maximum_attempts=0) for policy in record.policies))


@seen_by("runs")
def _a_run_books_payments_for_ever(record: Record) -> Record:
    again = {each.run_id for each in record.attempts if each.outcome != "completed" or each.attempt > 1}
    booked = next(each for each in record.attempts if each.activity == PAYMENT and each.run_id not in again)
    # Long after all else of the run: a step that is under way keeps it from going on.
    later = max(each.ended_seconds or 0.0 for each in record.attempts) + 60.0
    more = (
        replace(booked, activity_id=f"more-{number}", started_seconds=later, ended_seconds=later)
        for number in range(MOST_PAYMENTS + 1)
    )
    return replace(record, attempts=(*record.attempts, *more))


@seen_by("replay")
def _a_history_diverges(record: Record) -> Record:
    first, *others = record.replays
    return replace(record, replays=(replace(first, outcome="nondeterminism", message="another timer"), *others))


@seen_by("held")
def _an_execution_is_held_for_nothing(record: Record) -> Record:
    first, *others = record.facts
    spent = FailedActivity("book_invoice", "4", 1, "MAXIMUM_ATTEMPTS_REACHED", "gave up at once")
    held = replace(first, states={**first.states, "held": 1}, failed_activities=(spent,))
    attempt = next(each for each in record.attempts if each.run_id == first.run_id)
    logged = replace(attempt, activity="book_invoice", activity_id="4")
    return replace(record, facts=(held, *others), attempts=(*record.attempts, logged))


@seen_by("leaks")
def _an_update_is_never_answered(record: Record) -> Record:
    first, *others = record.facts
    return replace(record, facts=(replace(first, open_updates=1), *others))


@seen_by("leaks")
def _a_workflow_task_fails(record: Record) -> Record:
    first, *others = record.facts
    return replace(record, facts=(replace(first, task_failures=("WORKFLOW_WORKER_UNHANDLED_FAILURE: no",)), *others))


@seen_by("answers")
def _a_forged_payment_is_taken(record: Record) -> Record:
    forged = next(each for each in record.operations if each.operation_id.startswith("adverse/forged/"))
    (refused,) = forged.detail["answers"]
    taken = replace(forged, outcome=Outcome.OK, detail={"answers": [{**refused, "status": 200}]})
    return _with_operation(record, forged, taken)


@seen_by("answers")
def _a_forged_payment_is_refused_and_booked(record: Record) -> Record:
    entry = effects_of(record, "accounting/book", "payment")[0]
    return besides(record, entry, detail={**entry.detail, "memo": "Payment PAY-ADV-0001-forged of invoice ADV-0001"})


@seen_by("availability")
def _a_good_invoice_is_never_processed(record: Record) -> Record:
    asked = next(each for each in record.operations if each.name == "process" and each.outcome is Outcome.OK)
    tries = tuple(replace(each, outcome=Outcome.FAIL, status=409) for each in asked.tries)
    return _with_operation(record, asked, replace(asked, outcome=Outcome.FAIL, tries=tries))


@seen_by("availability")
def _a_webhook_meets_an_unexpected_error(record: Record) -> Record:
    first, *others = record.webhooks
    return replace(record, webhooks=(replace(first, status=500), *others))


def _with_operation(record: Record, old: Operation, new: Operation) -> Record:
    return replace(record, operations=tuple(new if each is old else each for each in record.operations))
