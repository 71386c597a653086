"""The vacuity check: each missing piece of evidence alone makes a run UNKNOWN."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.judge.checks.vacuity import PHASES, VacuityCheck
from harness.judge.evidence import Evidence
from harness.record.history_facts import HistoryFacts, LostTask
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
    RunInfo,
    Strike,
    WorldAttempt,
)
from harness.verdict import Verdict

RUN = RunInfo("id", "claim", "promise", 1, "dev", "now", "assay run")
CHECK = VacuityCheck(Evidence(operations_ok=1, faults_landed=1, faults_felt=1, effects={"smtp/mail": 1}))
REFUSED = VacuityCheck(Evidence(operations_ok=1, answers={"smtp/mail/refused": 1}))
WENT_ON = VacuityCheck(Evidence(operations_ok=1, went_on=2))
PAID_MEANWHILE = VacuityCheck(Evidence(operations_ok=1, begun_during_faults={"pay": 1}))
FAULT = FaultRecord("f1", "worker-kill", "kill", 10.0, 12.0, landed="gone", felt="held book")
GOOD = Record(
    RUN,
    operations=(Operation("process/A", "process", "A", 1.0, 1.0, 2.0, Outcome.OK, 1),),
    attempts=(Attempt("w", 1, "book", "invoice-A", "run", "5", 1, 9.0, 11.0, "completed"),),
    effects=(Effect("e", "smtp", "mail", "k", "A", "d", 3.0),),
    faults=(FAULT,),
    phases=tuple(Phase(name, float(n), n + 1.0) for n, name in enumerate(PHASES)),
    steady=True,
)


def test_a_run_with_all_its_evidence_is_valid() -> None:
    assert CHECK(GOOD).verdict is Verdict.VALID


@pytest.mark.parametrize(("invoked_seconds", "verdict"), [(11.0, Verdict.VALID), (9.9, Verdict.UNKNOWN)])
def test_what_must_begin_while_a_fault_lasts(invoked_seconds: float, verdict: Verdict) -> None:
    paid = Operation("pay/1", "pay", "A", 1.0, invoked_seconds, 30.0, Outcome.OK, 1)
    result = PAID_MEANWHILE(replace(GOOD, operations=(*GOOD.operations, paid)))
    assert result.verdict is verdict


@pytest.mark.parametrize(("status", "verdict"), [("CONTINUED_AS_NEW", Verdict.VALID), ("COMPLETED", Verdict.UNKNOWN)])
def test_what_must_have_gone_on_in_a_new_run(status: str, verdict: Verdict) -> None:
    statuses = ("CONTINUED_AS_NEW", status, "COMPLETED")
    runs = tuple(Execution("invoice-A", f"run-{n}", "Invoice", each) for n, each in enumerate(statuses))
    result = WENT_ON(replace(GOOD, executions=runs))
    assert result.verdict is verdict
    assert (verdict is Verdict.VALID) or "only 1 executions went on in a new run, 2 needed" in result.summary


@pytest.mark.parametrize(
    ("outcome", "operation", "verdict"),
    [
        ("refused", "mail", Verdict.VALID),
        ("refused", "post", Verdict.UNKNOWN),
        ("accepted", "mail", Verdict.UNKNOWN),
    ],
)
def test_what_the_world_must_have_answered(outcome: str, operation: str, verdict: Verdict) -> None:
    asked = WorldAttempt("a", "smtp", operation, "k", "A", 3.0, outcome)
    result = REFUSED(replace(GOOD, world_attempts=(asked,)))
    assert result.verdict is verdict
    assert (verdict is Verdict.VALID) or "only 0 requests were answered smtp/mail/refused, 1 needed" in result.summary


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        pytest.param(replace(GOOD, operations=()), "0 operations came out OK", id="no work"),
        pytest.param(replace(GOOD, effects=()), "0 effects of smtp/mail", id="no effect"),
        pytest.param(replace(GOOD, faults=()), "no fault was planned", id="no plan"),
        pytest.param(replace(GOOD, faults=()), "only 0 faults landed", id="no fault"),
        pytest.param(replace(GOOD, faults=(replace(FAULT, landed=None),)), "it never landed", id="not landed"),
        pytest.param(replace(GOOD, faults=(replace(FAULT, felt=None),)), "0 faults were felt", id="not felt"),
        pytest.param(replace(GOOD, faults=(replace(FAULT, healed_seconds=None),)), "not healed", id="not healed"),
        pytest.param(replace(GOOD, faults=(replace(FAULT, error="no knob"),)), "no knob", id="fault in error"),
        pytest.param(replace(GOOD, attempts=()), "no work overlapped it", id="nothing overlapped"),
        pytest.param(replace(GOOD, phases=GOOD.phases[:-1]), "final-reads was not completed", id="phase missing"),
        pytest.param(replace(GOOD, steady=False), "no steady state", id="not steady"),
        pytest.param(replace(GOOD, steady=None), "no steady state", id="steadiness unknown"),
        pytest.param(
            replace(GOOD, processes=(ProcessEvent("world", 7, "died", 5.0, "exit code 1"),)),
            "world (process 7) died unplanned",
            id="a process died",
        ),
        pytest.param(replace(GOOD, run=replace(RUN, faults_enabled=False)), "faults were switched off", id="no faults"),
    ],
)
def test_missing_evidence_is_unknown_and_says_why(record: Record, reason: str) -> None:
    result = CHECK(record)
    assert result.verdict is Verdict.UNKNOWN
    assert reason in result.summary


CUT_SHORT = replace(GOOD.attempts[0], started_seconds=4.0, ended_seconds=None, outcome=None)
LATE = replace(FAULT, injected_seconds=500.0, healed_seconds=510.0)


def test_a_plan_of_nothing_is_unknown_though_the_claim_asks_for_no_fault() -> None:
    result = VacuityCheck(Evidence(operations_ok=1))(replace(GOOD, faults=()))
    assert result.verdict is Verdict.UNKNOWN
    assert "no fault was planned" in result.summary


@pytest.mark.parametrize("evidence", [Evidence(0), Evidence(0, faults_landed=1, effects={"smtp/mail": 0})])
def test_a_claim_that_demands_nothing_is_shown_by_nothing(evidence: Evidence) -> None:
    result = VacuityCheck(evidence)(GOOD)
    assert result.verdict is Verdict.UNKNOWN
    assert "demands no work" in result.summary


def test_an_attempt_that_was_cut_short_overlaps_nothing_after_its_worker_died() -> None:
    died = ProcessEvent("w", 1, "killed", 5.0)
    record = replace(GOOD, attempts=(CUT_SHORT,), faults=(LATE,), processes=(died,))
    assert "no work overlapped it" in CHECK(record).summary
    assert CHECK(replace(record, faults=(replace(LATE, injected_seconds=4.5),))).verdict is Verdict.VALID
    # One that hangs on a living worker is work; what the end of the run took down has not died before.
    assert CHECK(replace(record, processes=())).verdict is Verdict.VALID
    taken_down = replace(died, event="stopped", at_seconds=600.0)
    long_run = (*GOOD.phases[:-1], Phase("final-reads", 5.0, 550.0))
    assert CHECK(replace(record, processes=(taken_down,), phases=long_run)).verdict is Verdict.VALID


def test_a_workflow_task_is_work_that_a_fault_can_meet() -> None:
    killed = replace(LATE, struck=(Strike("worker", "w", 500.0, 505.0),))
    taken = HistoryFacts("invoice-A", "run", lost_tasks=(LostTask("w", started=True),))
    assert "no work overlapped it" in CHECK(replace(GOOD, faults=(killed,))).summary
    assert CHECK(replace(GOOD, faults=(killed,), facts=(taken,))).verdict is Verdict.VALID
    waited = replace(taken, lost_tasks=(LostTask("w", started=False),))
    assert CHECK(replace(GOOD, faults=(killed,), facts=(waited,))).verdict is Verdict.VALID
    another = HistoryFacts("invoice-A", "run", lost_tasks=(LostTask("x", started=True),))
    assert "no work overlapped it" in CHECK(replace(GOOD, faults=(killed,), facts=(another,))).summary
