"""The vacuity check: each missing piece of evidence alone makes a run UNKNOWN."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.checks.vacuity import PHASES, VacuityCheck
from harness.evidence import Evidence
from harness.record import (
    Attempt,
    Effect,
    FaultRecord,
    Operation,
    Outcome,
    Phase,
    ProcessEvent,
    Record,
    RunInfo,
    WorldAttempt,
)
from harness.verdict import Verdict

RUN = RunInfo("id", "claim", "promise", 1, "dev", "now", "assay run")
CHECK = VacuityCheck(Evidence(operations_ok=1, faults_landed=1, faults_felt=1, effects={"smtp/mail": 1}))
REFUSED = VacuityCheck(Evidence(operations_ok=1, answers={"smtp/mail/refused": 1}))
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
