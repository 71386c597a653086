"""Hand-made records for tests: constructors with defaults, and one realistic seeded run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from harness.record.record import (
    ActivityPolicy,
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
    Sample,
    Strike,
)
from harness.verdict import CheckResult, Finding, Verdict

BEGAN = 1000.0
"""When the work of the hand-made runs began, on the record's clock."""


def run_info(**changes: Any) -> RunInfo:
    """A run of the claim "worker-killed" with everything filled in."""
    given: dict[str, Any] = {
        "run_id": "20261123T030000Z-worker-killed-42",
        "claim": "worker-killed",
        "promise": "Every accepted invoice is mailed, booked once and paid once, whichever worker dies.",
        "seed": 42,
        "stack": "dev",
        "started_at": "2026-11-23T03:00:00Z",
        "command": "assay run worker-killed --seed 42",
        "versions": {"assay": "0.1.0", "temporalio": "1.35.0", "server": "1.30.1", "python": "3.11.9"},
        "commit": "4be1a2c",
        "dirty": True,
        "parameters": {"invoices": 320, "workers": 3, "rate_per_second": 8.0},
    }
    return RunInfo(**{**given, **changes})


def operation(subject: str, at: float, took: float | None = 0.1, **changes: Any) -> Operation:
    """A "process" operation intended ``at`` seconds into the work, which took so long (``None``: never returned)."""
    given: dict[str, Any] = {
        "operation_id": f"process/{subject}",
        "name": "process",
        "subject": subject,
        "intended_seconds": BEGAN + at,
        "invoked_seconds": BEGAN + at,
        "returned_seconds": None if took is None else BEGAN + at + took,
        "outcome": Outcome.UNKNOWN if took is None else Outcome.OK,
        "repetitions": 1,
    }
    return Operation(**{**given, **changes})


def attempt(workflow: str, start: float, end: float | None, **changes: Any) -> Attempt:
    """An attempt of ``send`` on worker-1 (pid 1); without an end its worker died in it."""
    given: dict[str, Any] = {
        "worker": "worker-1",
        "pid": 1,
        "activity": "send",
        "workflow_id": workflow,
        "subject": workflow.removeprefix("invoice-"),
        "run_id": "run",
        "activity_id": "1",
        "attempt": 1,
        "started_seconds": BEGAN + start,
        "ended_seconds": None if end is None else BEGAN + end,
        "outcome": None if end is None else "completed",
    }
    return Attempt(**{**given, **changes})


def fault(fault_id: str, at: float | None, healed: float | None, **changes: Any) -> FaultRecord:
    """A worker kill that landed and was felt; it struck worker-1 unless ``struck`` says otherwise."""
    until = None if healed is None else BEGAN + healed
    given: dict[str, Any] = {
        "struck": () if at is None else (Strike("worker", "worker-1", BEGAN + at, until),),
        "fault_id": fault_id,
        "kind": "worker-kill",
        "description": "SIGKILL to worker-1",
        "injected_seconds": None if at is None else BEGAN + at,
        "healed_seconds": None if healed is None else BEGAN + healed,
        "landed": "pid 1 is gone",
        "felt": "it held 2 started activities",
        "words": ("worker was killed", "workers were killed") if "kind" not in changes else None,
    }
    return FaultRecord(**{**given, **changes})


def struck(kind: str, name: str, since: float, until: float | None, *ends: str) -> FaultRecord:
    """A fault that landed and was felt, and struck this one thing from one time of the work to the other."""
    strike = Strike(kind, name, BEGAN + since, None if until is None else BEGAN + until, ends)
    return fault(f"{name} {since:g}", since, until, kind=f"{kind}-fault", struck=(strike,))


def effect(reference: str, service: str = "smtp", name: str = "mail", **changes: Any) -> Effect:
    """An accepted effect without a key."""
    given: dict[str, Any] = {"effect_id": f"{service}-{reference}", "key": None, "digest": "0" * 64}
    given |= {"service": service, "operation": name, "reference": reference, "at_seconds": BEGAN + 1.0}
    return Effect(**{**given, **changes})


def execution(workflow: str, closed: float | None = 1.0, **changes: Any) -> Execution:
    """A completed invoice workflow; without a closing time it still runs."""
    given: dict[str, Any] = {"workflow_id": workflow, "run_id": "run", "workflow_type": "InvoiceProcessing"}
    given |= {"subject": workflow.removeprefix("invoice-")}
    given |= {"status": "RUNNING" if closed is None else "COMPLETED", "state": "sent" if closed is None else "paid"}
    given |= {"closed_seconds": None if closed is None else BEGAN + closed, "history_length": 40}
    return Execution(**{**given, **changes})


def policy(activity: str = "send", heartbeat: float = 5.0, **changes: Any) -> ActivityPolicy:
    """The guide's retry policy with a heartbeat time-out."""
    made = ActivityPolicy(activity, heartbeat, 300.0, 1.0, 2.0, 60.0, 5)
    return replace(made, **changes)


def work_phase(until: float = 60.0) -> tuple[Phase, ...]:
    """The phases of a run whose work began at ``BEGAN``."""
    ends = (BEGAN, BEGAN + until * 0.8, BEGAN + until * 0.84, BEGAN + until, BEGAN + until + 2)
    names = ("work", "heal", "settle", "final-reads")
    early = (Phase("bring-up", BEGAN - 8, BEGAN - 1), Phase("steady-state", BEGAN - 1, BEGAN))
    return (*early, *(Phase(name, ends[place], ends[place + 1]) for place, name in enumerate(names)))


def killed_run(**changes: Any) -> Record:
    """Two invoices; worker-1 is killed at 2.0 s while it holds both, which come back at 7.5 s and 9.0 s."""
    made = Record(
        run=run_info(),
        operations=(operation("INV-1", 0.0), operation("INV-2", 0.5)),
        attempts=(
            attempt("invoice-INV-1", 1.5, None),
            attempt("invoice-INV-2", 1.8, None),
            attempt("invoice-INV-1", 7.0, 7.5, worker="worker-2", pid=2, attempt=2),
            attempt("invoice-INV-2", 7.0, 9.0, worker="worker-2", pid=2, attempt=2),
        ),
        faults=(fault("kill-1", 2.0, 3.0),),
        effects=(effect("INV-1"), effect("INV-2"), effect("INV-2", effect_id="again")),
        executions=(execution("invoice-INV-1", 8.0), execution("invoice-INV-2", 9.5)),
        phases=work_phase(10.0),
        processes=(ProcessEvent("worker-1", 1, "killed", BEGAN + 2.01),),
        samples=(Sample(BEGAN + 1, 2, 0, 1), Sample(BEGAN + 9.9, 0, 2, 0)),
        policies=(policy(),),
    )
    return replace(made, **changes)


def valid(check: str = "every-invoice-mailed", **counts: int) -> CheckResult:
    """A check that is satisfied."""
    return CheckResult(check, Verdict.VALID, "All accepted invoices were mailed.", counts=counts or {"mailed": 2})


def invalid(check: str = "booked-once", findings: int = 1) -> CheckResult:
    """A check that saw a promise broken, with so many findings."""
    told = tuple(
        Finding(f"INV-{place}", "was booked twice", ("1.2 s booked as E-1", "7.4 s booked as E-9"))
        for place in range(1, findings + 1)
    )
    return CheckResult(check, Verdict.INVALID, f"{findings} invoices were booked twice.", told, {"twice": findings})


def unknown(check: str = "evidence") -> CheckResult:
    """A check that proved nothing."""
    return CheckResult(check, Verdict.UNKNOWN, "No fault was felt.")
