"""The story of an act: everything that is known of it, in time order, and nothing of others."""

from __future__ import annotations

from dataclasses import replace

from harness.judge.checks.story import AFTERMATH_SECONDS, story_of
from harness.record.history_facts import Resumption
from harness.record.record import (
    Attempt,
    Effect,
    Execution,
    FaultRecord,
    Operation,
    Outcome,
    Phase,
    ProcessEvent,
    Record,
    WorldAttempt,
)
from harness.record.testing_records import run_info

FAULT = FaultRecord("f1", "worker-kill", "kill", 12.5, 14.0, "w is gone")
TOLD = Record(
    run_info(),
    phases=(Phase("bring-up", 10.0, 11.0),),
    operations=(Operation("process/A", "process", "A", 11.0, 11.0, 11.1, Outcome.OK, 1),),
    attempts=(
        Attempt("w", 1, "book", "invoice-A", "r", "1", 1, 12.0, subject="A"),
        Attempt("x", 2, "book", "invoice-A", "r", "1", 2, 18.0, 18.2, "failed", "E: no", subject="A"),
        Attempt("w", 1, "book", "invoice-BA", "r2", "1", 1, 12.1, subject="BA"),
    ),
    processes=(ProcessEvent("w", 1, "killed", 12.4), ProcessEvent("x", 2, "stopped", 40.0)),
    world_attempts=(
        WorldAttempt("a", "accounting", "book", "k", "A", 18.1, "error", 503),
        WorldAttempt("b", "accounting", "book", "k", "A", 12.2, "accepted", 201),
    ),
    effects=(Effect("e", "accounting", "book", "k", "A", "d", 12.3),),
    resumed=(Resumption("invoice-A", 20.0, "A"),),
    executions=(Execution("invoice-A", "r", "Invoice", "COMPLETED", state="paid", closed_seconds=21.0, subject="A"),),
    faults=(FAULT,),
)


def test_everything_that_is_known_of_an_act_is_told_in_time_order() -> None:
    assert story_of(TOLD, "invoice A") == (
        "   1.000 s  process asked for (OK)",
        "   2.000 s  book attempt 1 on w: cut short: it never reported an end",
        "   2.300 s  accounting accepted book under k",
        "   2.400 s  w (process 1) was killed",
        "   2.500 s  FAULT f1: w is gone",
        "   8.000 s  book attempt 2 on x: failed (E: no)",
        "   8.100 s  accounting was asked for book: error (503)",
        "  10.000 s  invoice-A was resumed",
        "  11.000 s  invoice-A ended: COMPLETED (paid)",
    )


def test_the_fault_that_ended_the_story_is_in_it_and_a_later_one_is_not() -> None:
    alone = replace(TOLD, attempts=TOLD.attempts[:1], executions=(), resumed=(), world_attempts=())
    assert story_of(alone, "A")[-1] == "   2.500 s  FAULT f1: w is gone"
    late = replace(alone, faults=(replace(FAULT, injected_seconds=12.5 + AFTERMATH_SECONDS),))
    assert "FAULT" not in story_of(late, "A")[-1]


def test_what_never_ended_says_so_at_the_end() -> None:
    running = Execution("invoice-A", "r", "Invoice", "RUNNING", state="sending", subject="A")
    assert (
        story_of(replace(TOLD, executions=(running,)), "A/1")[-1] == "at the end  invoice-A is still running (sending)"
    )


def test_of_what_nothing_is_known_there_is_no_story() -> None:
    assert story_of(TOLD, "Z") == ()
    assert story_of(Record(run_info()), "A") == ()
