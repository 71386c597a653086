"""What is wrong with a run and not with its application, or shows in one place alone: one check sees it, no other does.

Each turns the record of an innocent run into one that only the check which it is entered under objects to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from harness.record.history_facts import FailedActivity
from harness.record.record import Attempt, Outcome, ProcessEvent, Record

Sabotage = Callable[[Record], Record]

SABOTAGES: dict[str, list[Sabotage]] = {}
"""Check → what only it objects to."""


def seen_by(check: str) -> Callable[[Sabotage], Sabotage]:
    """Enter a sabotage under its check."""

    def enter(sabotage: Sabotage) -> Sabotage:
        SABOTAGES.setdefault(check, []).append(sabotage)
        return sabotage

    return enter


def _changed(record: Record, of: str, place: int = 0, **changes: Any) -> Record:
    """The record with the thing in this place of its tuple ``of`` changed."""
    things = list(getattr(record, of))
    things[place] = replace(things[place], **changes)
    changed: dict[str, Any] = {of: tuple(things)}
    return replace(record, **changed)


@seen_by("vacuity")
def nothing_was_planned(record: Record) -> Record:
    """The strikes left their traces, and the plan is empty."""
    return replace(record, faults=())


@seen_by("vacuity")
def a_fault_never_landed(record: Record) -> Record:
    """It was planned and it was felt, and nobody saw it."""
    return _changed(record, "faults", landed=None)


@seen_by("vacuity")
def the_world_died(record: Record) -> Record:
    """A process that nobody had killed ended in the middle of the run."""
    died = ProcessEvent("world", 7, "died", record.operations[-1].invoked_seconds, "exit code 1")
    return replace(record, processes=(*record.processes, died))


@seen_by("vacuity")
def there_was_no_steady_state(record: Record) -> Record:
    """The canaries never ended, and the run went on."""
    return replace(record, steady=False)


@seen_by("latency")
def the_api_stood_still(record: Record) -> Record:
    """One start in ten is answered 20 s late, and everything comes out as it should."""
    operations = [
        replace(each, returned_seconds=each.returned_seconds + 20.0)
        if each.name == "process" and each.returned_seconds is not None and place % 10 == 0
        else each
        for place, each in enumerate(record.operations)
    ]
    return replace(record, operations=tuple(operations))


@seen_by("generator")
def the_load_was_never_offered(record: Record) -> Record:
    """Half of what the schedule held was begun late."""
    return _changed(record, "generators", late=record.generators[0].begun // 2)


@seen_by("generator")
def nobody_says_what_was_offered(record: Record) -> Record:
    """The load generator ended without a word."""
    return replace(record, generators=())


@seen_by("leaks")
def an_update_is_never_answered(record: Record) -> Record:
    """A workflow has closed over somebody who was taken in."""
    return _changed(record, "facts", open_updates=1)


@seen_by("leaks")
def a_workflow_does_not_yield_and_nothing_struck_its_worker(record: Record) -> Record:
    """The faults of the run struck services and other workers."""
    dead_lock = "WORKFLOW_WORKER_UNHANDLED_FAILURE: [TMPRL1101] Potential deadlock detected"
    return _changed(record, "facts", task_failures=(dead_lock,), failed_on=("worker-9.1",))


@seen_by("liveness")
def what_died_comes_back_after_a_minute(record: Record) -> Record:
    """An attempt that a kill cut short is taken up when its start-to-close time-out ends, and all goes well."""
    cut = next(attempt for attempt in record.attempts if attempt.ended_seconds is None)

    def late(attempt: Attempt) -> Attempt:
        if (attempt.run_id, attempt.activity_id) != (cut.run_id, cut.activity_id) or attempt.attempt == cut.attempt:
            return attempt
        return replace(attempt, started_seconds=attempt.started_seconds + 60.0, ended_seconds=None, outcome=None)

    return replace(record, attempts=tuple(late(attempt) for attempt in record.attempts))


@seen_by("held")
def an_invoice_is_held_by_a_single_failure(record: Record) -> Record:
    """Temporal gave up after the one attempt that its policy allowed, while nothing was struck."""
    place = next(
        place
        for place, facts in enumerate(record.facts)
        if not facts.failed_activities and any(each.run_id == facts.run_id for each in record.attempts)
    )
    facts = record.facts[place]
    attempt = next(each for each in record.attempts if each.run_id == facts.run_id)
    spent = FailedActivity("record_status", "99", 1, "MAXIMUM_ATTEMPTS_REACHED", "gave up at once")
    logged = replace(attempt, activity="record_status", activity_id="99", outcome="failed")
    held = _changed(record, "facts", place, states={**facts.states, "held": 1}, failed_activities=(spent,))
    return replace(held, attempts=(*record.attempts, logged))


@seen_by("retries")
def one_policy_has_no_limit(record: Record) -> Record:
    """Nothing was tried more often for it."""
    return _changed(record, "policies", maximum_attempts=0)


@seen_by("replay")
def a_history_diverges(record: Record) -> Record:
    """The code that ran does not do what its history says."""
    return _changed(record, "replays", outcome="nondeterminism", message="another timer")


@seen_by("uploads")
def a_double_click_begins_a_run_of_its_own(record: Record) -> Record:
    """The answer names another run than the first one did."""
    place = _second_click(record)
    detail: Mapping[str, Any] = {**record.operations[place].detail, "run_id": "another"}
    return _changed(record, "operations", place, detail=detail)


@seen_by("availability")
def a_click_on_a_good_invoice_is_refused(record: Record) -> Record:
    """The first click was taken, and all is done that had to be."""
    place = _second_click(record)
    (once,) = record.operations[place].tries
    refused = replace(once, outcome=Outcome.FAIL, status=409)
    return _changed(record, "operations", place, outcome=Outcome.FAIL, detail={"status": 409}, tries=(refused,))


@seen_by("availability")
def an_unexpected_error_is_answered_first(record: Record) -> Record:
    """The caller asked again, and was answered as he should be."""
    place = _second_click(record)
    (once,) = record.operations[place].tries
    failed = replace(once, outcome=Outcome.UNKNOWN, status=500)
    return _changed(record, "operations", place, repetitions=2, tries=(failed, replace(once, repetition=2)))


def _second_click(record: Record) -> int:
    """The place of a second click on an invoice that was taken."""
    return next(
        place
        for place, each in enumerate(record.operations)
        if each.name == "process-again" and each.outcome is Outcome.OK
    )
